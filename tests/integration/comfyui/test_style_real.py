"""A real server takes the graphs into which a style reference was put.

It has no models, so that it refuses each graph: but for the model files alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
from attrs import define

import comfy_assets as ca
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.style_nodes import STYLE_NODES
from comfy_assets.testing.small_png import small_png
from tests.loopback import NO_CERTIFICATES
from tests.style_graphs import (
    ABSENT,
    LOADER_ID,
    MODEL_LOADERS,
    GraphMaker,
    with_reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from comfy_assets.domain.workflows.graph import Workflow
    from tests.servers.comfyui import RealComfyUI

#: The style nodes of each server; custom ones and those of partners are not there.
CLASSES: Final = {
    "0.3.75": {
        "PhotoMakerEncode",
        "ReferenceLatent",
        "StyleModelApply",
        "TextEncodeQwenImageEdit",
        "TextEncodeQwenImageEditPlus",
        "USOStyleReference",
        "unCLIPConditioning",
    },
    "2024-03": {"PhotoMakerEncode", "StyleModelApply", "unCLIPConditioning"},
}
UPLOADED: Final = "style_reference_of_a_test.png"


@define
class Server:
    """A real server, and what it says of graphs."""

    version: str
    http: httpx.Client
    catalogue: Catalogue

    def faults_of(self, workflow: Workflow) -> set[tuple[str, str]]:
        """Post a graph that must be refused; return nodes and inputs at fault."""
        answer = self.http.post("/prompt", json={"prompt": workflow.to_api()})
        assert answer.status_code == 400, answer.text
        return {
            (node_id, error["extra_info"]["input_name"])
            for node_id, entry in answer.json()["node_errors"].items()
            for error in entry["errors"]
        }


@pytest.fixture(scope="module")
def server(real_comfyui: RealComfyUI) -> Iterator[Server]:
    """Reach a real server that has the reference's image."""
    with httpx.Client(
        verify=NO_CERTIFICATES, base_url=real_comfyui.url, trust_env=False, timeout=30.0
    ) as http:
        picture = {"image": (UPLOADED, small_png(UPLOADED), "image/png")}
        http.post("/upload/image", files=picture).raise_for_status()
        catalogue = Catalogue.from_object_info(http.get("/object_info").json())
        yield Server(real_comfyui.version, http, catalogue)


def test_the_server_has_the_style_nodes_that_we_think_it_has(server: Server) -> None:
    """None is left out below, and none is missing."""
    assert STYLE_NODES.keys() & server.catalogue.nodes.keys() == CLASSES[server.version]


@pytest.mark.parametrize("is_fed", [True, False], ids=["fed", "free"])
def test_a_run_with_a_style_image_lacks_nothing_but_models(
    server: Server, *, is_fed: bool
) -> None:
    """The image is placed, or a LoadImage put before it, as the server wants it."""
    for class_type in CLASSES[server.version]:
        graph = GraphMaker(server.catalogue, is_fed=is_fed).around(class_type)
        run, loader_id = with_reference(graph, UPLOADED)
        assert (loader_id == LOADER_ID) is is_fed, class_type
        faults = server.faults_of(run)
        assert faults, class_type
        for node_id, input_name in faults:
            node = run.nodes[node_id]
            assert node.class_type in MODEL_LOADERS, class_type
            assert node.inputs[input_name] == ABSENT, class_type
        # The server did look at the image: without the upload it says so.
        run, loader_id = with_reference(graph, "never_uploaded.png")
        assert server.faults_of(run) == faults | {(loader_id, "image")}, class_type


def test_a_strength_is_taken_by_the_server(server: Server) -> None:
    """As the number that the node has; one beyond its range is refused there."""
    weighed = []
    for class_type in ("StyleModelApply", "unCLIPConditioning"):
        graph = GraphMaker(server.catalogue, is_fed=True).around(class_type)
        if "strength" in graph[class_type]["inputs"]:
            weighed.append(class_type)
            at = (class_type, "strength")
            assert at not in server.faults_of(with_reference(graph, UPLOADED, 0.5)[0])
            assert at in server.faults_of(with_reference(graph, UPLOADED, 11)[0])
    # The other could not be weighed in early 2024.
    assert weighed[-1] == "unCLIPConditioning"
    assert len(weighed) == (1 if server.version == "2024-03" else 2)


def portrait(**fields: Any) -> ca.GenerationRequest:
    """Ask for a portrait; the workflow below paints it without a prompt."""
    return ca.GenerationRequest(
        world_id="vale",
        entity=ca.EntityRef("Character", "marcus"),
        asset_type=ca.AssetType.PORTRAIT,
        prompt="",
        **fields,
    )


@pytest.mark.anyio
async def test_an_image_that_the_server_lost_is_uploaded_again(
    real_comfyui: RealComfyUI,
) -> None:
    """Between two batches somebody empties its folder; both are painted."""
    painting = {
        "1": {
            "class_type": "EmptyImage",
            "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 255},
        },
        "2": {
            "class_type": "SaveImage",
            "inputs": {"images": ["1", 0], "filename_prefix": "x"},
        },
    }
    loading = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {
            "class_type": "SaveImage",
            "inputs": {"images": ["2", 0], "filename_prefix": "x"},
        },
    }
    client = ca.ComfyUIClient(real_comfyui.url)
    async with ca.AssetSystem(comfy=client) as system:
        await system.workflows.put("portrait", painting)
        batch = await system.generation.submit(portrait())
        (reference,) = await system.generation.result(batch.id)
        await system.workflows.put(
            "portrait",
            loading,
            style_reference_mapping=ca.Explicit(target="LoadImage.image"),
        )
        for _ in range(2):
            request = portrait(style_reference_id=reference.id)
            batch = await system.generation.submit(request)
            (asset,) = await system.generation.result(batch.id)
            assert asset.style_reference_id == reference.id
            named = f"comfy_assets_{reference.sha256[:32]}*"
            (uploaded,) = real_comfyui.input_directory.glob(named)
            uploaded.unlink()
