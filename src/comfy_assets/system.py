"""`AssetSystem`: puts ports and services together and owns the one task group."""

from __future__ import annotations

import random
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

import anyio
from anyio import AsyncContextManagerMixin

from comfy_assets.domain.resilience import CircuitBreaker, RetryPolicy
from comfy_assets.errors import InvalidRequestError, SystemClosedError
from comfy_assets.services.assets import AssetService
from comfy_assets.services.events import EventHub
from comfy_assets.services.generation import GenerationService
from comfy_assets.services.health import HealthService
from comfy_assets.services.keeping import ImageKeeper
from comfy_assets.services.painting import Painter
from comfy_assets.services.positions import Positions
from comfy_assets.services.queue import Queue
from comfy_assets.services.resilient import ResilientComfyClient
from comfy_assets.services.runner import BatchRunner
from comfy_assets.services.saving import BatchSaver
from comfy_assets.services.slots import RunSlots
from comfy_assets.services.style import StylePreparer
from comfy_assets.services.transfer import WorkflowTransfer
from comfy_assets.services.trial import WorkflowTrials
from comfy_assets.services.workflows import WorkflowService

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from typing import Self

    from anyio.abc import TaskGroup

    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.ports.comfy import ComfyClient
    from comfy_assets.ports.events import EventSink
    from comfy_assets.ports.images import ImageStore
    from comfy_assets.ports.repository import AssetRepository

_ServiceT = TypeVar("_ServiceT")

# Closing a database or a socket is quick; a server that hangs must not hold the host.
_CLOSING_SECONDS = 10.0


