"""`ResilientComfyClient`: retries, breaker and told states around any client."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, TypeVar

import anyio

from comfy_assets.domain.events import ComfyUIState, ComfyUIStateChanged
from comfy_assets.domain.resilience import CircuitState
from comfy_assets.errors import CircuitOpenError, ComfyUIError
from comfy_assets.ports.comfy import ComfyClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from random import Random
    from types import TracebackType
    from typing import Self

    from comfy_assets.domain.events import AnyEvent
    from comfy_assets.domain.identity import PromptId
    from comfy_assets.domain.resilience import (
        CircuitBreaker,
        CircuitTicket,
        RetryPolicy,
    )
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import (
        ComfyUIHealth,
        OutputImage,
        RunPreview,
        RunProgress,
    )

_logger = logging.getLogger("comfy_assets.resilience")

_ResultT = TypeVar("_ResultT")

#: Seconds for which an answer about a server's health is given again.
HEALTH_SECONDS: Final = 5.0


class ResilientComfyClient(ComfyClient):
    """Any client, with transient faults waited out and a failing server left alone.

    A transient error is retried as the `RetryPolicy` says; everything else shows that
    the server is up, and passes. While the circuit is open no call goes through; when
    the interval has run out a health check probes the server first, so that no long
    run serves as the probe. A failed probe counts as one of a call's tries: a server
    that is gone for good fails a call after a bounded time.
    """

    def __init__(
        self,
        client: ComfyClient,
        *,
        retry: RetryPolicy,
        breaker: CircuitBreaker,
        publish: Callable[[AnyEvent], None],
        rng: Random,
    ) -> None:
        #: Called when calls are let through again after the circuit was open.
        self.on_admitting_again: Callable[[], None] = _nothing
        self._client = client
        self._retry = retry
        self._breaker = breaker
        self._publish = publish
        self._rng = rng
        self._state = ComfyUIState.DISCONNECTED
        self._woken = anyio.Event()
        self._health: tuple[float, ComfyUIHealth] | None = None

    @property
    def server(self) -> str:
        """The address of the server behind it."""
        return self._client.server

    @property
    def state(self) -> ComfyUIState:
        """How the server stands; disconnected until it was first heard of."""
        return self._state

    async def __aenter__(self) -> Self:
        """Enter the client and listen to its states."""
        self._client.on_state_change = self._heard
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """Leave the client."""
        return await self._client.__aexit__(exc_type, exc, traceback)

    async def execute(
        self,
        workflow: Workflow,
        *,
        prompt_id: PromptId,
        is_new: bool = False,
        on_progress: Callable[[RunProgress], None] | None = None,
        on_preview: Callable[[RunPreview], None] | None = None,
    ) -> Sequence[OutputImage]:
        """Run a workflow; after a transient fault again, under the same id."""
        is_first = True

        async def execute() -> Sequence[OutputImage]:
            nonlocal is_first
            is_unknown, is_first = is_new and is_first, False
            return await self._client.execute(
                workflow,
                prompt_id=prompt_id,
                is_new=is_unknown,
                on_progress=on_progress,
                on_preview=on_preview,
            )

        return await self._retried(execute)

    async def upload_image(self, data: bytes, *, filename: str) -> str:
        """Upload an image; after a transient fault again."""
        return await self._retried(
            lambda: self._client.upload_image(data, filename=filename)
        )

    async def object_info(self) -> Mapping[str, Any]:
        """Read the catalogue; after a transient fault again."""
        return await self._retried(self._client.object_info)

    async def check_health(self) -> ComfyUIHealth:
        """Ask the server how it is; an answer less than 5 s old is given again.

        Raises:
            CircuitOpenError: When the server is left alone.
            ComfyUIUnavailableError: When it cannot be reached.
        """
        now = anyio.current_time()
        if self._health is not None and now - self._health[0] < HEALTH_SECONDS:
            return self._health[1]
        ticket = self._breaker.admit(now)
        if ticket is None:
            raise CircuitOpenError(self.server, self._breaker.retry_in(now))
        return await self._probe(ticket)

    async def capacity(self) -> int:
        """Return the client's capacity, 0 while the circuit is open."""
        if self._breaker.retry_in(anyio.current_time()) > 0:
            return 0
        return await self._client.capacity()

    async def retry_now(self) -> ComfyUIHealth:
        """End all waits and ask the server at once.

        Raises:
            ComfyUIUnavailableError: When it still cannot be reached.
        """
        self._breaker.retry_now()
        self._health = None
        try:
            return await self.check_health()
        finally:
            self._wake()

    async def _retried(self, call: Callable[[], Awaitable[_ResultT]]) -> _ResultT:
        attempt = 0
        while True:
            try:
                ticket = await self._admitted()
                return await self._judged(ticket, call)
            except ComfyUIError as error:
                if not error.transient or attempt >= self._retry.max_retries:
                    raise
                delay = self._retry.delay(attempt, self._rng)
                attempt += 1
                _logger.warning(
                    "%s Try %d of %d follows in %.1f s.",
                    error,
                    attempt + 1,
                    self._retry.max_retries + 1,
                    delay,
                )
                await self._pause(delay)

    async def _admitted(self) -> CircuitTicket:
        """Wait until calls go through; probe the server first where that is due."""
        while True:
            now = anyio.current_time()
            ticket = self._breaker.admit(now)
            if ticket is None:
                await self._pause(self._breaker.retry_in(now))
            elif ticket.is_probe:
                await self._probe(ticket)
            else:
                return ticket

    async def _probe(self, ticket: CircuitTicket) -> ComfyUIHealth:
        health = await self._judged(ticket, self._client.check_health)
        self._health = (anyio.current_time(), health)
        self._set_state(health.state, "ComfyUI answers.")
        return health

    async def _judged(
        self, ticket: CircuitTicket, call: Callable[[], Awaitable[_ResultT]]
    ) -> _ResultT:
        """Make a call and give the breaker its verdict; a cancelled one has none."""
        try:
            result = await call()
        except ComfyUIError as error:
            if error.transient:
                self._failed(ticket, error)
            else:
                self._succeeded(ticket)
            raise
        except BaseException:
            self._breaker.abandoned(ticket)
            if ticket.is_probe:
                self._wake()
            raise
        self._succeeded(ticket)
        return result

    def _succeeded(self, ticket: CircuitTicket) -> None:
        self._breaker.succeeded(ticket)
        if ticket.is_probe:
            self._wake()
        if self._state in (ComfyUIState.DISCONNECTED, ComfyUIState.CIRCUIT_OPEN):
            self._set_state(ComfyUIState.CONNECTED, "ComfyUI answers.")

    def _failed(self, ticket: CircuitTicket, error: ComfyUIError) -> None:
        now = anyio.current_time()
        self._health = None
        self._breaker.failed(ticket, now)
        if self._breaker.state is CircuitState.OPEN:
            retry_in = self._breaker.retry_in(now)
            self._set_state(ComfyUIState.CIRCUIT_OPEN, str(error), retry_in)
            if ticket.is_probe:
                self._wake()

    def _heard(self, state: ComfyUIState, message: str) -> None:
        """Take the client's word, but for a server that we leave alone."""
        if self._breaker.state is CircuitState.CLOSED:
            self._set_state(state, message)

    def _set_state(
        self, state: ComfyUIState, message: str, retry_in: float | None = None
    ) -> None:
        if state is self._state and retry_in is None:
            return
        self._state = state
        self._publish(
            ComfyUIStateChanged(
                server=self.server, state=state, message=message, retry_in=retry_in
            )
        )

    async def _pause(self, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await self._woken.wait()

    def _wake(self) -> None:
        """End the waits of all calls, and let the queue ask for the capacity."""
        self._woken.set()
        self._woken = anyio.Event()
        self.on_admitting_again()


def _nothing() -> None:
    """Stand in until a queue wants to be woken."""
