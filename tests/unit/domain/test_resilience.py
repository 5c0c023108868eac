"""Retry policy and circuit breaker: the waits, and who is let through when."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
)

from comfy_assets.domain.resilience import (
    CircuitBreaker,
    CircuitState,
    CircuitTicket,
    RetryPolicy,
)
from comfy_assets.errors import InvalidRequestError

THRESHOLD = 3
INTERVAL = 60.0


def make_breaker() -> CircuitBreaker:
    """Return a closed circuit that three failures open for a minute."""
    return CircuitBreaker(failure_threshold=THRESHOLD, open_seconds=INTERVAL)


def let_through(breaker: CircuitBreaker, now: float) -> CircuitTicket:
    """Return the ticket of a call that must be let through."""
    ticket = breaker.admit(now)
    assert ticket is not None
    return ticket


def make_open_breaker(now: float = 0.0) -> CircuitBreaker:
    """Return a circuit that opened at this time."""
    breaker = make_breaker()
    for _ in range(THRESHOLD):
        breaker.failed(let_through(breaker, now), now)
    return breaker


def test_the_waits_are_5_15_and_45_seconds_and_then_a_minute() -> None:
    """Without jitter the default waits are the documented ones."""
    policy = RetryPolicy(jitter=0)

    assert policy.max_retries == 3
    assert [policy.delay(attempt, Random(1)) for attempt in range(5)] == [
        5.0,
        15.0,
        45.0,
        60.0,
        60.0,
    ]


@given(st.integers(0, 10_000), st.integers())
def test_jitter_stays_within_its_part_of_the_wait(attempt: int, seed: int) -> None:
    """A wait is off by a tenth at most, and never longer than the cap and a tenth."""
    plain = RetryPolicy(jitter=0).delay(attempt, Random(seed))
    wait = RetryPolicy().delay(attempt, Random(seed))

    assert 0.9 * plain <= wait <= 1.1 * plain <= 66.0 + 1e-9


def test_jitter_spreads_hosts_that_failed_together() -> None:
    """Different sources of chance give different waits, shorter and longer ones."""
    waits = [RetryPolicy().delay(0, Random(seed)) for seed in range(50)]

    assert len(set(waits)) == 50
    assert min(waits) < 5.0 < max(waits)


@given(
    st.floats(0, 1e300),
    st.floats(1, 1e300),
    st.floats(0, 1e300),
    st.integers(0, 100_000),
)
def test_no_wait_overflows(
    base: float, factor: float, longest: float, attempt: int
) -> None:
    """However far a policy is stretched, a wait is a number up to its cap."""
    policy = RetryPolicy(
        base_seconds=base, factor=factor, max_seconds=longest, jitter=0
    )

    assert 0 <= policy.delay(attempt, Random(1)) <= longest


def test_no_wait_stays_no_wait() -> None:
    """A policy that starts at 0 s repeats at once, however often."""
    policy = RetryPolicy(base_seconds=0)

    assert {policy.delay(attempt, Random(1)) for attempt in (0, 1, 9999)} == {0.0}


@pytest.mark.parametrize(
    "field, value",
    [
        ("max_retries", -1),
        ("max_retries", 1.0),
        ("max_retries", True),
        ("base_seconds", -0.1),
        ("base_seconds", math.inf),
        ("base_seconds", math.nan),
        ("base_seconds", "5"),
        ("base_seconds", True),
        ("factor", 0.99),
        ("factor", math.inf),
        ("max_seconds", -1),
        ("jitter", 1.01),
        ("jitter", -0.01),
        ("jitter", None),
    ],
)
def test_a_policy_outside_its_ranges_is_refused(field: str, value: Any) -> None:
    """Each field refuses what its documentation excludes, and is named."""
    with pytest.raises(InvalidRequestError) as caught:
        RetryPolicy(**{field: value})

    assert caught.value.field == field


@pytest.mark.parametrize(
    "field, value, limit",
    [
        ("failure_threshold", 0, "of 1 or more"),
        ("failure_threshold", 2.0, "of 1 or more"),
        ("open_seconds", 0, "of 0.001 or more"),
        ("open_seconds", math.inf, "of 0.001 or more"),
    ],
)
def test_a_breaker_outside_its_ranges_is_refused(
    field: str,
    value: Any,
    limit: str,
) -> None:
    """A circuit that could never open, or never close, is refused."""
    with pytest.raises(InvalidRequestError, match=limit) as caught:
        CircuitBreaker(**{field: value})

    assert caught.value.field == field


def test_five_failures_open_the_circuit_for_a_minute_by_default() -> None:
    """The defaults are the documented ones."""
    breaker = CircuitBreaker()
    for _ in range(4):
        breaker.failed(let_through(breaker, 0.0), 0.0)
    assert breaker.state is CircuitState.CLOSED

    breaker.failed(let_through(breaker, 1.0), 1.0)

    assert breaker.state is CircuitState.OPEN
    assert breaker.retry_in(1.0) == 60.0


def test_a_success_starts_the_count_anew() -> None:
    """Only failures in a row count."""
    breaker = make_breaker()
    for _ in range(10):
        breaker.failed(let_through(breaker, 0.0), 0.0)
        breaker.failed(let_through(breaker, 0.0), 0.0)
        breaker.succeeded(let_through(breaker, 0.0))

    assert breaker.state is CircuitState.CLOSED


def test_an_open_circuit_refuses_until_its_interval_has_run_out() -> None:
    """Calls are refused with the time that is left, then one goes through."""
    breaker = make_open_breaker(now=100.0)

    assert breaker.admit(100.0) is None
    assert breaker.retry_in(130.0) == 30.0
    assert breaker.admit(159.9) is None
    assert breaker.state is CircuitState.OPEN
    assert breaker.retry_in(200.0) == 0.0
    assert let_through(breaker, 160.0).is_probe
    assert breaker.state is CircuitState.HALF_OPEN


def test_one_probe_at_a_time() -> None:
    """While the probe is out all other calls are refused, with a time to wait."""
    breaker = make_open_breaker()
    let_through(breaker, 60.0)

    assert breaker.admit(60.0) is None
    assert breaker.admit(1000.0) is None
    assert breaker.retry_in(1000.0) == INTERVAL


def test_a_probe_that_succeeds_closes_the_circuit() -> None:
    """After a good probe calls go through, and the count starts at none."""
    breaker = make_open_breaker()
    breaker.succeeded(let_through(breaker, 60.0))

    assert breaker.state is CircuitState.CLOSED
    assert breaker.retry_in(60.0) == 0.0
    for _ in range(THRESHOLD - 1):
        breaker.failed(let_through(breaker, 61.0), 61.0)
    assert breaker.state is CircuitState.CLOSED


def test_a_probe_that_fails_opens_the_circuit_at_once() -> None:
    """After a bad probe the whole interval runs again from its end."""
    breaker = make_open_breaker()
    breaker.failed(let_through(breaker, 60.0), 75.0)

    assert breaker.state is CircuitState.OPEN
    assert breaker.retry_in(75.0) == INTERVAL


def test_a_cancelled_probe_gives_no_verdict_and_frees_its_place() -> None:
    """After a probe is abandoned the next call is the probe."""
    breaker = make_open_breaker()
    breaker.abandoned(let_through(breaker, 60.0))

    assert breaker.state is CircuitState.HALF_OPEN
    assert breaker.retry_in(60.0) == 0.0
    assert let_through(breaker, 60.0).is_probe


def test_a_cancelled_call_changes_nothing() -> None:
    """A call that is abandoned counts neither as failure nor as success."""
    breaker = make_breaker()
    breaker.failed(let_through(breaker, 0.0), 0.0)
    breaker.failed(let_through(breaker, 0.0), 0.0)
    breaker.abandoned(let_through(breaker, 0.0))
    assert breaker.state is CircuitState.CLOSED

    breaker.failed(let_through(breaker, 0.0), 0.0)

    assert breaker.state is CircuitState.OPEN


def test_a_probe_can_be_asked_for_before_the_interval_ends() -> None:
    """``retry_now`` lets the next call through, and only that."""
    breaker = make_open_breaker()
    breaker.retry_now()

    assert breaker.retry_in(0.0) == 0.0
    assert let_through(breaker, 0.0).is_probe
    breaker.retry_now()
    assert breaker.admit(0.0) is None


def test_asking_for_a_probe_of_a_closed_circuit_changes_nothing() -> None:
    """``retry_now`` is quiet where calls go through anyway."""
    breaker = make_breaker()
    breaker.retry_now()

    assert breaker.state is CircuitState.CLOSED
    assert not let_through(breaker, 0.0).is_probe


def test_a_late_success_does_not_close_the_circuit() -> None:
    """A call let through before the circuit opened does not speak for now."""
    breaker = make_breaker()
    early = let_through(breaker, 0.0)
    for _ in range(THRESHOLD):
        breaker.failed(let_through(breaker, 0.0), 0.0)
    breaker.succeeded(early)
    assert breaker.state is CircuitState.OPEN

    probe = let_through(breaker, 60.0)
    breaker.succeeded(early)
    breaker.abandoned(early)

    assert breaker.admit(60.0) is None
    breaker.succeeded(probe)
    assert breaker.state is CircuitState.CLOSED


def test_late_failures_do_not_prolong_the_interval() -> None:
    """Many calls that fail together open the circuit once."""
    breaker = make_breaker()
    tickets = [let_through(breaker, 0.0) for _ in range(10)]
    for ticket in tickets:
        breaker.failed(ticket, 5.0 if ticket in tickets[:THRESHOLD] else 50.0)

    assert breaker.retry_in(50.0) == 15.0
    breaker.succeeded(let_through(breaker, 65.0))
    breaker.failed(tickets[0], 70.0)
    assert breaker.state is CircuitState.CLOSED


def test_a_ticket_counts_once() -> None:
    """A second verdict on the same call is none."""
    breaker = make_breaker()
    ticket = let_through(breaker, 0.0)
    for _ in range(THRESHOLD):
        breaker.failed(ticket, 0.0)

    assert breaker.state is CircuitState.CLOSED


class BreakerSteps(RuleBasedStateMachine):
    """Many calls at once on a circuit and on a model that keeps a period's number."""

    tickets: Bundle[tuple[CircuitTicket, int]] = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.breaker = make_breaker()
        self.now = 0.0
        self.period = 0
        self.state = "closed"
        self.failures = 0
        self.opened_at = 0.0
        self.probing = False

    def enter(self, state: str) -> None:
        """Begin another period: verdicts of older ones count no more."""
        self.state, self.period = state, self.period + 1
        self.failures, self.probing = 0, False

    @rule(seconds=st.floats(0, 100) | st.just(INTERVAL))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    @rule(target=tickets)
    def call(self) -> Any:
        """Ask to make a call."""
        ticket = self.breaker.admit(self.now)
        left = self.opened_at + INTERVAL - self.now
        if self.state == "open" and left <= 0:
            self.enter("half_open")
        if self.state == "open" or self.probing:
            assert ticket is None
            assert self.breaker.retry_in(self.now) > 0
            return multiple()
        assert ticket is not None
        self.probing = ticket.is_probe
        assert ticket.is_probe == (self.state == "half_open")
        return (ticket, self.period)

    @rule(given=consumes(tickets))
    def succeed(self, given: tuple[CircuitTicket, int]) -> None:
        """End a call well."""
        ticket, period = given
        self.breaker.succeeded(ticket)
        if period == self.period:
            self.failures = 0
            if ticket.is_probe:
                self.enter("closed")

    @rule(given=consumes(tickets))
    def fail(self, given: tuple[CircuitTicket, int]) -> None:
        """End a call badly."""
        ticket, period = given
        self.breaker.failed(ticket, self.now)
        if period == self.period:
            self.failures += 1
            if ticket.is_probe or self.failures == THRESHOLD:
                self.opened_at = self.now
                self.enter("open")

    @rule(given=consumes(tickets))
    def abandon(self, given: tuple[CircuitTicket, int]) -> None:
        """Leave a call by cancellation."""
        ticket, period = given
        self.breaker.abandoned(ticket)
        if period == self.period:
            self.probing = False

    @rule()
    def retry_now(self) -> None:
        """Ask for a probe at once."""
        self.breaker.retry_now()
        if self.state == "open":
            self.enter("half_open")

    @invariant()
    def agrees_with_the_model(self) -> None:
        """State and waiting time are what the calls so far say."""
        assert self.breaker.state == self.state
        wait = self.breaker.retry_in(self.now)
        if self.state == "open":
            assert wait == max(0.0, self.opened_at + INTERVAL - self.now)
        else:
            assert wait == (INTERVAL if self.probing else 0.0)


TestBreakerSteps = BreakerSteps.TestCase
