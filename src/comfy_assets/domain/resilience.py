"""When to try again: machines that are told the time and do nothing by themselves."""

from __future__ import annotations

import math
from enum import StrEnum
from random import Random
from typing import Any

from attrs import Attribute, Factory, define, field, frozen

from comfy_assets.errors import InvalidRequestError


def _whole(_: object, attribute: Attribute[Any], value: object) -> None:
    least = attribute.metadata["least"]
    # bool is an int to Python, and never what a number means.
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        problem = f"must be a whole number of {least} or more, not {value!r}"
        raise InvalidRequestError(attribute.name, problem)


def _in_range(_: object, attribute: Attribute[Any], value: object) -> None:
    least, most = attribute.metadata["least"], attribute.metadata.get("most", math.inf)
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        # NaN fails each comparison, infinity only the last.
        or not least <= value <= most
        or not math.isfinite(value)
    ):
        limit = f"{least:g} or more" if math.isinf(most) else f"{least:g} to {most:g}"
        problem = f"must be a number of {limit}, not {value!r}"
        raise InvalidRequestError(attribute.name, problem)


@frozen(kw_only=True)
class RetryPolicy:
    """How often and after how long a failed call is repeated.

    With the defaults after about 5, 15 and 45 seconds.

    Raises:
        InvalidRequestError: When a field is outside its range.
    """

    #: Repetitions after the first call, 0 or more.
    max_retries: int = field(default=3, validator=_whole, metadata={"least": 0})
    #: Seconds before the first repetition, 0 or more.
    base_seconds: float = field(
        default=5.0, validator=_in_range, metadata={"least": 0.0}
    )
    #: By how much each wait is longer than the one before, 1 or more.
    factor: float = field(default=3.0, validator=_in_range, metadata={"least": 1.0})
    #: The longest wait in seconds before jitter, 0 or more.
    max_seconds: float = field(
        default=60.0, validator=_in_range, metadata={"least": 0.0}
    )
    #: By which part of itself a wait is lengthened or shortened at random, 0 to 1, so
    #: that hosts which failed together do not come back together.
    jitter: float = field(
        default=0.1, validator=_in_range, metadata={"least": 0.0, "most": 1.0}
    )

    def delay(self, attempt: int, rng: Random) -> float:
        """Return the seconds to wait after a failed call.

        Args:
            attempt: How many repetitions there were before, from 0.
            rng: Where the jitter comes from.
        """
        try:
            wait = min(self.base_seconds * self.factor**attempt, self.max_seconds)
        except OverflowError:
            # 0 s stay 0 s however often they are multiplied.
            wait = self.max_seconds if self.base_seconds else 0.0
        return wait * (1 + self.jitter * rng.uniform(-1, 1))


class CircuitState(StrEnum):
    """How a circuit breaker stands."""

    #: Calls go through.
    CLOSED = "closed"
    #: Calls are refused until the interval has run out.
    OPEN = "open"
    #: One call at a time goes through, as a probe.
    HALF_OPEN = "half_open"


@frozen(eq=False)
class CircuitTicket:
    """The right to make one call, given by `CircuitBreaker.admit`.

    Its holder gives it back with exactly one verdict: `CircuitBreaker.succeeded`,
    `CircuitBreaker.failed` or `CircuitBreaker.abandoned`.
    """

    #: Whether the call decides alone if the circuit closes.
    is_probe: bool


@define(eq=False)
class CircuitBreaker:
    """Keeps calls away from a server that failed several times in a row.

    It is told the time in seconds, of any clock that does not run backwards. Any
    number of calls may be out at once: a verdict counts only in the period in which
    its ticket was given, so a call that was let through before the circuit opened
    neither closes it nor keeps it open when it ends.

    Raises:
        InvalidRequestError: When a field is outside its range.
    """

    #: How many failures in a row open the circuit, 1 or more.
    failure_threshold: int = field(default=5, validator=_whole, metadata={"least": 1})
    #: How long it stays open, in seconds, a thousandth or more.
    open_seconds: float = field(
        default=60.0, validator=_in_range, metadata={"least": 0.001}
    )
    _state: CircuitState = field(default=CircuitState.CLOSED, init=False)
    _failures: int = field(default=0, init=False)
    _opened_at: float = field(default=-math.inf, init=False)
    # Tickets that are not in here come from an earlier period, or had their verdict.
    _tickets: set[CircuitTicket] = field(default=Factory(set), init=False)

    @property
    def state(self) -> CircuitState:
        """How it stands; open until a call is let through as a probe."""
        return self._state

    def admit(self, now: float) -> CircuitTicket | None:
        """Let a call through, or refuse it with ``None``; see `retry_in`."""
        if self._state is CircuitState.CLOSED:
            return self._ticket(is_probe=False)
        if self.retry_in(now) > 0:
            return None
        if self._state is CircuitState.OPEN:
            self._enter(CircuitState.HALF_OPEN)
        return self._ticket(is_probe=True)

    def succeeded(self, ticket: CircuitTicket) -> None:
        """Take a verdict: the server answered."""
        if not self._take(ticket):
            return
        self._failures = 0
        if ticket.is_probe:
            self._enter(CircuitState.CLOSED)

    def failed(self, ticket: CircuitTicket, now: float) -> None:
        """Take a verdict: the server could not be reached or failed by itself."""
        if not self._take(ticket):
            return
        self._failures += 1
        if ticket.is_probe or self._failures >= self.failure_threshold:
            self._failures = 0
            self._opened_at = now
            self._enter(CircuitState.OPEN)

    def abandoned(self, ticket: CircuitTicket) -> None:
        """Take a ticket back without a verdict, as from a call that was cancelled.

        If it was the probe's, the next call is the probe.
        """
        self._take(ticket)

    def retry_now(self) -> None:
        """Let the next call through as a probe, however long the circuit is open."""
        if self._state is CircuitState.OPEN:
            self._enter(CircuitState.HALF_OPEN)

    def retry_in(self, now: float) -> float:
        """Return the seconds until a call is let through, 0.0 for at once.

        While a probe is out nobody knows; then it is what a failed probe would cost.
        """
        if self._state is CircuitState.OPEN:
            return max(0.0, self._opened_at + self.open_seconds - now)
        is_probing = self._state is CircuitState.HALF_OPEN and self._tickets
        return self.open_seconds if is_probing else 0.0

    def _ticket(self, *, is_probe: bool) -> CircuitTicket:
        ticket = CircuitTicket(is_probe)
        self._tickets.add(ticket)
        return ticket

    def _take(self, ticket: CircuitTicket) -> bool:
        if ticket not in self._tickets:
            return False
        self._tickets.remove(ticket)
        return True

    def _enter(self, state: CircuitState) -> None:
        self._state = state
        self._tickets.clear()
