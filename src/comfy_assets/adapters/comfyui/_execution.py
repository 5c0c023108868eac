"""`Execution`: one call of `ComfyClient.execute`, from its start to the images."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import TYPE_CHECKING

import anyio
from attrs import evolve

from comfy_assets.adapters.comfyui._endings import (
    EndedBadly,
    EndedWell,
    Place,
    RunEnd,
)
from comfy_assets.adapters.comfyui._fetching import fetch_images
from comfy_assets.adapters.comfyui._followers import Follower
from comfy_assets.adapters.comfyui._posting import Poster
from comfy_assets.adapters.comfyui._run import Run
from comfy_assets.adapters.comfyui._stopping import take_back
from comfy_assets.adapters.comfyui._waiting import Waiting
from comfy_assets.errors import (
    ComfyUIError,
    ExecutionError,
    ExecutionInterruptedError,
)
from comfy_assets.ports.comfy import OutputImage, RunProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.adapters.comfyui._link import Link
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import RunPreview

_logger = logging.getLogger("comfy_assets.comfyui")


class Execution:
    """Brings one workflow to its end."""

    def __init__(
        self,
        link: Link,
        workflow: Workflow,
        *,
        prompt_id: str,
        is_new: bool,
        on_progress: Callable[[RunProgress], None] | None,
        on_preview: Callable[[RunPreview], None] | None,
    ) -> None:
        self._link = link
        self._workflow = workflow
        self._prompt_id = prompt_id
        self._is_new = is_new
        self._on_progress = on_progress
        self._on_preview = on_preview
        self._poster = Poster(link, workflow, prompt_id)
        self._server_id = prompt_id
        self._end: RunEnd | None = None

    async def images(self) -> list[OutputImage]:
        """Run, or attach, and return the images.

        Raises:
            ComfyUIError: As `ComfyClient.execute` says.
        """
        try:
            run = await self._run_to_end()
            if self._on_progress is not None and isinstance(self._end, EndedWell):
                self._on_progress(evolve(run.progress, is_painted=True))
            images = await self._fetch(run)
        except ComfyUIError:
            # The run stays with the server, for a later call to attach to.
            raise
        except BaseException:
            # Cancelled; or the host's callback raised, which leaves nobody who waits.
            await self._leave()
            raise
        if self._on_progress is not None:
            self._on_progress(RunProgress(fraction=1.0))
        return images

    async def _run_to_end(self) -> Run:
        if self._is_new:
            return await self._run_anew()
        run = Run(self._workflow)
        place = await self._link.ask(
            lambda: self._link.whereabouts.find(self._prompt_id)
        )
        if place.where in {"waiting", "working"}:
            run = await self._attach(place, run)
            if not self._was_doomed():
                return run
            # It was on its way out: interrupted by a call of ours that was cancelled,
            # or failed, as a call was told before the server was done with it.
            place = Place(where="ended", server_id=self._server_id, end=self._end)
            run = Run(self._workflow)
        if isinstance(place.end, EndedWell) and _is_worth_fetching(place.end, run):
            self._note_end(place.server_id, place.end)
            return run
        if place.server_id is not None and place.where == "ended":
            # A bad end of the past must not be taken for the end of what comes now.
            server_id = place.server_id
            await self._link.ask(
                lambda: self._link.whereabouts.forget_run(self._prompt_id, server_id)
            )
        return await self._run_anew()

    async def _run_anew(self) -> Run:
        run = Run(self._workflow, awaits_start=True)
        follower = self._follower(run)
        followers = self._link.followers
        with ExitStack() as stack:
            # Frames may come before the answer to the POST.
            stack.enter_context(followers.following(self._prompt_id, follower))
            with followers.posting():
                place = await self._poster.post(follower)
                server_id = place.server_id or self._prompt_id
                if server_id != self._prompt_id:
                    stack.enter_context(followers.following(server_id, follower))
            self._link.no_longer_doomed(server_id)
            await self._wait(follower, server_id, place)
        return run

    async def _attach(self, place: Place, run: Run) -> Run:
        server_id = place.server_id or self._prompt_id
        follower = self._follower(run)
        follower.client_id = self._link.followers.client_id_of(server_id)
        with self._link.followers.following(server_id, follower):
            await self._wait(follower, server_id, place)
        return run

    async def _wait(self, follower: Follower, server_id: str, place: Place) -> None:
        self._server_id = server_id
        waiting = Waiting(
            self._link,
            follower,
            prompt_id=self._prompt_id,
            server_id=server_id,
            deliver=self._deliver,
        )
        self._note_end(server_id, await waiting.end(place))

    def _follower(self, run: Run) -> Follower:
        return Follower(run, wants_previews=self._on_preview is not None)

    def _deliver(self, run: Run) -> None:
        progress, preview = run.take_progress(), run.take_preview()
        if progress is not None and self._on_progress is not None:
            self._on_progress(progress)
        if preview is not None and self._on_preview is not None:
            self._on_preview(preview)

    def _note_end(self, server_id: str | None, end: RunEnd) -> None:
        self._server_id, self._end = server_id or self._prompt_id, end

    def _was_doomed(self) -> bool:
        ended_well = isinstance(self._end, EndedWell)
        return self._link.no_longer_doomed(self._server_id) and not ended_well

    async def _fetch(self, run: Run) -> list[OutputImage]:
        server = self._link.server
        match self._end:
            case EndedWell(outputs=outputs):
                return await fetch_images(self._link, self._workflow, run, outputs)
            case EndedBadly(failure=failure):
                self._link.doomed.append(self._server_id)
                raise ExecutionError(
                    server,
                    node_id=failure.node_id,
                    class_type=failure.class_type,
                    message=failure.message,
                    exception_type=failure.exception_type,
                )
            case _:
                self._link.doomed.append(self._server_id)
                raise ExecutionInterruptedError(server, self._prompt_id)

    async def _leave(self) -> None:
        """Take the run back, in bounded time, whatever state it is in."""
        if self._end is not None:
            return
        with anyio.move_on_after(self._link.timeouts.stop_seconds, shield=True):
            posting = self._poster.posting
            server_id = self._server_id
            if posting is not None:
                # Deleting before it is answered would miss a run that arrives later.
                await posting.done.wait()
                server_id = posting.server_id or server_id
            try:
                await take_back(self._link, self._prompt_id, server_id)
            except ComfyUIError as e:
                # A server that cannot be told has lost the run or will end it unseen.
                _logger.warning("A cancelled run could not be taken back: %s", e)


def _is_worth_fetching(end: EndedWell, run: Run) -> bool:
    """Whether an earlier run left what the caller wants, as far as can be known."""
    if run.sends_pictures:
        # Its pictures went to whoever listened then.
        return False
    return end.is_certain or bool(end.outputs.images)
