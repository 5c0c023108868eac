"""`BatchProgress`: one rising number out of many runs; told the time, never asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.events import GenerationProgress

if TYPE_CHECKING:
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.ports.comfy import RunProgress

# What an image counts for while it is painted but not stored: an event never
# announces what is not stored.
_UNSTORED_LIMIT: Final = 0.99


class BatchProgress:
    """How far a batch is, over all of its runs; `fraction` never falls."""

    def __init__(self, batch: GenerationBatch, now: float) -> None:
        self._batch_id = batch.id
        self._total = batch.request.count
        self._completed = batch.completed_count
        self._running: dict[int, float] = {}
        self._began = now
        self._fraction = self._began_at = self._completed / self._total

    def ran(self, index: int, progress: RunProgress, now: float) -> GenerationProgress:
        """Note how far the run of image `index` is, and tell the whole."""
        self._running[index] = min(progress.fraction, _UNSTORED_LIMIT)
        return self._tell(now, step=progress.step, steps=progress.steps)

    def stored(self, batch: GenerationBatch, now: float) -> GenerationProgress:
        """Note which images the batch has recorded, and tell the whole."""
        for index in batch.completed_indexes:
            self._running.pop(index, None)
        self._completed = batch.completed_count
        return self._tell(now)

    def _tell(
        self, now: float, *, step: int | None = None, steps: int | None = None
    ) -> GenerationProgress:
        fraction = (self._completed + sum(self._running.values())) / self._total
        # A run that starts anew after a fault begins at 0 again; the host's bar waits.
        self._fraction = max(self._fraction, min(fraction, 1.0))
        done = self._fraction - self._began_at
        eta = (1.0 - self._fraction) * (now - self._began) / done if done > 0 else None
        return GenerationProgress(
            batch_id=self._batch_id,
            completed=self._completed,
            total=self._total,
            fraction=self._fraction,
            step=step,
            steps=steps,
            eta_seconds=eta,
        )
