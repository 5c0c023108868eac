"""`Painter`: one image of a batch, from its workflow to what the run left."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import anyio
from attrs import define

from comfy_assets.domain.events import GenerationPreview, GenerationProgress
from comfy_assets.domain.identity import prompt_id_of
from comfy_assets.domain.workflows.build import StyleReference, build
from comfy_assets.errors import ExecutionInterruptedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.ports.comfy import (
        ComfyClient,
        OutputImage,
        RunPreview,
        RunProgress,
    )
    from comfy_assets.services.events import EventHub
    from comfy_assets.services.progress import BatchProgress


@define(frozen=True, kw_only=True)
class Plan:
    """What all images of a batch share."""

    configuration: WorkflowConfiguration
    style: StyleReference | None
    progress: BatchProgress


@define(frozen=True, kw_only=True)
class Painted:
    """What one run left, and the seed that it was painted with."""

    outputs: Sequence[OutputImage]
    seed: int | None


@define(eq=False, kw_only=True)
class Painter:
    """Makes the run of an image and lets ComfyUI work at it."""

    comfy: ComfyClient
    hub: EventHub

    async def paint(
        self,
        batch: GenerationBatch,
        plan: Plan,
        index: int,
        *,
        on_painted: Callable[[], None],
    ) -> Painted:
        """Run the workflow of image `index`, and tell its progress and previews.

        Args:
            on_painted: Called when the server is done with the run, if the client
                tells; the images come later.

        Raises:
            MappingError: When the configuration no longer fits.
            ComfyUIError: As `ComfyClient.execute` says.
        """

        def on_progress(progress: RunProgress) -> None:
            if progress.is_painted:
                on_painted()
            elif self.hub.wants(GenerationProgress):
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
            on_preview=on_preview if self.hub.wants(GenerationPreview) else None,
        )
        try:
            outputs = await execute()
        except ExecutionInterruptedError:
            # A worker that lost the batch to us takes its runs back when it notices,
            # also the one that we have attached to: it is run once more.
            if batch.fence == 1:
                raise
            outputs = await execute()
        return Painted(outputs=outputs, seed=run.seed)
