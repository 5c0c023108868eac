"""`GenerationService`: the host's verbs on generation batches."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
from attrs import define, field

from comfy_assets.domain.batches import BatchQuery, BatchStatus, GenerationBatch
from comfy_assets.domain.events import (
    BatchEvent,
    GenerationCancelled,
    GenerationComplete,
    GenerationFailed,
)
from comfy_assets.domain.identity import new_batch_id
from comfy_assets.domain.line import moved_between, position_key_at
from comfy_assets.domain.workflows.build import check_request
from comfy_assets.errors import (
    BatchNotFoundError,
    BatchStatusError,
    InvalidRequestError,
    StaleBatchError,
    SystemClosedError,
)
from comfy_assets.services.keeping import utc_now
from comfy_assets.services.seeds import draw_seed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.domain.paging import Page
    from comfy_assets.domain.requests import GenerationRequest
    from comfy_assets.ports.repository import AssetRepository
    from comfy_assets.services.events import EventHub
    from comfy_assets.services.keeping import ImageKeeper
    from comfy_assets.services.queue import Queue

_EndT = TypeVar("_EndT", bound=BatchEvent)

_FINAL: Final = frozenset(status for status in BatchStatus if status.is_final)
_PAGE: Final = 200
# Writers that read the same version collide; each collision lets one of them through.
_TRIES: Final = 50
#: The farthest place that a batch can be moved to: beyond it, order by priority.
MAX_MOVE: Final = 998


@define(eq=False, kw_only=True)
class GenerationService:
    """Submit, watch, cancel, retry, clear and reorder generation batches."""

    repository: AssetRepository
    queue: Queue
    keeper: ImageKeeper
    hub: EventHub
    poll_seconds: float
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], BatchId] = new_batch_id
    next_seed: Callable[[], int] = draw_seed
    _last_time: datetime | None = field(default=None, init=False)

    async def submit(self, request: GenerationRequest) -> GenerationBatch:
        """Line up a request and return its batch, stored and queued.

        Tells `GenerationQueued`. The slot's configuration is checked now, and read
        again when the batch begins to run.

        Raises:
            WorkflowNotFoundError: When the slot has no workflow.
            LockedInputError: When an override names a locked input.
            MappingError: When an override or a mapping fits no input, or a template
                names what the request's context lacks.
            AssetNotFoundError: When the style reference is not in the gallery.
            RepositoryError: When the batch cannot be stored.
        """
        configuration = await self.repository.workflows.get(request.workflow_slot)
        check_request(configuration, request)
        if request.style_reference_id is not None:
            await self.repository.assets.get(request.style_reference_id)
        now = self._next_time()
        batch_id = self.new_id()
        batch = await self.repository.batches.add(
            GenerationBatch(
                id=batch_id,
                request=request,
                status=BatchStatus.QUEUED,
                seed=self.next_seed() if request.seed is None else request.seed,
                priority=request.priority,
                position_key=position_key_at(now, batch_id),
                created_at=now,
            )
        )
        await self.queue.lined_up(batch)
        return batch

    async def get(self, batch_id: BatchId) -> GenerationBatch:
        """Return a batch as it is stored now.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """
        return await self.repository.batches.get(batch_id)

    async def find(
        self,
        query: BatchQuery | None = None,
        *,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[GenerationBatch]:
        """Return a page of batches, newest first; without a query, of all.

        Args:
            limit: 1 to 1,000.
            after: `Page.next` of the page before.

        Raises:
            InvalidRequestError: When `limit` or `after` is not usable.
        """
        return await self.repository.batches.find(
            query or BatchQuery(), limit=limit, after=after
        )

    async def position(self, batch_id: BatchId) -> int:
        """Return how many batches run before this one.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When the batch does not wait in line.
        """
        return await self.repository.batches.position(batch_id)

    async def result(self, batch_id: BatchId) -> tuple[GalleryAsset, ...]:
        """Wait until a batch has ended and return its assets, in image order.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When the batch failed or was cancelled; `get` has its
                error, and `AssetQuery(batch_id=…)` finds the images it did finish.
        """
        async with self.hub.subscribe(
            GenerationComplete, GenerationFailed, GenerationCancelled
        ) as events:
            while True:
                batch = await self.repository.batches.get(batch_id)
                if batch.is_finished:
                    break
                # Another process may end the batch, without an event here.
                with anyio.move_on_after(self.poll_seconds):
                    event = await _end_of(batch_id, events)
                    if isinstance(event, GenerationComplete):
                        return event.assets
        if batch.status is not BatchStatus.COMPLETE:
            reason = batch.error_message or "It was called off; retry it to go on."
            raise BatchStatusError(batch_id, batch.status, "give the result of", reason)
        return await self.keeper.assets_of(batch)

    async def cancel(self, batch_id: BatchId) -> GenerationBatch:
        """Call a batch off, stop its runs, and return it; finished images stay.

        Tells `GenerationCancelled`. A batch at work in another process stops there
        when that process next writes or renews its claim.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When it has already ended, also by itself just now.
        """
        running = self.queue.running(batch_id)
        if running is not None:
            running.cancel()
            await running.ended.wait()
            batch = await self.repository.batches.get(batch_id)
            if batch.status is BatchStatus.CANCELLED:
                return batch
        batch = await self._change(batch_id, lambda batch: batch.cancel(self.now()))
        self.hub.publish(GenerationCancelled(batch_id=batch_id))
        if batch.started_at is not None:
            # A crash may have left a file of an image that is not recorded.
            await self.keeper.sweep(batch)
        self.queue.line_changed()
        return batch

    async def retry(self, batch_id: BatchId) -> GenerationBatch:
        """Line a failed or cancelled batch up again, for its missing images only.

        Tells `GenerationQueued`; the attempt counts up.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When it neither failed nor was cancelled.
        """
        key = position_key_at(self._next_time(), batch_id)
        batch = await self._change(
            batch_id, lambda batch: batch.retry(position_key=key)
        )
        await self.queue.lined_up(batch)
        return batch

    async def move(self, batch_id: BatchId, position: int) -> GenerationBatch:
        """Give a waiting batch another place in line and return it.

        It takes the priority of its new neighbours, or the place would not hold.
        Tells `GenerationQueued` for each batch whose place changed.

        Args:
            position: How many batches shall run before it, 0 to 998; more than there
                are means the end of the line.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When it does not wait in line.
            InvalidRequestError: When `position` is out of range.
        """
        if isinstance(position, bool) or not 0 <= position <= MAX_MOVE:
            problem = f"must be a whole number from 0 to {MAX_MOVE}, not {position!r}"
            raise InvalidRequestError("position", problem)
        # One more than the place, in case the batch itself stands before it.
        line = await self.repository.batches.line(limit=position + 2)
        others = [batch for batch in line if batch.id != batch_id]
        ahead = others[position - 1] if 0 < position <= len(others) else None
        if position > len(others) > 0:
            ahead = others[-1]
        behind = others[position] if position < len(others) else None
        batch = await self._change(
            batch_id, lambda batch: moved_between(batch, ahead, behind)
        )
        self.queue.line_changed()
        return batch

    async def clear(self, batch_id: BatchId) -> None:
        """Forget an ended batch; its assets stay in the gallery.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When it has not ended: cancel it first.
        """
        batch = await self.repository.batches.get(batch_id)
        if not batch.is_finished:
            raise BatchStatusError(batch_id, batch.status, "clear", "Cancel it first.")
        await self.repository.batches.delete(batch_id)

    async def clear_finished(self, *, world_id: str | None = None) -> int:
        """Forget all ended batches, or those of one world; return how many.

        Their assets stay in the gallery.
        """
        query = BatchQuery(statuses=_FINAL, world_id=world_id)
        cleared = 0
        while items := (await self.repository.batches.find(query, limit=_PAGE)).items:
            for batch in items:
                # Another process may clear at the same time.
                with suppress(BatchNotFoundError):
                    await self.repository.batches.delete(batch.id)
                    cleared += 1
        return cleared

    def _next_time(self) -> datetime:
        """Return a time after that of the batch before, also on a coarse clock."""
        now = self.now()
        if self._last_time is not None:
            now = max(now, self._last_time + timedelta(microseconds=1))
        self._last_time = now
        return now

    async def _change(
        self, batch_id: BatchId, step: Callable[[GenerationBatch], GenerationBatch]
    ) -> GenerationBatch:
        """Read, take the step, save; again when someone else wrote in between."""
        for _ in range(_TRIES - 1):
            batch = await self.repository.batches.get(batch_id)
            try:
                return await self.repository.batches.save(step(batch))
            except StaleBatchError:
                continue
        batch = await self.repository.batches.get(batch_id)
        return await self.repository.batches.save(step(batch))


async def _end_of(batch_id: BatchId, events: AsyncIterator[_EndT]) -> _EndT:
    async for event in events:
        if event.batch_id == batch_id:
            return event
    # The system closed, and nobody will tell the end.
    raise SystemClosedError
