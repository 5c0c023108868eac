"""`WorkflowTrials`: paints one image with a slot's workflow and leaves nothing."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final, cast
from uuid import uuid4

import anyio
from attrs import define, field, frozen

from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery
from comfy_assets.domain.identity import asset_id_of, prompt_id_of
from comfy_assets.domain.paging import MAX_PAGE
from comfy_assets.domain.requests import EntityRef
from comfy_assets.errors import (
    AssetNotFoundError,
    BatchNotFoundError,
    BatchStatusError,
    ComfyAssetsError,
)
from comfy_assets.services.restoring import error_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import BatchId, PromptId
    from comfy_assets.domain.requests import GenerationRequest
    from comfy_assets.services.assets import AssetService
    from comfy_assets.services.generation import GenerationService

_logger = logging.getLogger("comfy_assets.trial")

#: The world that the images of test runs belong to.
TRIAL_WORLD: Final = "comfy_assets:trials"
#: The kind of entity that stands for a test run; each is one of its own.
TRIAL_ENTITY: Final = "WorkflowTrial"
#: The highest priority that a batch can have.
TRIAL_PRIORITY: Final = 1000
#: How long a test run that ends may take to remove what it left.
CLEANING_SECONDS: Final = 15.0


@frozen(kw_only=True)
class WorkflowTrial:
    """What a test run painted, and what it took."""

    #: The encoded image as ComfyUI made it; the first, where a run leaves several.
    image: bytes = field(repr=False)
    #: Such as ``"image/png"``.
    media_type: str
    #: Width in pixels.
    width: int
    #: Height in pixels.
    height: int
    #: Size of the image in bytes.
    size_bytes: int
    #: How many images the run left; all but the first are dropped unless kept.
    image_count: int
    #: From the begin of the work to the image in the gallery; loading of models, and
    #: waiting for the server's other runs, included.
    seconds: float
    #: The seed that painted it; ``None`` where the workflow has none.
    seed: int | None
    #: ComfyUI's id of the run.
    prompt_id: PromptId
    #: The batch that it ran as.
    batch_id: BatchId
    #: The image in the gallery; ``None`` unless it was to be kept.
    asset: GalleryAsset | None


@define(eq=False, kw_only=True)
class WorkflowTrials:
    """Sends single images through the queue before all that waits, and cleans up."""

    generation: GenerationService
    assets: AssetService
    new_id: Callable[[], str] = lambda: str(uuid4())

    def entity(self) -> EntityRef:
        """Return an entity that stands for one test run and nothing else."""
        return EntityRef(TRIAL_ENTITY, self.new_id())

    async def run(self, request: GenerationRequest, *, keep: bool) -> WorkflowTrial:
        """Paint a request for one image to its end, and remove all that came of it.

        Args:
            request: Its entity is a fresh one of `entity`: by it is found what there
                is to remove, also of a call that was cut off.
            keep: Leave batch and images of a run that went well.

        Raises:
            ComfyAssetsError: What `GenerationService.submit` refuses, or what ended
                the batch.
            BatchStatusError: When the batch was cancelled from outside, or failed by
                a bug.
        """
        is_kept = False
        try:
            trial = await self._painted(request, keep=keep)
            is_kept = keep
        finally:
            if not is_kept:
                await self._clean(request.entity)
        return trial

    async def _painted(
        self, request: GenerationRequest, *, keep: bool
    ) -> WorkflowTrial:
        batch = await self.generation.submit(request)
        try:
            assets = await self.generation.result(batch.id)
        except BatchStatusError as error:
            ended = await self.generation.get(batch.id)
            raise _reason(ended) from error
        ended = await self.generation.get(batch.id)
        # Asked for by its id: somebody may have deleted it just now.
        first = await self.assets.get(asset_id_of(batch.id, index=0))
        return WorkflowTrial(
            image=await self.assets.open_image(first.id),
            media_type=first.media_type,
            width=first.width,
            height=first.height,
            size_bytes=first.size_bytes,
            image_count=len(assets),
            seconds=_seconds(ended),
            seed=first.seed,
            prompt_id=prompt_id_of(batch.id, attempt=ended.attempts, index=0),
            batch_id=batch.id,
            asset=first if keep else None,
        )

    async def _clean(self, entity: EntityRef) -> None:
        """Call the run off if it still goes on; remove its images, then its batch."""
        with anyio.move_on_after(CLEANING_SECONDS, shield=True) as scope:
            try:
                await self._remove(entity)
            except ComfyAssetsError as error:
                _logger.warning("A test run left its batch or image behind: %s", error)
        if scope.cancelled_caught:
            _logger.warning(
                "A test run left its batch or image behind: removing them took longer "
                "than %g s",
                CLEANING_SECONDS,
            )

    async def _remove(self, entity: EntityRef) -> None:
        batches = await self.generation.find(BatchQuery(entity=entity))
        for batch in batches.items:
            # Here and below: what somebody else ended or removed just now, is so.
            with suppress(BatchNotFoundError, BatchStatusError):
                await self.generation.cancel(batch.id)
        assets = await self.assets.find(AssetQuery(entity=entity), limit=MAX_PAGE)
        for asset in assets.items:
            with suppress(AssetNotFoundError):
                await self.assets.delete(asset.id)
        for batch in batches.items:
            with suppress(BatchNotFoundError):
                await self.generation.clear(batch.id)


def _reason(batch: GenerationBatch) -> ComfyAssetsError:
    """Return why a batch gave no image, as an error of its own where there is one."""
    step = "give the image of"
    if batch.failure is None:
        hint = "Somebody called the test run off."
        return BatchStatusError(batch.id, batch.status, step, hint)
    error = error_of(batch.failure)
    if error is not None:
        return error
    return BatchStatusError(batch.id, batch.status, step, batch.failure.message)


def _seconds(batch: GenerationBatch) -> float:
    # A batch that is complete has both.
    started = cast("datetime", batch.started_at)
    finished = cast("datetime", batch.finished_at)
    return (finished - started).total_seconds()
