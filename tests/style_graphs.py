"""Whole graphs around any style node, made by a server's catalogue; no tests here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from comfy_assets.domain.identity import BatchId, WorkflowId
from comfy_assets.domain.requests import (
    AssetType,
    EntityRef,
    GenerationRequest,
    workflow_slot,
)
from comfy_assets.domain.workflows.build import StyleReference, build, style_loader
from comfy_assets.domain.workflows.catalogue import live_inputs
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.style_nodes import STYLE_NODES

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.catalogue import Catalogue, InputDescription

#: The name that stands for every model file: no test server has one.
ABSENT: Final = "absent.safetensors"
#: The id of the LoadImage of a graph that is fed.
LOADER_ID: Final = "loader"

# Who makes what a node needs, and from which output.
_MAKERS: Final = {
    "CLIP": ("CheckpointLoaderSimple", 1),
    "CLIP_VISION": ("CLIPVisionLoader", 0),
    "CLIP_VISION_OUTPUT": ("CLIPVisionEncode", 0),
    "CONDITIONING": ("CLIPTextEncode", 0),
    "LATENT": ("VAEEncode", 0),
    "MODEL": ("CheckpointLoaderSimple", 0),
    "MODEL_PATCH": ("ModelPatchLoader", 0),
    "PHOTOMAKER": ("PhotoMakerLoader", 0),
    "STYLE_MODEL": ("StyleModelLoader", 0),
    "VAE": ("CheckpointLoaderSimple", 2),
}
#: Classes that load models.
MODEL_LOADERS: Final = {name for name, _ in _MAKERS.values() if "Loader" in name}


@define
class GraphMaker:
    """Makes a graph around a node, from what a server says of its classes."""

    catalogue: Catalogue
    #: Whether images come from a LoadImage, or the first picture is left free.
    is_fed: bool
    nodes: dict[str, Any] = field(factory=dict)

    def around(self, class_type: str) -> dict[str, Any]:
        """Return a graph that ends in an output which the style node has a share in."""
        style = self._made(class_type)
        kind = self.catalogue.nodes[class_type].outputs[0].type
        if kind in {"CONDITIONING", "MODEL"}:
            self._sampled(style, is_model=kind == "MODEL")
        else:
            inputs = {"source": [style, 0]}
            self.nodes["end"] = {"class_type": "PreviewAny", "inputs": inputs}
        return self.nodes

    def _sampled(self, style: str, *, is_model: bool) -> None:
        model = style if is_model else self._made("CheckpointLoaderSimple")
        text = self._made("CLIPTextEncode")
        sampler = self._values("KSampler")
        sampler |= {
            "model": [model, 0],
            "positive": [text if is_model else style, 0],
            "negative": [text, 0],
            "latent_image": [self._made("EmptyLatentImage"), 0],
        }
        vae = [self._made("CheckpointLoaderSimple"), 2]
        decoded = {"samples": ["sampler", 0], "vae": vae}
        saved = {"images": ["decoder", 0], "filename_prefix": "x"}
        self.nodes |= {
            "sampler": {"class_type": "KSampler", "inputs": sampler},
            "decoder": {"class_type": "VAEDecode", "inputs": decoded},
            "end": {"class_type": "SaveImage", "inputs": saved},
        }

    def _made(self, class_type: str) -> str:
        if class_type not in self.nodes:
            inputs = self._values(class_type)
            self.nodes[class_type] = {"class_type": class_type, "inputs": inputs}
        return class_type

    def _values(self, class_type: str) -> dict[str, Any]:
        """Fill what is required, and of a style node its first image and weight."""
        images = STYLE_NODES.get(class_type, ())
        wanted = {name for i in images[:1] for name in (i.name, i.strength)}
        values: dict[str, Any] = {}
        for entry in live_inputs(self.catalogue.nodes[class_type].inputs, {}):
            is_image = "IMAGE" in entry.types
            # Another image of a style node may not be free as well.
            is_first = not images or entry.name == images[0].name
            is_free = is_image and is_first and not self.is_fed
            if (entry.is_required or entry.name in wanted) and not is_free:
                values[entry.name] = self._value(class_type, entry)
        return values

    def _value(self, class_type: str, entry: InputDescription) -> Any:
        if class_type in MODEL_LOADERS:
            return ABSENT
        if "IMAGE" in entry.types:
            return [self._picture(), 0]
        if entry.type in _MAKERS:
            maker, slot = _MAKERS[entry.type]
            return [self._made(maker), slot]
        if entry.choices:
            return entry.choices[0]
        return "a bartender" if entry.default is None else entry.default

    def _picture(self) -> str:
        """Load an image and crop it, so that there is a way to walk."""
        loaded = {"image": "example.png"}
        cropped = {"image": [LOADER_ID, 0], "x": 0, "y": 0, "width": 8, "height": 8}
        self.nodes |= {
            LOADER_ID: {"class_type": "LoadImage", "inputs": loaded},
            "crop": {"class_type": "ImageCrop", "inputs": cropped},
        }
        return "crop"


def with_reference(
    graph: dict[str, Any], image_name: str, strength: float | None = None
) -> tuple[Workflow, str]:
    """Build a run with a style reference; return it and the node that loads it."""
    now = datetime(2026, 1, 2, tzinfo=UTC)
    configuration = WorkflowConfiguration(
        id=WorkflowId("00000000-0000-4000-8000-000000000001"),
        slot=workflow_slot("portrait"),
        name="portraits",
        workflow_json=graph,
        style_reference_mapping=AutoDetect(strength=strength),
        created_at=now,
        updated_at=now,
    )
    built = build(
        configuration,
        GenerationRequest(
            world_id="vale",
            entity=EntityRef("Character", "marcus"),
            asset_type=AssetType.PORTRAIT,
            prompt="a bartender",
        ),
        batch_id=BatchId("3f2a0000-0000-4000-8000-000000000000"),
        index=0,
        seed=1,
        style=StyleReference(image_name=image_name, keywords=""),
    )
    loader = style_loader(configuration)
    assert loader is not None
    return built.workflow, loader.node_id
