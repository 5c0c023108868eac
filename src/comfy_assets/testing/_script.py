"""`Script`: how one run of a `ScriptedComfyClient` shall go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
from attrs import frozen

from comfy_assets.errors import ComfyUIError
from comfy_assets.ports.comfy import OutputImage, RunPreview, RunProgress
from comfy_assets.testing.small_png import small_png

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.domain.workflows.graph import Workflow


@frozen(kw_only=True)
class Script:
    """One run, from its first step to what it leaves."""

    #: Encoded pictures to leave; ``None`` for one small PNG.
    images: tuple[bytes, ...] | None = None
    #: Raised instead of leaving pictures.
    error: ComfyUIError | None = None
    #: The run ends only once this is set.
    hold: anyio.Event | None = None
    #: How many steps of progress are told.
    steps: int = 4
    #: Encoded JPEG pictures told before the steps.
    previews: tuple[bytes, ...] = ()

    async def play(
        self,
        on_progress: Callable[[RunProgress], None] | None,
        on_preview: Callable[[RunPreview], None] | None,
    ) -> None:
        """Tell previews and steps, then wait for `hold`."""
        for picture in self.previews:
            if on_preview is not None:
                on_preview(RunPreview(data=picture, media_type="image/jpeg"))
        for step in range(self.steps):
            if on_progress is not None:
                fraction = (step + 1) / (self.steps + 1)
                on_progress(RunProgress(fraction=fraction, step=step, steps=self.steps))
            await anyio.lowlevel.checkpoint()
        if self.hold is not None:
            await self.hold.wait()

    def outputs(self, prompt_id: str, workflow: Workflow) -> tuple[OutputImage, ...]:
        """Return the pictures, as the first SaveImage node's."""
        images = (small_png(prompt_id),) if self.images is None else self.images
        node_id = next(
            (id_ for id_, it in workflow.nodes.items() if it.class_type == "SaveImage"),
            "1",
        )
        return tuple(
            OutputImage(data=data, filename=f"scripted_{n:05}_.png", node_id=node_id)
            for n, data in enumerate(images, start=1)
        )
