"""What a test of `ComfyClientSuite` needs of a client and the server behind it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias
from uuid import uuid4

from anyio import CancelScope, fail_after

from comfy_assets.domain.identity import PromptId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from anyio.abc import TaskGroup

    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import (
        ComfyClient,
        OutputImage,
        RunPreview,
        RunProgress,
    )

#: No step of these tests takes longer on a working client and server.
LIMIT_SECONDS: Final = 30.0


class ComfyClientStage(Protocol):
    """A client, entered, and the server behind it, made to do what a test needs.

    The workflows are asked for in the order in which they are then run.
    """

    @property
    def client(self) -> ComfyClient:
        """The client under test, inside its ``async with``."""
        ...

    def quick(self) -> Workflow:
        """Return a workflow that ends at once with one image; another each time."""
        ...

    def slow(self) -> Workflow:
        """Return one that is at work until `let_slow_end`, or for about a second."""
        ...

    def let_slow_end(self) -> None:
        """Let the slow runs end well, if they do not by themselves."""
        ...

    def failing(self) -> Workflow:
        """Return a workflow of which one node raises."""
        ...

    def rejected(self) -> Workflow:
        """Return a workflow that the server refuses."""
        ...

    def partly_rejected(self) -> Workflow:
        """Return one with two outputs, of which the server would drop one."""
        ...

    def imageless(self) -> Workflow:
        """Return a workflow that ends well and leaves no image."""
        ...

    def previewing(self) -> Workflow:
        """Return a workflow that shows pictures in the making."""
        ...

    async def wait_at_work(self, prompt_id: PromptId) -> None:
        """Wait until the server works at this run."""
        ...

    async def wait_idle(self) -> None:
        """Wait until the server neither works nor has a run waiting."""
        ...

    async def times_queued(self, prompt_id: PromptId) -> object:
        """Return something that changes when this run is queued once more."""
        ...

    async def interrupt(self, prompt_id: PromptId) -> None:
        """Interrupt the run, which is at work, as somebody else at the server would."""
        ...

    async def take_server_away(self) -> None:
        """Make the server unreachable for good."""
        ...


#: What the fixture `open_client` returns: opens a client with a server behind it, which
#: is fresh or at least idle.
OpenClient: TypeAlias = Callable[[], AbstractAsyncContextManager[ComfyClientStage]]


def new_id() -> PromptId:
    """Return the id of a run that no server knows."""
    return PromptId(str(uuid4()))


async def execute(
    stage: ComfyClientStage,
    workflow: Workflow,
    prompt_id: PromptId | None = None,
    *,
    is_new: bool = False,
    on_progress: Callable[[RunProgress], None] | None = None,
    on_preview: Callable[[RunPreview], None] | None = None,
) -> Sequence[OutputImage]:
    """Execute a workflow, under a new id unless one is given, in bounded time."""
    with fail_after(LIMIT_SECONDS):
        return await stage.client.execute(
            workflow,
            prompt_id=prompt_id or new_id(),
            is_new=is_new,
            on_progress=on_progress,
            on_preview=on_preview,
        )


async def start(
    tasks: TaskGroup, stage: ComfyClientStage, workflow: Workflow, prompt_id: PromptId
) -> CancelScope:
    """Start a run in the background and return the scope that cancels it."""
    scope = CancelScope()

    async def run() -> None:
        with scope:
            await stage.client.execute(workflow, prompt_id=prompt_id)

    tasks.start_soon(run)
    return scope


async def until_queued(stage: ComfyClientStage, prompt_id: PromptId) -> object:
    """Wait until the server knows the run; return what `times_queued` then tells.

    A run may be seen nowhere for a moment, on its way from the queue to the history.
    """
    unknown = await stage.times_queued(new_id())
    while (queued := await stage.times_queued(prompt_id)) == unknown:
        pass
    return queued
