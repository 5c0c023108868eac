"""`BatchRunner`: one batch, from its claim to its end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import anyio
from attrs import define, evolve

from comfy_assets.domain.batches import BatchStatus
from comfy_assets.domain.events import GenerationProgress
from comfy_assets.errors import (
    ComfyAssetsError,
    ImageStoreError,
    StaleBatchError,
    WorkflowRejectedError,
)
from comfy_assets.services.endings import end_event, last_step
from comfy_assets.services.keeping import utc_now
from comfy_assets.services.painting import Plan
from comfy_assets.services.progress import BatchProgress
from comfy_assets.services.running import KeptImage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from anyio.abc import TaskStatus

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.ports.repository import AssetRepository
    from comfy_assets.services.events import EventHub
    from comfy_assets.services.keeping import ImageKeeper
    from comfy_assets.services.painting import Painted, Painter
    from comfy_assets.services.running import RunningBatch
    from comfy_assets.services.saving import BatchSaver
    from comfy_assets.services.slots import RunSlots
    from comfy_assets.services.style import StylePreparer

_logger = logging.getLogger("comfy_assets.runner")

#: Seconds that keeping one painted image, or saving and telling a batch's end, may
#: take once begun: both are shielded from cancellation.
KEEPING_SECONDS: Final = 30.0


@define(eq=False, kw_only=True)
class BatchRunner:
    """Paints the missing images of a claimed batch, stores them, saves and tells."""

    repository: AssetRepository
    painter: Painter
    keeper: ImageKeeper
    saver: BatchSaver
    style: StylePreparer
    hub: EventHub
    slots: RunSlots
    lease_seconds: float
    now: Callable[[], datetime] = utc_now

    async def run(self, running: RunningBatch, is_stopping: Callable[[], bool]) -> None:
        """Work on a claimed batch until it ends, is lost, or the system stops.

        Args:
            is_stopping: Whether to begin no further image.
        """
        async with anyio.create_task_group() as keeping:
            keeping.start_soon(self._keep_claim, running)
            try:
                with running.scope:
                    await self._work(running, is_stopping)
            finally:
                with anyio.move_on_after(KEEPING_SECONDS, shield=True):
                    await self._end(running)
                running.handed_out.set()
                running.ended.set()
                keeping.cancel_scope.cancel()

    async def _work(
        self, running: RunningBatch, is_stopping: Callable[[], bool]
    ) -> None:
        async with anyio.create_task_group() as work:
            with running.containing_faults():
                plan = await self._plan(running.batch)
                if running.batch.status is BatchStatus.QUEUED:
                    # The first image is on its way while the start is being saved.
                    await work.start(self._start, running)
                for index in running.batch.missing_indexes:
                    release = await self.slots.acquire()
                    if is_stopping():
                        release()
                        break
                    work.start_soon(self._paint, running, plan, index, release)
                running.handed_out.set()

    async def _plan(self, batch: GenerationBatch) -> Plan:
        configuration = await self.repository.workflows.get(batch.request.workflow_slot)
        style = await self.style.prepare(configuration, batch.request)
        progress = BatchProgress(batch, anyio.current_time())
        return Plan(configuration=configuration, style=style, progress=progress)

    async def _start(
        self, running: RunningBatch, *, task_status: TaskStatus[None]
    ) -> None:
        with running.containing_faults():
            await self.saver.save(
                running,
                lambda batch: batch.start(self.now()),
                on_turn=task_status.started,
            )

    async def _keep_claim(self, running: RunningBatch) -> None:
        while True:
            await anyio.sleep(self.lease_seconds / 3)
            try:
                await self._renew(running)
            except StaleBatchError:
                running.lose()
            except ComfyAssetsError:
                # The lease holds for two more rounds; the next one may succeed.
                _logger.warning("Could not renew the claim on %s", running.batch.id)

    async def _renew(self, running: RunningBatch) -> None:
        async with running.saving:
            batch = running.batch
            if batch.claim is None:
                # Its end was saved while we waited for our turn.
                return
            claim = await self.repository.batches.renew(
                batch.id, batch.claim, self.lease_seconds
            )
            # A save with the older claim would shorten the lease again.
            running.batch = evolve(batch, claim=claim)

    async def _paint(
        self,
        running: RunningBatch,
        plan: Plan,
        index: int,
        release: Callable[[], None],
    ) -> None:
        with running.containing_faults():
            batch = running.batch
            try:
                # An earlier worker may have stored the image and been cut off before
                # it could note so in the batch.
                is_new = batch.fence == 1 and batch.attempts == 1
                kept = () if is_new else await self.keeper.kept(batch, index)
                painted = None
                if not kept:
                    # The server is free for the next image while this one comes over.
                    painted = await self._painted(batch, plan, index, release)
            finally:
                release()
            await self._keep(running, plan, index, kept, painted)

    async def _painted(
        self,
        batch: GenerationBatch,
        plan: Plan,
        index: int,
        release: Callable[[], None],
    ) -> Painted:
        """Paint; once more where the server had lost the image of the style."""
        try:
            return await self.painter.paint(batch, plan, index, on_painted=release)
        except WorkflowRejectedError as rejection:
            style = await self.style.restored(
                plan.configuration, batch.request, plan.style, rejection
            )
            if style is None:
                raise
        plan = evolve(plan, style=style)
        return await self.painter.paint(batch, plan, index, on_painted=release)

    async def _keep(
        self,
        running: RunningBatch,
        plan: Plan,
        index: int,
        kept: tuple[AssetId, ...],
        painted: Painted | None,
    ) -> None:
        try:
            # What is painted is kept, whoever cancels now.
            with anyio.fail_after(KEEPING_SECONDS, shield=True):
                assets: tuple[GalleryAsset, ...] = ()
                if painted is not None:
                    assets = await self.keeper.keep(
                        running.batch, index, painted.outputs, painted.seed
                    )
                    kept = tuple(asset.id for asset in assets)
                image = KeptImage(index=index, asset_ids=kept, assets=assets)
                await self.saver.record(running, image)
            if self.hub.wants(GenerationProgress):
                now = anyio.current_time()
                self.hub.publish(plan.progress.stored(running.batch, now))
        except TimeoutError as error:
            problem = f"storing took longer than {KEEPING_SECONDS:g} s"
            operation = f"keep image {index}"
            raise ImageStoreError(operation, problem) from error

    async def _end(self, running: RunningBatch) -> None:
        """Save the end and tell it, in one shielded scope, so that both or none is."""
        if running.batch.is_finished:
            # Saved with the last image.
            self._tell_end(running.batch, running.assets)
            return
        if running.is_lost:
            _logger.warning("Batch %s was taken over or changed", running.batch.id)
            return
        try:
            ended = last_step(
                running.batch,
                self.now(),
                failure=running.failure,
                is_cancel_wished=running.is_cancel_wished,
            )
            # Now: between saving the end and telling it nothing may fail, and after it
            # a retry may paint the missing images.
            assets = await self.keeper.assets_of(ended)
            if ended.is_finished and ended.missing_indexes:
                await self.keeper.sweep(ended)
            await self.saver.save(running, lambda _: ended)
            self._tell_end(running.batch, assets)
        except StaleBatchError:
            _logger.warning("Batch %s was taken over or changed", running.batch.id)
        except ComfyAssetsError as error:
            # The claim runs out and the batch is taken up again: nothing is lost.
            _logger.warning("Batch %s could not be ended: %s", running.batch.id, error)

    def _tell_end(
        self, batch: GenerationBatch, assets: tuple[GalleryAsset, ...]
    ) -> None:
        event = end_event(batch, assets)
        if event is not None:
            self.hub.publish(event)
