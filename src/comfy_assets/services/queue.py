"""`Queue`: hands batches to the runner, in line order, while servers are free."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint
from attrs import define, field

from comfy_assets.domain.batches import BatchQuery
from comfy_assets.errors import ComfyAssetsError, StaleBatchError
from comfy_assets.services.running import RunningBatch

if TYPE_CHECKING:
    from anyio.abc import TaskStatus

    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.ports.batch_records import BatchRecords
    from comfy_assets.services.positions import Positions
    from comfy_assets.services.runner import BatchRunner
    from comfy_assets.services.slots import RunSlots

_logger = logging.getLogger("comfy_assets.queue")


@define(eq=False, kw_only=True)
class Queue:
    """Claims batches and keeps the servers fed; the one dispatcher of a system."""

    batches: BatchRecords
    runner: BatchRunner
    slots: RunSlots
    positions: Positions
    #: The name under which this system claims.
    owner: str
    #: How long a claim holds unless renewed.
    lease_seconds: float
    #: How often to look for batches that other processes lined up or left behind.
    poll_seconds: float
    _running: dict[BatchId, RunningBatch] = field(factory=dict, init=False)
    _woken: anyio.Event = field(factory=anyio.Event, init=False)
    _stopping: anyio.Event = field(factory=anyio.Event, init=False)

    async def run(
        self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Work until the task is cancelled, or `stop` was called and all has ended.

        Begins with the batches that an earlier system of the same owner left behind.

        Raises:
            RepositoryError: When the repository cannot be read at start-up; later
                faults of it are logged and waited out.
        """
        await self._release_own_claims()
        async with anyio.create_task_group() as batches:
            task_status.started()
            while not self._stopping.is_set():
                woken = self._woken
                await self.slots.wait_free()
                stopping = self._stopping.is_set()
                batch = None if stopping else await self._claim()
                if batch is None:
                    with anyio.move_on_after(self.poll_seconds):
                        await woken.wait()
                    continue
                running = RunningBatch(batch=batch)
                self._running[batch.id] = running
                batches.start_soon(self._run, running)
                self.positions.left(batch.id)
                # The next batch is not claimed before each image of this one has its
                # place: so images go out in line order.
                await running.handed_out.wait()

    async def lined_up(self, batch: GenerationBatch) -> None:
        """Tell the place of a batch that was just put in line, and look for it."""
        await self.positions.lined_up(batch)
        self.wake()
        # A pause, so that the claim may go before what the caller asks of the
        # repository next.
        await checkpoint()

    def line_changed(self) -> None:
        """Tell who moved up, and look for batches now."""
        self.positions.changed()
        self.wake()

    def wake(self) -> None:
        """Look for batches now: the line, or what the servers can take, changed."""
        self._woken.set()
        self._woken = anyio.Event()
        self.slots.notify()

    def running(self, batch_id: BatchId) -> RunningBatch | None:
        """Return the batch if it is at work in this process."""
        return self._running.get(batch_id)

    async def stop(self, grace_seconds: float) -> None:
        """Claim no more; let runs at the servers end for a while, put back the rest."""
        self._stopping.set()
        self.wake()
        with anyio.move_on_after(grace_seconds):
            for running in list(self._running.values()):
                await running.ended.wait()
        for running in list(self._running.values()):
            running.scope.cancel()
        for running in list(self._running.values()):
            await running.ended.wait()

    async def _run(self, running: RunningBatch) -> None:
        try:
            await self.runner.run(running, self._stopping.is_set)
        finally:
            # A host may retry as soon as the end is told: then the place is taken
            # by the next run of the same batch.
            if self._running.get(running.batch.id) is running:
                del self._running[running.batch.id]

    async def _claim(self) -> GenerationBatch | None:
        try:
            return await self.batches.claim(self.owner, self.lease_seconds)
        except ComfyAssetsError as error:
            _logger.warning("Could not look for batches, will try again: %s", error)
            return None

    async def _release_own_claims(self) -> None:
        after: str | None = None
        query = BatchQuery(owner=self.owner)
        while True:
            page = await self.batches.find(query, limit=100, after=after)
            for batch in page.items:
                if not batch.is_finished:
                    await self._release(batch)
            after = page.next
            if after is None:
                return

    async def _release(self, batch: GenerationBatch) -> None:
        _logger.info("Taking batch %s up again", batch.id)
        try:
            await self.batches.save(batch.requeue())
        except StaleBatchError:
            _logger.info("Batch %s was taken up by someone else", batch.id)
