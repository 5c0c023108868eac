"""The host that is measured: SQLite, files and thumbnails, and trivial pictures."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

import comfy_assets as ca

if TYPE_CHECKING:
    from pathlib import Path

#: Images of one batch.
BATCH: Final = 50
_colors = count(1)


def trivial_graph(*, color: int, prefix: str) -> dict[str, Any]:
    """Return a graph that saves a square of one colour: hardly any work to do."""
    return {
        "1": {
            "class_type": "EmptyImage",
            "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": color},
        },
        "2": {
            "class_type": "SaveImage",
            "inputs": {"images": ["1", 0], "filename_prefix": prefix},
        },
    }


def noisy_graph(*, seed: int, prefix: str) -> dict[str, Any]:
    """Return one of which no node is remembered when the seed is new.

    A real server knows the node of the noise (since ComfyUI 0.3), the simulator not.
    """
    graph = trivial_graph(color=0, prefix=prefix)
    graph["3"] = {
        "class_type": "ImageAddNoise",
        "inputs": {"image": ["1", 0], "seed": seed, "strength": 0.5},
    }
    graph["2"]["inputs"]["images"] = ["3", 0]
    return graph


def studio(url: str, folder: Path, *, prefetch: int = 1) -> ca.AssetSystem:
    """Make the system that is measured."""
    return ca.AssetSystem(
        comfy=ca.ComfyUIClient(url),
        repository=ca.SqliteAssetRepository(folder / "game.db"),
        images=ca.FileImageStore(folder / "art"),
        prefetch=prefetch,
    )


async def prepare(system: ca.AssetSystem, graph: dict[str, Any] | None = None) -> None:
    """Give the system its workflow, and let it load what it loads on first use."""
    graph = graph or trivial_graph(color=0, prefix="x")
    await system.workflows.put("portrait", graph, prompt_mappings=())
    await paint(system, BATCH)


async def submit(system: ca.AssetSystem, images: int) -> ca.GenerationBatch:
    """Submit a batch of so many images, of a colour and seeds of its own."""
    return await system.generation.submit(
        ca.GenerationRequest(
            world_id="vale",
            entity=ca.EntityRef("Character", "marcus"),
            asset_type=ca.AssetType.PORTRAIT,
            prompt="a grizzled bartender",
            count=images,
            overrides={"EmptyImage.color": next(_colors)},
        )
    )


async def paint(system: ca.AssetSystem, images: int) -> None:
    """Paint so many images, in batches, and wait for them."""
    batches = [
        await submit(system, min(BATCH, images - begun))
        for begun in range(0, images, BATCH)
    ]
    for batch in batches:
        await system.generation.result(batch.id)
