"""How a batch at work ends: its last step, and the event that tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.domain.batches import BatchStatus
from comfy_assets.domain.events import (
    GenerationCancelled,
    GenerationComplete,
    GenerationFailed,
)

if TYPE_CHECKING:
    from datetime import datetime

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import BatchFailure, GenerationBatch
    from comfy_assets.domain.events import AnyEvent


def last_step(
    batch: GenerationBatch,
    now: datetime,
    *,
    failure: BatchFailure | None,
    is_cancel_wished: bool,
) -> GenerationBatch:
    """Take the step that what befell the batch asks for."""
    # 1. Every image is there: it is complete, whatever happened at the last moment.
    if batch.status is BatchStatus.PROCESSING and not batch.missing_indexes:
        return batch.complete(now)
    # 2. An image could not be painted.
    if failure is not None:
        return batch.fail(now, failure)
    # 3. The host called it off.
    if is_cancel_wished:
        return batch.cancel(now)
    # 4. The system stops: back into line, to go on at the next start.
    return batch.requeue()


def end_event(
    batch: GenerationBatch, assets: tuple[GalleryAsset, ...]
) -> AnyEvent | None:
    """Return what tells the end of a batch, ``None`` when it goes back into line."""
    if batch.failure is not None:
        return GenerationFailed(
            batch_id=batch.id,
            error=batch.failure.message,
            error_type=batch.failure.error_type,
            details=batch.failure.details,
            attempts=batch.attempts,
        )
    if batch.status is BatchStatus.COMPLETE:
        return GenerationComplete(batch_id=batch.id, assets=assets)
    if batch.status is BatchStatus.CANCELLED:
        return GenerationCancelled(batch_id=batch.id)
    return None
