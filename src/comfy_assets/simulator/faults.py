"""Scripted faults: what a test or a demo lets go wrong on a running simulator."""

from __future__ import annotations

import threading
from collections.abc import Callable

from attrs import define, frozen

from comfy_assets.simulator._fault_state import Countdown, FaultState, PlannedError


@frozen(kw_only=True)
class ServerControl:
    """What faults do to the server itself; each may be called from any thread."""

    #: Cut all WebSockets without a close frame.
    drop_sockets: Callable[[], None]
    #: Start listening again.
    listen: Callable[[], None]
    #: Stop listening and reset every open connection.
    refuse: Callable[[], None]
    #: Empty the line without a word.
    forget_queue: Callable[[], None]
    #: End the server for good.
    die: Callable[[], None]


@define(eq=False)
class Faults:
    """Let things go wrong on a running simulator; safe to use from any thread.

    Routes are given without the prefix `/api`; one fits itself and what is below it.
    A switch takes `True` or nothing to begin and `False` to end.
    """

    _state: FaultState
    _control: ServerControl

    def drop_sockets(self) -> None:
        """Cut every WebSocket without a close frame (clients see code 1006)."""
        self._control.drop_sockets()

    def refuse_sockets(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
        """Turn WebSocket handshakes away with 403; open sockets stay."""
        self._state.refuses_sockets = on

    def stall_sockets(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
        """Send no frame while HTTP goes on; the held frames follow at the end."""
        self._state.stalls_sockets = on

    def stall_http(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
        """Take HTTP requests but answer none; the answers follow at the end."""
        self._state.stalls_http = on

    def delay(self, seconds: float) -> None:
        """Answer every HTTP request so many seconds late; 0 ends it."""
        self._state.delay = seconds

    def fail(
        self, status: int = 500, *, times: int = 1, route: str | None = None
    ) -> None:
        """Answer the next requests with an error instead of doing what they ask.

        Args:
            status: The HTTP status.
            times: How many requests fail.
            route: Only these, such as `/prompt`; None fails any.
        """
        self._state.plan_failure(Countdown(route, times, status))

    def truncate(self, route: str | None = "/view", *, times: int = 1) -> None:
        """Break the connection half-way through the next answers' bodies.

        Args:
            route: Only these; None breaks any.
            times: How many answers break.
        """
        self._state.plan_truncation(Countdown(route, times))

    def refuse_connections(self, on: bool = True) -> None:  # noqa: FBT001, FBT002 - a switch
        """Reset every connection and refuse new ones.

        Line, history and the running run live on: the network is away, the server
        is not.
        """
        (self._control.refuse if on else self._control.listen)()

    def blip(self, seconds: float) -> None:
        """Refuse all connections for so many seconds; returns at once."""
        self._control.refuse()
        timer = threading.Timer(seconds, self._control.listen)
        timer.daemon = True
        timer.start()

    def forget_queue(self) -> None:
        """Lose all waiting runs without a frame or a history entry."""
        self._control.forget_queue()

    def fail_next_run(self, message: str, exception_type: str = "RuntimeError") -> None:
        """Let the next run raise in its sampler, or in its first node without one.

        A run whose nodes are all remembered has none that could raise; the one after
        it fails.
        """
        self._state.plan_error(PlannedError(message, exception_type))

    def die(self) -> None:
        """End the server for good, as `ComfyUISimulator.die`."""
        self._control.die()

    def clear(self) -> None:
        """End every fault that lasts; a dead server stays dead."""
        self._state.clear()
        self._control.listen()
