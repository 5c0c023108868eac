"""Fetches the images that a run left."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import anyio

from comfy_assets.errors import ComfyUIError, ComfyUIUnavailableError, NoImagesError
from comfy_assets.ports.comfy import OutputImage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.adapters.comfyui._link import Link
    from comfy_assets.adapters.comfyui._outputs import OutputFile, Outputs
    from comfy_assets.adapters.comfyui._run import Run
    from comfy_assets.domain.workflows.graph import Workflow

_logger = logging.getLogger("comfy_assets.comfyui")

_AT_ONCE: Final = 4


async def fetch_images(
    link: Link, workflow: Workflow, run: Run, outputs: Outputs
) -> list[OutputImage]:
    """Return the images of a run that ended well, in the graph's order.

    Raises:
        NoImagesError: When it left none.
        ComfyUIUnavailableError: When the server stays away, or the images went over a
            WebSocket that was not there.
        ComfyUIError: When the server no longer has the files.
    """
    if run.sends_pictures and not run.was_heard:
        problem = (
            "the run sends its images over the WebSocket, which was lost meanwhile. "
            "Running it again is safe."
        )
        raise ComfyUIUnavailableError(link.server, problem)
    if outputs.others:
        kinds = ", ".join(outputs.others)
        _logger.info("%s: a run left more than images: %s", link.server, kinds)
    files = outputs.chosen(list(workflow.nodes))
    if run.pictures:
        files = [file for file in files if file.folder_type != "temp"]
    if not files and not run.pictures:
        raise NoImagesError(link.server, outputs.others)
    return [*run.pictures, *await _fetch_files(link, files)]


async def _fetch_files(link: Link, files: Sequence[OutputFile]) -> list[OutputImage]:
    found: dict[int, bytes] = {}
    limiter = anyio.Semaphore(_AT_ONCE)

    async def fetch(number: int, file: OutputFile) -> None:
        async with limiter:
            data = await link.ask(lambda: link.routes.view(file))
        if data is not None:
            found[number] = data

    if len(files) == 1:
        await fetch(0, files[0])
    else:
        failures: list[ComfyUIError] = []

        async def fetch_or_note(number: int, file: OutputFile) -> None:
            # A task group would wrap the error in a group.
            try:
                await fetch(number, file)
            except ComfyUIError as e:
                failures.append(e)

        async with anyio.create_task_group() as tasks:
            for number, file in enumerate(files):
                tasks.start_soon(fetch_or_note, number, file)
        if failures:
            raise failures[0]
    missing = [file.filename for n, file in enumerate(files) if n not in found]
    if missing and not found:
        problem = (
            f"the run left {', '.join(missing)}, but the server lost the file. "
            "Change the seed: a run that is known already is not painted again."
        )
        raise ComfyUIError(link.server, problem)
    if missing:
        _logger.warning("%s no longer has %s", link.server, ", ".join(missing))
    return [
        OutputImage(data=found[n], filename=file.filename, node_id=file.node_id)
        for n, file in enumerate(files)
        if n in found
    ]
