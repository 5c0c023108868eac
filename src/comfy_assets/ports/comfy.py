"""`ComfyClient`: a place where workflows run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

from comfy_assets.domain.events import ComfyUIState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from comfy_assets.domain.identity import PromptId
    from comfy_assets.domain.workflows.graph import Workflow


@frozen(kw_only=True)
class RunProgress:
    """How far one run is."""

    #: 0.0 to 1.0 over the whole run; 1.0 only when its images are here.
    fraction: float
    #: Step of the node that works, from 0; ``None`` where it tells none.
    step: int | None = None
    #: Steps that the node will take.
    steps: int | None = None
    #: Whether the server is done and its images are yet to be fetched; it is free for
    #: its next run. Told once a run, by clients that know.
    is_painted: bool = False


@frozen(kw_only=True)
class RunPreview:
    """A picture in the making."""

    #: The encoded picture.
    data: bytes = field(repr=False)
    #: ``"image/jpeg"`` or ``"image/png"``.
    media_type: str


@frozen(kw_only=True)
class OutputImage:
    """One image that a run left."""

    #: The encoded picture, as the server wrote it.
    data: bytes = field(repr=False)
    #: The server's name for it: not to be trusted as a path.
    filename: str
    #: The output node that made it.
    node_id: str


@frozen(kw_only=True)
class ComfyUIHealth:
    """What a server says of itself."""

    #: Its address without credentials.
    server: str
    #: How it stands.
    state: ComfyUIState
    #: Its version, such as ``"0.3.75"``; ``None`` from servers before 2024-09.
    version: str | None = None
    #: Names of its devices, such as ``"cuda:0 NVIDIA …"``.
    devices: tuple[str, ...] = ()
    #: Runs at work and waiting there, of anybody.
    queue_remaining: int | None = None


class ComfyClient(Protocol):
    """One or more ComfyUI servers, seen as a place where workflows run.

    A client is used inside ``async with``: entering it starts what it needs in the
    background and does not fail when the server is away; leaving it ends that.
    `AssetSystem` enters the client that it was given. All methods may be called from
    many tasks at once, and raise nothing but `ComfyUIError`.
    """

    #: Set by whoever enters the client: told each new state of the server with a
    #: sentence for a person, in the client's event loop; must return at once.
    on_state_change: Callable[[ComfyUIState, str], None] | None = None

    @property
    def server(self) -> str:
        """The server's address without credentials, for messages."""
        ...

    async def __aenter__(self) -> Self:
        """Start what the client needs in the background; the server may be away."""
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """End what was started; calls that still run are the caller's to cancel."""
        return None

    async def execute(
        self,
        workflow: Workflow,
        *,
        prompt_id: PromptId,
        is_new: bool = False,
        on_progress: Callable[[RunProgress], None] | None = None,
        on_preview: Callable[[RunPreview], None] | None = None,
    ) -> Sequence[OutputImage]:
        """Run a workflow to its end and return the images that it left, at least one.

        One call is one run. A `prompt_id` that the server already knows as waiting,
        running or well ended is attached to and not queued again; one that ended
        badly is run anew. A lost WebSocket does not end the call, nor does a server
        that is away for less than the client's limit.

        Leaving the call by cancellation takes the run out of the server's queue or
        interrupts it, only if it is this run, and re-raises the cancellation.

        Args:
            workflow: The graph to run; not changed.
            prompt_id: The identity of the run.
            is_new: The caller knows that nobody has submitted this id before: then
                the server need not be asked whether it knows it.
            on_progress: Called in the caller's event loop; must return at once.
                `RunProgress.fraction` never falls, and reaches 1.0 once, just before
                the call returns.
            on_preview: The same for pictures in the making; without it none are
                decoded.

        Raises:
            WorkflowRejectedError: When the server refuses the workflow, or would drop
                one of its outputs.
            ExecutionError: When a node raised.
            ExecutionInterruptedError: When somebody interrupted the run at the server.
            NoImagesError: When the run ended well without an image.
            ComfyUIUnavailableError: When the server stays away, fails by itself, or
                no longer knows the run; calling again with the same `prompt_id` is
                safe.
            ComfyUITimeoutError: When a run at work shows no sign of getting on for
                the client's stall limit; it is interrupted.
        """
        ...

    async def upload_image(self, data: bytes, *, filename: str) -> str:
        """Store an image among the server's inputs and return its name for LoadImage.

        The same bytes under the same name are stored once; other bytes under that
        name get another name, which is the one returned.

        Raises:
            ComfyUIUnavailableError: When the server cannot be reached.
            ComfyUIError: When it refuses the upload.
        """
        ...

    async def object_info(self) -> Mapping[str, Any]:
        """Return the catalogue of node classes, as ``GET /object_info`` gives it.

        Raises:
            ComfyUIUnavailableError: When the server cannot be reached.
        """
        ...

    async def check_health(self) -> ComfyUIHealth:
        """Ask the server how it is, within a few seconds.

        Raises:
            ComfyUIUnavailableError: When it cannot be reached.
        """
        ...

    async def capacity(self) -> int:
        """Return how many runs can be at work at once: one a server that takes runs.

        0 while none takes any, as when a circuit breaker keeps calls away; then no new
        runs are sent. Cheap, and never fails: it asks no server.
        """
        ...
