"""Values for tests with sensible fields; `strategies` draws wild ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from comfy_assets.domain.assets import GalleryAsset
from comfy_assets.domain.batches import BatchStatus, GenerationBatch
from comfy_assets.domain.identity import AssetId, BatchId, WorkflowId
from comfy_assets.domain.line import position_key_at
from comfy_assets.domain.requests import (
    MAX_SEED,
    AssetType,
    EntityRef,
    GenerationRequest,
    WorkflowSlot,
)
from comfy_assets.domain.workflows.configuration import (
    PromptMapping,
    WorkflowConfiguration,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

#: When everything that a factory makes was made, unless it is told otherwise.
NOON: Final = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
#: Whom everything that a factory makes shows, unless it is told otherwise.
MARCUS: Final = EntityRef("Character", "marcus")
#: A graph in API format that loads, samples and saves one image.
GRAPH: Final[Mapping[str, Any]] = {
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.ckpt"}},
    "5": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 512, "height": 512, "batch_size": 1},
    },
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["4", 1]}},
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": MAX_SEED,
            "steps": 20,
            "cfg": 7.5,
            "sampler_name": "euler",
            "scheduler": "normal",
            "denoise": 1.0,
            "model": ["4", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {
        "class_type": "SaveImage",
        "inputs": {"filename_prefix": "ComfyUI", "images": ["8", 0]},
    },
}


def make_request(**changes: Any) -> GenerationRequest:  # noqa: ANN401 - any field
    """Return a request for a portrait of Marcus, with these fields changed."""
    fields = {
        "world_id": "vale",
        "entity": MARCUS,
        "asset_type": AssetType.PORTRAIT,
        "prompt": "a grizzled bartender with grey hair",
    }
    return GenerationRequest(**{**fields, **changes})


def make_batch(**changes: Any) -> GenerationBatch:  # noqa: ANN401 - any field
    """Return a queued batch with an id of its own, with these fields changed.

    ``count`` is taken too, as the count of its request.
    """
    count = changes.pop("count", 1)
    request = changes.get("request", make_request(count=count))
    batch_id = BatchId(str(uuid4()))
    fields = {
        "id": batch_id,
        "request": request,
        "status": BatchStatus.QUEUED,
        "seed": 42,
        "priority": request.priority,
        "position_key": position_key_at(NOON, batch_id),
        "created_at": NOON,
    }
    return GenerationBatch(**{**fields, **changes})


def make_asset(**changes: Any) -> GalleryAsset:  # noqa: ANN401 - any field
    """Return an inactive asset with an id of its own, with these fields changed."""
    asset_id = AssetId(str(uuid4()))
    fields = {
        "id": asset_id,
        "world_id": "vale",
        "entity": MARCUS,
        "asset_type": AssetType.PORTRAIT,
        "file_path": f"portrait/{asset_id[:2]}/marcus-{asset_id}.png",
        "thumbnail_path": f"portrait/{asset_id[:2]}/marcus-{asset_id}.thumb.webp",
        "prompt": "a grizzled bartender with grey hair",
        "workflow_slot": WorkflowSlot("portrait"),
        "created_at": NOON,
        "width": 512,
        "height": 512,
        "media_type": "image/png",
        "size_bytes": 1024,
        "sha256": "0" * 64,
    }
    return GalleryAsset(**{**fields, **changes})


def make_configuration(**changes: Any) -> WorkflowConfiguration:  # noqa: ANN401 - any field
    """Return a configuration of the slot ``portrait``, with these fields changed."""
    fields = {
        "id": WorkflowId(str(uuid4())),
        "slot": WorkflowSlot("portrait"),
        "name": "Portraits",
        "workflow_json": GRAPH,
        "prompt_mappings": [
            PromptMapping(target="6.text", source="prompt"),
            PromptMapping(target="7.text", source="negative_prompt"),
        ],
        "created_at": NOON,
        "updated_at": NOON,
    }
    return WorkflowConfiguration(**{**fields, **changes})
