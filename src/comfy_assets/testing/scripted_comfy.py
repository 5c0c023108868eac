"""`ScriptedComfyClient`: a `ComfyClient` without a server, for tests of a host."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
from attrs import define, field, frozen

from comfy_assets.domain.events import ComfyUIState
from comfy_assets.errors import (
    ComfyUIError,
    ComfyUIUnavailableError,
    ExecutionInterruptedError,
    NoImagesError,
)
from comfy_assets.ports.comfy import (
    ComfyClient,
    ComfyUIHealth,
    OutputImage,
    RunPreview,
    RunProgress,
)
from comfy_assets.testing._script import Script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from comfy_assets.domain.identity import PromptId
    from comfy_assets.domain.workflows.graph import Workflow

_SERVER = "scripted:"


@frozen(kw_only=True)
class ExecutedRun:
    """One run that was started; attaching to a known run starts none."""

    #: The graph that was to be run.
    workflow: Workflow
    #: The identity of the run.
    prompt_id: PromptId


@define(eq=False)
class _Run:
    prompt_id: PromptId
    ended: anyio.Event = field(factory=anyio.Event)
    work: anyio.CancelScope = field(factory=anyio.CancelScope)
    images: tuple[OutputImage, ...] | None = None
    error: ComfyUIError | None = None


class ScriptedComfyClient(ComfyClient):
    """Answer runs as scripted, or at once with a small valid PNG.

    The colour of the default picture follows from the ``prompt_id``: one run always
    gives the same bytes, two runs give different ones. Scripts are used up in the
    order in which runs start to work; a run without a script gets the default.
    Runs beyond `runs_at_once` wait in line. Works on asyncio and trio.
    """

    def __init__(
        self,
        *,
        runs_at_once: int = 1,
        object_info: Mapping[str, Any] | None = None,
    ) -> None:
        #: What `capacity` answers; may be changed at any time.
        self.runs_at_once = runs_at_once
        #: The runs that were queued, oldest first; attaching queues none.
        self.queued: list[PromptId] = []
        #: The runs that were started, oldest first.
        self.executed: list[ExecutedRun] = []
        #: The runs whose call was left by cancellation before they ended.
        self.cancelled: list[PromptId] = []
        #: The stored inputs, by the name that `upload_image` returned.
        self.uploads: dict[str, bytes] = {}
        #: Called with each new state and a sentence; must return at once.
        self.on_state_change: Callable[[ComfyUIState, str], None] | None = None
        self._object_info = dict(object_info or {})
        self._state = ComfyUIState.CONNECTED
        self._scripts: deque[Script] = deque()
        self._runs: dict[PromptId, _Run] = {}
        self._line: list[_Run] = []
        self._moved = anyio.Event()

    def script(
        self,
        *,
        images: Sequence[bytes] | None = None,
        error: ComfyUIError | None = None,
        hold: anyio.Event | None = None,
        steps: int = 4,
        previews: Sequence[bytes] = (),
        times: int = 1,
    ) -> None:
        """Say how the next run that starts and has no script yet shall go.

        A run tells its previews and steps, then waits for `hold`, then ends.

        Args:
            images: Encoded pictures to leave, default one small PNG; none at all
                make the run end with `NoImagesError`.
            error: Raised instead of leaving pictures.
            hold: The run ends only once this is set.
            steps: How many steps of progress are told on the way.
            previews: Encoded JPEG pictures told to ``on_preview``.
            times: For how many runs this holds.
        """
        script = Script(
            images=None if images is None else tuple(images),
            error=error,
            hold=hold,
            steps=steps,
            previews=tuple(previews),
        )
        self._scripts.extend([script] * times)

    @property
    def server(self) -> str:
        """``"scripted:"``: there is no address."""
        return _SERVER

    @property
    def state(self) -> ComfyUIState:
        """How the server stands; while ``DISCONNECTED``, every call fails."""
        return self._state

    @state.setter
    def state(self, state: ComfyUIState) -> None:
        if state is not self._state:
            self._state = state
            if self.on_state_change is not None:
                self.on_state_change(state, f"The scripted server is {state.value}.")

    async def wait_executed(self, count: int) -> None:
        """Wait until this many runs were started since the client was made."""
        while len(self.executed) < count:
            await self._moved.wait()

    async def wait_idle(self) -> None:
        """Wait until no run waits or is at work."""
        while self._line:
            await self._moved.wait()

    def interrupt(self, prompt_id: PromptId) -> None:
        """Interrupt a run at work, as somebody at the server would.

        Raises:
            KeyError: When the run was never queued.
        """
        run = self._runs[prompt_id]
        if run.images is None and run.error is None:
            run.error = ExecutionInterruptedError(_SERVER, prompt_id)
            run.work.cancel()

    async def __aenter__(self) -> Self:
        """Do nothing: there is no server."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Do nothing: there is no server."""

    async def execute(
        self,
        workflow: Workflow,
        *,
        prompt_id: PromptId,
        is_new: bool = False,  # noqa: ARG002 - asking costs nothing here
        on_progress: Callable[[RunProgress], None] | None = None,
        on_preview: Callable[[RunPreview], None] | None = None,
    ) -> Sequence[OutputImage]:
        """Play the next script; see `ComfyClient.execute`."""
        await self._require_server()
        run = self._runs.get(prompt_id)
        if run is None or run.error is not None:
            run = self._runs[prompt_id] = _Run(prompt_id)
            self._line.append(run)
            self.queued.append(prompt_id)
            await self._work(run, workflow, on_progress, on_preview)
        else:
            await run.ended.wait()
        if run.images is None:
            raise run.error or ExecutionInterruptedError(_SERVER, prompt_id)
        if on_progress is not None:
            on_progress(RunProgress(fraction=1.0))
        return run.images

    async def upload_image(self, data: bytes, *, filename: str) -> str:
        """Keep the bytes in `uploads`; see `ComfyClient.upload_image`."""
        await self._require_server()
        stem, dot, suffix = filename.rpartition(".")
        if not dot:
            stem, suffix = filename, ""
        name, number = filename, 0
        while self.uploads.get(name, data) != data:
            number += 1
            name = f"{stem} ({number}){dot}{suffix}"
        self.uploads[name] = data
        return name

    async def object_info(self) -> Mapping[str, Any]:
        """Return the catalogue that the constructor was given."""
        await self._require_server()
        return self._object_info

    async def check_health(self) -> ComfyUIHealth:
        """Tell `state` and the length of the line."""
        await self._require_server()
        return ComfyUIHealth(
            server=_SERVER, state=self._state, queue_remaining=len(self._line)
        )

    async def capacity(self) -> int:
        """Return `runs_at_once`."""
        await anyio.lowlevel.checkpoint()
        return self.runs_at_once

    async def _require_server(self) -> None:
        await anyio.lowlevel.checkpoint()
        if self._state is ComfyUIState.DISCONNECTED:
            raise ComfyUIUnavailableError(_SERVER, "it is scripted to be away.")

    async def _work(
        self,
        run: _Run,
        workflow: Workflow,
        on_progress: Callable[[RunProgress], None] | None,
        on_preview: Callable[[RunPreview], None] | None,
    ) -> None:
        """Wait for the run's turn and play a script; leaves its end in `run`."""
        try:
            while self._line.index(run) >= self.runs_at_once:
                await self._moved.wait()
            script = self._scripts.popleft() if self._scripts else Script()
            self.executed.append(
                ExecutedRun(workflow=workflow, prompt_id=run.prompt_id)
            )
            self._tell_moved()
            with run.work:
                await script.play(on_progress, on_preview)
                # Nothing is awaited from here on: the run has ended, well or badly.
                if script.error is not None:
                    run.error = script.error
                elif script.images == ():
                    run.error = NoImagesError(_SERVER)
                else:
                    run.images = script.outputs(run.prompt_id, workflow)
        finally:
            if run.images is None and run.error is None:
                self.cancelled.append(run.prompt_id)
                run.error = ExecutionInterruptedError(_SERVER, run.prompt_id)
            self._line.remove(run)
            run.ended.set()
            self._tell_moved()

    def _tell_moved(self) -> None:
        self._moved.set()
        self._moved = anyio.Event()
