"""`BatchRunner`: one batch, from its claim to its end."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import anyio
from attrs import define, evolve

from comfy_assets.domain.batches import BatchStatus, GenerationBatch
from comfy_assets.domain.events import GenerationPreview
from comfy_assets.domain.identity import prompt_id_of
from comfy_assets.domain.workflows.build import StyleReference, build
from comfy_assets.errors import (
    ComfyAssetsError,
    ExecutionInterruptedError,
    ImageStoreError,
    RepositoryError,
    StaleBatchError,
)
from comfy_assets.services.endings import end_event, last_step
from comfy_assets.services.keeping import utc_now
from comfy_assets.services.progress import BatchProgress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from comfy_assets.domain.batches import Claim
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.ports.comfy import (
        ComfyClient,
        OutputImage,
        RunPreview,
        RunProgress,
    )
    from comfy_assets.ports.repository import AssetRepository
    from comfy_assets.services.events import EventHub
    from comfy_assets.services.keeping import ImageKeeper
    from comfy_assets.services.running import RunningBatch
    from comfy_assets.services.slots import RunSlots
    from comfy_assets.services.style import StylePreparer

_logger = logging.getLogger("comfy_assets.runner")

#: Seconds that storing one painted image, or saving and telling a batch's end, may
#: take once begun: both are shielded from cancellation.
SAVING_SECONDS: Final = 30.0


@define(frozen=True, kw_only=True)
class _Plan:
    """What all images of a batch share."""

    configuration: WorkflowConfiguration
    style: StyleReference | None
    progress: BatchProgress


@define(frozen=True, kw_only=True)
class _Painted:
    """What one run left, and the seed that it was painted with."""

    outputs: Sequence[OutputImage]
    seed: int | None


@define(eq=False, kw_only=True)
class BatchRunner:
    """Paints the missing images of a claimed batch, stores them, saves and tells."""

    repository: AssetRepository
    comfy: ComfyClient
    keeper: ImageKeeper
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
        try:
            with running.scope:
                await self._work(running, is_stopping)
        finally:
            with anyio.move_on_after(SAVING_SECONDS, shield=True):
                await self._end(running)
            running.handed_out.set()
            running.ended.set()

    async def _work(
        self, running: RunningBatch, is_stopping: Callable[[], bool]
    ) -> None:
        async with anyio.create_task_group() as keeping:
            keeping.start_soon(self._keep_claim, running)
            with running.containing_faults():
                plan = await self._begin(running)
                await self._paint_missing(running, plan, is_stopping)
            keeping.cancel_scope.cancel()

    async def _paint_missing(
        self, running: RunningBatch, plan: _Plan, is_stopping: Callable[[], bool]
    ) -> None:
        async with anyio.create_task_group() as images:
            for index in running.batch.missing_indexes:
                await self.slots.acquire()
                if is_stopping():
                    self.slots.release()
                    break
                images.start_soon(self._paint, running, plan, index)
            running.handed_out.set()

    async def _begin(self, running: RunningBatch) -> _Plan:
        batch = running.batch
        configuration = await self.repository.workflows.get(batch.request.workflow_slot)
        style = await self.style.prepare(configuration, batch.request)
        if batch.status is BatchStatus.QUEUED:
            await self._save(running, lambda batch: batch.start(self.now()))
        progress = BatchProgress(running.batch, anyio.current_time())
        return _Plan(configuration=configuration, style=style, progress=progress)

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
            # What `BatchRecords.claim` gave us bears its claim until its last step.
            claim = await self.repository.batches.renew(
                batch.id, cast("Claim", batch.claim), self.lease_seconds
            )
            # A save with the older claim would shorten the lease again.
            running.batch = evolve(batch, claim=claim)

    async def _paint(self, running: RunningBatch, plan: _Plan, index: int) -> None:
        with running.containing_faults():
            batch = running.batch
            try:
                # An earlier worker may have stored the image and been cut off before
                # it could note so in the batch.
                is_new = batch.fence == 1 and batch.attempts == 1
                kept = () if is_new else await self.keeper.kept(batch, index)
                painted = None if kept else await self._execute(batch, plan, index)
            finally:
                # The server is free for the next image while we store this one.
                self.slots.release()
            await self._keep(running, plan, index, kept, painted)

    async def _execute(
        self, batch: GenerationBatch, plan: _Plan, index: int
    ) -> _Painted:
        def on_progress(progress: RunProgress) -> None:
            event = plan.progress.ran(index, progress, anyio.current_time())
            self.hub.publish(event)

        def on_preview(preview: RunPreview) -> None:
            event = GenerationPreview(
                batch_id=batch.id,
                index=index,
                data=preview.data,
                media_type=preview.media_type,
            )
            self.hub.publish(event)

        run = build(
            plan.configuration,
            batch.request,
            batch_id=batch.id,
            index=index,
            seed=batch.seed,
            style=plan.style,
        )
        execute = partial(
            self.comfy.execute,
            run.workflow,
            prompt_id=prompt_id_of(batch.id, attempt=batch.attempts, index=index),
            # Only who claimed the batch before us can have submitted it.
            is_new=batch.fence == 1,
            on_progress=on_progress,
            on_preview=on_preview if self.hub.wants_previews else None,
        )
        try:
            outputs = await execute()
        except ExecutionInterruptedError:
            # A worker that lost the batch to us takes its runs back when it notices,
            # also the one that we have attached to: it is run once more.
            if batch.fence == 1:
                raise
            outputs = await execute()
        return _Painted(outputs=outputs, seed=run.seed)

    async def _keep(
        self,
        running: RunningBatch,
        plan: _Plan,
        index: int,
        kept: tuple[AssetId, ...],
        painted: _Painted | None,
    ) -> None:
        try:
            # What is painted is kept, whoever cancels now.
            with anyio.fail_after(SAVING_SECONDS, shield=True):
                if painted is not None:
                    kept = await self.keeper.keep(
                        running.batch, index, painted.outputs, painted.seed
                    )
                await self._record(running, plan, index, kept)
        except TimeoutError as error:
            problem = f"storing took longer than {SAVING_SECONDS:g} s"
            operation = f"keep image {index}"
            raise ImageStoreError(operation, problem) from error

    async def _record(
        self,
        running: RunningBatch,
        plan: _Plan,
        index: int,
        asset_ids: tuple[AssetId, ...],
    ) -> None:
        await self._save(running, lambda batch: batch.record_image(index, asset_ids))
        now = anyio.current_time()
        self.hub.publish(plan.progress.stored(index, running.batch, now))

    async def _save(
        self,
        running: RunningBatch,
        step: Callable[[GenerationBatch], GenerationBatch],
    ) -> None:
        """Save a step, whole: a write that we did not hear of would count as another's.

        Raises:
            RepositoryError: When the repository cannot be written, or hangs.
            StaleBatchError: When the batch was changed by someone else.
        """
        async with running.saving:
            batch = step(running.batch)
            try:
                with anyio.fail_after(SAVING_SECONDS, shield=True):
                    running.batch = await self.repository.batches.save(batch)
            except TimeoutError as error:
                operation = f"save batch {batch.id}"
                problem = f"it took longer than {SAVING_SECONDS:g} s"
                raise RepositoryError(operation, problem) from error

    async def _end(self, running: RunningBatch) -> None:
        """Save the end and tell it, in one shielded scope, so that both or none is."""
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
            await self._save(running, lambda _: ended)
            event = end_event(running.batch, assets)
            if event is not None:
                self.hub.publish(event)
        except StaleBatchError:
            _logger.warning("Batch %s was taken over or changed", running.batch.id)
        except ComfyAssetsError as error:
            # The claim runs out and the batch is taken up again: nothing is lost.
            _logger.warning("Batch %s could not be ended: %s", running.batch.id, error)
