"""Waiting for batches to end while their progress is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from comfy_assets.domain.events import (
    ComfyUIState,
    ComfyUIStateChanged,
    Event,
    GenerationCancelled,
    GenerationComplete,
    GenerationFailed,
    GenerationProgress,
    GenerationQueued,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from comfy_assets.cli._progress import ProgressDisplay
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.services.events import Subscription
    from comfy_assets.system import AssetSystem

# How often to look for batches that another process ended: that comes without events.
_LOOK_SECONDS: Final = 2.0


async def follow(
    system: AssetSystem,
    batch_ids: Collection[BatchId],
    events: Subscription[Event],
    display: ProgressDisplay,
) -> list[GenerationBatch]:
    """Show what befalls batches until all have ended; return them as they ended.

    Args:
        system: The running system.
        batch_ids: The batches, which the display has been given.
        events: A subscription to every kind of event, begun before they were lined up.
        display: Where they are shown.
    """
    ended: dict[BatchId, GenerationBatch] = {}
    await _look(system, batch_ids, ended, display)
    while len(ended) < len(batch_ids):
        event: Event | None = None
        with anyio.move_on_after(_LOOK_SECONDS):
            event = await anext(events)
        match event:
            case GenerationProgress() if event.batch_id in batch_ids:
                display.goes_on(event)
            case GenerationQueued() if event.batch_id in batch_ids:
                display.waits(event.batch_id, event.position)
            case ComfyUIStateChanged() if event.state is not ComfyUIState.CONNECTED:
                state = event.state.replace("_", " ")
                display.note(f"ComfyUI is {state}: {event.message}")
            case (
                None | GenerationComplete() | GenerationFailed() | GenerationCancelled()
            ):
                await _look(system, batch_ids, ended, display)
            case _:
                pass
    return [ended[batch_id] for batch_id in batch_ids]


async def _look(
    system: AssetSystem,
    batch_ids: Collection[BatchId],
    ended: dict[BatchId, GenerationBatch],
    display: ProgressDisplay,
) -> None:
    for batch_id in batch_ids:
        if batch_id not in ended:
            batch = await system.generation.get(batch_id)
            if batch.is_finished:
                ended[batch_id] = batch
                display.ends(batch)
