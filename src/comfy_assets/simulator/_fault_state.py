"""What is meant to go wrong at the moment; set by `faults`, obeyed by the server."""

from __future__ import annotations

import threading
from collections.abc import Callable

import anyio
from attrs import define, field

#: How often a held answer looks whether it may go on, in seconds.
_LOOK_SECONDS = 0.01


class PlannedError(Exception):
    """A node fails because a test asked for it.

    Args:
        message: The text of `exception_message`.
        exception_type: The name in `exception_type`.
    """

    def __init__(self, message: str, exception_type: str) -> None:
        super().__init__(message)
        self.exception_type = exception_type


@define(eq=False)
class Countdown:
    """A fault for the next few answers on some route."""

    #: Such as `/prompt`; None fits any.
    route: str | None
    #: How many answers are left.
    times: int
    #: The HTTP status to answer with, where that is the fault.
    status: int = 500


@define(eq=False)
class FaultState:
    """The faults that are on; read by the event loop and the worker."""

    #: Seconds that each HTTP answer is late.
    delay: float = 0.0
    #: Whether HTTP requests get no answer.
    stalls_http: bool = False
    #: Whether sockets get no frame.
    stalls_sockets: bool = False
    #: Whether new sockets are turned away.
    refuses_sockets: bool = False
    _failures: list[Countdown] = field(init=False, factory=list)
    _truncations: list[Countdown] = field(init=False, factory=list)
    _planned_error: PlannedError | None = field(init=False, default=None)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def plan_failure(self, failure: Countdown) -> None:
        """Let the next requests fail."""
        with self._lock:
            self._failures.append(failure)

    def plan_truncation(self, truncation: Countdown) -> None:
        """Let the next answers break half-way."""
        with self._lock:
            self._truncations.append(truncation)

    def plan_error(self, error: PlannedError) -> None:
        """Let the next run fail."""
        self._planned_error = error

    def take_failure(self, route: str) -> int | None:
        """Return the status this request fails with, if it does."""
        failure = self._take(self._failures, route)
        return failure.status if failure else None

    def take_truncation(self, route: str) -> bool:
        """Say whether this answer breaks half-way."""
        return self._take(self._truncations, route) is not None

    def take_planned_error(self) -> PlannedError | None:
        """Return what the run that asks must raise, once."""
        with self._lock:
            error, self._planned_error = self._planned_error, None
            return error

    def clear(self) -> None:
        """End every fault."""
        with self._lock:
            self._failures.clear()
            self._truncations.clear()
            self._planned_error = None
        self.delay = 0.0
        self.stalls_http = self.stalls_sockets = self.refuses_sockets = False

    async def hold_http(self, is_over: Callable[[], bool]) -> None:
        """Wait as long as HTTP is stalled or late, and the server lives."""
        start = anyio.current_time()
        while not is_over() and (  # noqa: ASYNC110 - set from other threads
            self.stalls_http or anyio.current_time() < start + self.delay
        ):
            await anyio.sleep(_LOOK_SECONDS)

    async def hold_sockets(self, is_over: Callable[[], bool]) -> None:
        """Wait as long as sockets are stalled, and the server lives."""
        while self.stalls_sockets and not is_over():  # noqa: ASYNC110 - as above
            await anyio.sleep(_LOOK_SECONDS)

    def _take(self, faults: list[Countdown], route: str) -> Countdown | None:
        with self._lock:
            for fault in faults:
                if fits(fault.route, route):
                    fault.times -= 1
                    if fault.times <= 0:
                        faults.remove(fault)
                    return fault
        return None


def fits(pattern: str | None, route: str) -> bool:
    """Say whether a route is meant: itself, or below it; both without `/api`."""
    if pattern is None:
        return True
    pattern = pattern.removeprefix("/api").rstrip("/")
    return route == pattern or route.startswith(pattern + "/")
