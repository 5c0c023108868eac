"""``comfy-assets status``: how ComfyUI and the stores are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.adapters.comfyui.client import ComfyUIClient
from comfy_assets.cli._failures import UNREACHABLE
from comfy_assets.cli._filters import DEFAULT_SERVER, Json, Server
from comfy_assets.cli._ids import each
from comfy_assets.cli._output import complain, show_fields, show_json
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, office
from comfy_assets.converters import unstructure
from comfy_assets.domain.batches import BatchStatus
from comfy_assets.domain.paging import MAX_PAGE
from comfy_assets.errors import ComfyUIUnavailableError

if TYPE_CHECKING:
    from comfy_assets.system import AssetSystem


async def status(
    *,
    comfyui: Server = DEFAULT_SERVER,
    json: Json = False,
    stores: Stores = DEFAULT_STORES,
) -> int:
    """Tell how ComfyUI is, and how much is in the database."""
    health, problem = None, None
    async with office(stores, comfy=ComfyUIClient(comfyui)) as system:
        batches = await _count_batches(system)
        images = await system.assets.count()
        try:
            health = await system.health.check()
        except ComfyUIUnavailableError as error:
            problem = str(error)
    if json:
        show_json(
            {
                "comfyui": None if health is None else unstructure(health),
                "problem": problem,
                "batches": batches,
                "assets": images,
            }
        )
    else:
        counted = ", ".join(f"{count} {name}" for name, count in batches.items())
        shown = [("batches", counted), ("assets", images)]
        if health is not None:
            shown = [
                ("server", health.server),
                ("state", health.state),
                ("version", health.version),
                *(("device", device) for device in health.devices),
                ("queue", health.queue_remaining),
                *shown,
            ]
        show_fields(shown)
    if problem is None:
        return 0
    complain(problem)
    return UNREACHABLE


async def _count_batches(system: AssetSystem) -> dict[str, int]:
    counts = dict.fromkeys((status.value for status in BatchStatus), 0)
    pages = each(lambda after: system.generation.find(limit=MAX_PAGE, after=after))
    async for batch in pages:
        counts[batch.status] += 1
    return counts
