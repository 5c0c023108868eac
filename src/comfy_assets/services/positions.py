"""`Positions`: tells hosts when their batches move up in line."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import anyio

from comfy_assets.domain.events import GenerationQueued
from comfy_assets.errors import ComfyAssetsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.ports.batch_records import BatchRecords
    from comfy_assets.services.events import EventHub

_logger = logging.getLogger("comfy_assets.positions")

#: How far back in line a change is told: a bound, or a long line would be read whole
#: each time that its first batch leaves.
TOLD_PLACES: Final = 100
#: The place of a batch that nobody listened for: told at the next change.
_UNKNOWN: Final = -1


class Positions:
    """Reads the head of the line after a change, and tells what moved."""

    def __init__(self, batches: BatchRecords, hub: EventHub) -> None:
        self._batches = batches
        self._hub = hub
        self._told: dict[BatchId, int] = {}
        self._changed = anyio.Event()

    def changed(self) -> None:
        """Note that the line changed; many changes in a row are told once."""
        self._changed.set()

    def left(self, batch_id: BatchId) -> None:
        """Note that a batch left the line, to be worked on."""
        self._told.pop(batch_id, None)
        self.changed()

    async def lined_up(self, batch: GenerationBatch) -> None:
        """Tell the place of a batch that was just put in line, and what it moved.

        A batch that was claimed meanwhile stands first.
        """
        if self._hub.wants(GenerationQueued):
            self._tell(batch, await self._position(batch))
        else:
            self._told[batch.id] = _UNKNOWN
        if len(self._told) > 1:
            self.changed()

    async def watch(self) -> None:
        """Tell changes until cancelled."""
        while True:
            await self._changed.wait()
            self._changed = anyio.Event()
            if not self._told:
                continue
            try:
                line = await self._batches.line(limit=TOLD_PLACES)
            except ComfyAssetsError as error:
                _logger.warning("Could not read the line: %s", error)
                continue
            self._compare(line)

    async def _position(self, batch: GenerationBatch) -> int:
        try:
            return await self._batches.position(batch.id)
        except ComfyAssetsError:
            return 0

    def _compare(self, line: Sequence[GenerationBatch]) -> None:
        for position, batch in enumerate(line):
            # What this process never told of belongs to another host.
            if self._told.get(batch.id, position) != position:
                self._tell(batch, position)
        waiting = {batch.id for batch in line}
        if len(line) < TOLD_PLACES:
            # The line was seen whole: what is not in it has left it.
            self._told = {i: p for i, p in self._told.items() if i in waiting}

    def _tell(self, batch: GenerationBatch, position: int) -> None:
        self._told[batch.id] = position
        self._hub.publish(
            GenerationQueued(
                batch_id=batch.id,
                position=position,
                entity=batch.request.entity,
                asset_type=batch.request.asset_type,
            )
        )
