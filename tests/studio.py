"""A system of fast settings over memory and a scripted client, for many tests."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import comfy_assets as ca
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from comfy_assets.services.events import Subscription

MARCUS = ca.EntityRef("Character", "marcus")

#: A txt2img graph as ComfyUI's *Export (API)* writes it.
GRAPH: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 1,
            "steps": 4,
            "model": ["4", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {
        "class_type": "CheckpointLoaderSimple",
        "inputs": {"ckpt_name": "sd15.safetensors"},
    },
    "5": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 64, "height": 64, "batch_size": 1},
    },
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "b", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {
        "class_type": "SaveImage",
        "inputs": {"filename_prefix": "x", "images": ["8", 0]},
    },
}

#: One with an IPAdapter, whose LoadImage is node 20.
STYLED: dict[str, Any] = GRAPH | {
    "3": {
        "class_type": "KSampler",
        "inputs": GRAPH["3"]["inputs"] | {"model": ["21", 0]},
    },
    "20": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
    "21": {
        "class_type": "IPAdapterAdvanced",
        "inputs": {"model": ["4", 0], "image": ["20", 0], "weight": 1.0},
    },
}

#: Retries that cost a test no time.
QUICK_RETRY = ca.RetryPolicy(max_retries=3, base_seconds=0.0, jitter=0.0)


def portrait_request(**changes: Any) -> ca.GenerationRequest:
    """Make a request for one portrait of Marcus, with what matters changed."""
    fields: dict[str, Any] = {
        "world_id": "vale",
        "entity": MARCUS,
        "asset_type": ca.AssetType.PORTRAIT,
        "prompt": "a grizzled bartender",
    }
    return ca.GenerationRequest(**fields | changes)


class Studio:
    """A running system and what it was built from."""

    def __init__(
        self,
        system: ca.AssetSystem,
        comfy: ScriptedComfyClient,
        repository: ca.AssetRepository,
        images: ca.ImageStore,
    ) -> None:
        self.system = system
        self.comfy = comfy
        self.repository = repository
        self.images = images

    async def submit(self, **changes: Any) -> ca.GenerationBatch:
        """Submit a request for portraits."""
        return await self.system.generation.submit(portrait_request(**changes))

    async def painted(self, **changes: Any) -> tuple[ca.GalleryAsset, ...]:
        """Submit a request and wait for its assets."""
        batch = await self.submit(**changes)
        return await self.system.generation.result(batch.id)


@asynccontextmanager
async def open_studio(
    *,
    comfy: ScriptedComfyClient | None = None,
    repository: ca.AssetRepository | None = None,
    images: ca.ImageStore | None = None,
    **options: Any,
) -> AsyncIterator[Studio]:
    """Run a system with a portrait workflow; `options` go to `AssetSystem`."""
    comfy = comfy or ScriptedComfyClient()
    repository = repository or ca.MemoryAssetRepository()
    images = images or ca.MemoryImageStore()
    fast: dict[str, Any] = {
        "retry": QUICK_RETRY,
        # No part of 0.1, the step of anyio's `wait_all_tasks_blocked` on asyncio: the
        # two would wake together, and it would never see the poller wait.
        "poll_seconds": 0.037,
        "shutdown_grace_seconds": 0.0,
    }
    async with ca.AssetSystem(
        comfy=comfy, repository=repository, images=images, **fast | options
    ) as system:
        await system.workflows.put("portrait", GRAPH)
        yield Studio(system, comfy, repository, images)


async def next_that(
    events: Subscription[Any], fits: Callable[[Any], bool]
) -> ca.AnyEvent:
    """Read on until an event fits, and return it."""
    async for event in events:
        if fits(event):
            found: ca.AnyEvent = event
            return found
    message = "the events ended before one fitted"
    raise AssertionError(message)