class AssetSystem(AsyncContextManagerMixin):
    """Game art on demand: the library's services over the ports that it is given.

    Used as ``async with AssetSystem(comfy=…) as system``. Entering it takes up the
    batches that an earlier run left behind; leaving it closes all that it was given.
    It can be entered once.

    Args:
        comfy: The ComfyUI server or servers.
        repository: The database; in memory by default.
        images: The image files; in memory by default.
        sinks: Told every event beside the built-in hub.
        owner: The name under which this host claims batches. A host that starts again
            under the same name takes its batches back at once; without a name they
            are free after `lease_seconds`. No two running hosts may share one.
        prefetch: Runs that wait at each server behind the one at work, 0 or more, so
            that it never idles while an image is fetched and stored.
        lease_seconds: How long a claim outlives a host that died.
        poll_seconds: How often to look for work of other processes.
        shutdown_grace_seconds: How long runs at the servers may end when the host
            leaves; what is not done then goes back into line.
        retry: When and how often a run that met a transient fault is tried again.
        breaker: When a server that fails is left alone, and for how long.
        works: Whether this system paints. A front that only looks on and gives orders
            passes ``False``: it claims no batch, so others on the same database do.

    Raises:
        InvalidRequestError: When a number is out of range.
    """

    def __init__(
        self,
        *,
        comfy: ComfyClient,
        repository: AssetRepository | None = None,
        images: ImageStore | None = None,
        sinks: Sequence[EventSink] = (),
        owner: str | None = None,
        prefetch: int = 1,
        lease_seconds: float = 30.0,
        poll_seconds: float = 2.0,
        shutdown_grace_seconds: float = 10.0,
        retry: RetryPolicy | None = None,
        breaker: CircuitBreaker | None = None,
        works: bool = True,
    ) -> None:
        _check_range("prefetch", prefetch, low=0)
        _check_range("lease_seconds", lease_seconds, low=0.1)
        _check_range("poll_seconds", poll_seconds, low=0.01)
        _check_range("shutdown_grace_seconds", shutdown_grace_seconds, low=0)
        self._repository = _default_repository() if repository is None else repository
        self._images = _default_images() if images is None else images
        self._sinks = tuple(sinks)
        self._grace_seconds = shutdown_grace_seconds
        self._works = works
        self._is_running = False
        self._hub = EventHub()
        self._comfy = ResilientComfyClient(
            comfy,
            retry=retry or RetryPolicy(),
            breaker=breaker or CircuitBreaker(),
            publish=self._hub.publish,
            rng=random.Random(),  # noqa: S311 - jitter is no secret
        )
        self._keeper = ImageKeeper(self._repository, self._images)
        slots = RunSlots(self._comfy, prefetch=prefetch, poll_seconds=poll_seconds)
        self._comfy.on_admitting_again = slots.notify
        self._positions = Positions(self._repository.batches, self._hub)
        self._queue = Queue(
            batches=self._repository.batches,
            runner=BatchRunner(
                repository=self._repository,
                painter=Painter(comfy=self._comfy, hub=self._hub),
                keeper=self._keeper,
                saver=BatchSaver(batches=self._repository.batches, keeper=self._keeper),
                style=StylePreparer(self._repository, self._images, self._comfy),
                hub=self._hub,
                slots=slots,
                lease_seconds=lease_seconds,
            ),
            slots=slots,
            positions=self._positions,
            owner=owner or str(uuid4()),
            lease_seconds=lease_seconds,
            poll_seconds=poll_seconds,
        )
        self._generation = GenerationService(
            repository=self._repository,
            queue=self._queue,
            keeper=self._keeper,
            hub=self._hub,
            poll_seconds=poll_seconds,
        )
        self._assets = AssetService(
            repository=self._repository,
            images=self._images,
            keeper=self._keeper,
            hub=self._hub,
        )
        records = self._repository.workflows
        self._workflows = WorkflowService(
            records=records,
            comfy=self._comfy,
            trials=WorkflowTrials(generation=self._generation, assets=self._assets),
            transfer=WorkflowTransfer(
                records=records, to_plain=_to_plain, from_plain=_from_plain
            ),
        )
        self._health = HealthService(comfy=self._comfy, queue=self._queue)

    @property
    def workflows(self) -> WorkflowService:
        """The workflow configurations.

        Raises:
            SystemClosedError: When the system is not running.
        """
        return self._open(self._workflows)

    @property
    def generation(self) -> GenerationService:
        """The generation batches.

        Raises:
            SystemClosedError: When the system is not running.
        """
        return self._open(self._generation)

    @property
    def assets(self) -> AssetService:
        """The gallery.

        Raises:
            SystemClosedError: When the system is not running.
        """
        return self._open(self._assets)

    @property
    def events(self) -> EventHub:
        """The events; may be subscribed to before the system runs."""
        return self._hub

    @property
    def health(self) -> HealthService:
        """How ComfyUI stands with us.

        Raises:
            SystemClosedError: When the system is not running.
        """
        return self._open(self._health)

    @asynccontextmanager
    async def __asynccontextmanager__(self) -> AsyncGenerator[Self]:
        try:
            async with AsyncExitStack() as stack:
                stack.push_async_callback(self._close_repository)
                stack.callback(self._hub.close)
                await stack.enter_async_context(self._comfy)
                async with anyio.create_task_group() as sinks:
                    for sink in self._sinks:
                        await sinks.start(self._hub.forward, sink)
                    async with anyio.create_task_group() as tasks:
                        await self._start(tasks)
                        try:
                            yield self
                            await self._queue.stop(self._grace_seconds)
                        finally:
                            self._is_running = False
                        tasks.cancel_scope.cancel()
                    # Sinks read what is left, but must not hold the host for ever.
                    self._hub.close()
                    deadline = anyio.current_time() + self._grace_seconds
                    sinks.cancel_scope.deadline = deadline
        except BaseExceptionGroup as group:
            # A task group wraps whatever passes through it; the host shall meet its
            # own error, or ours, as it was raised.
            error = _only_error(group)
            raise error from error.__cause__

    async def _start(self, tasks: TaskGroup) -> None:
        tasks.start_soon(self._positions.watch)
        if self._works:
            await self._keeper.empty_discarded()
            await tasks.start(self._queue.run)
        self._is_running = True

    async def _close_repository(self) -> None:
        with anyio.move_on_after(_CLOSING_SECONDS, shield=True):
            await self._repository.aclose()

    def _open(self, service: _ServiceT) -> _ServiceT:
        if not self._is_running:
            raise SystemClosedError
        return service


def _only_error(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _check_range(name: str, value: float, *, low: float) -> None:
    if not value >= low:
        raise InvalidRequestError(name, f"must be {low:g} or more, not {value!r}")


def _default_repository() -> AssetRepository:
    # Adapters are loaded when they are first needed: importing us stays cheap.
    from comfy_assets.adapters.memory.repository import (  # noqa: PLC0415
        MemoryAssetRepository,
    )

    return MemoryAssetRepository()


def _default_images() -> ImageStore:
    from comfy_assets.adapters.memory.images import MemoryImageStore  # noqa: PLC0415

    return MemoryImageStore()


# As above: cattrs is loaded when configurations are first exported or imported.
def _to_plain(configuration: WorkflowConfiguration) -> dict[str, Any]:
    from comfy_assets.converters import unstructure  # noqa: PLC0415

    plain: dict[str, Any] = unstructure(configuration)
    return plain


def _from_plain(data: object) -> WorkflowConfiguration:
    from comfy_assets.converters import structure  # noqa: PLC0415
    from comfy_assets.domain.workflows.configuration import (  # noqa: PLC0415
        WorkflowConfiguration,
    )

    return structure(data, WorkflowConfiguration)
