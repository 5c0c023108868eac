"""What is meant to go wrong, and how often."""

from __future__ import annotations

import pytest

from comfy_assets.simulator._fault_state import (
    Countdown,
    FaultState,
    PlannedError,
    fits,
)


@pytest.mark.parametrize(
    "pattern, route, expected",
    [
        (None, "/anything", True),
        ("/prompt", "/prompt", True),
        ("/api/prompt", "/prompt", True),
        ("/history", "/history/1", True),
        ("/history/", "/history", True),
        ("/prompt", "/prompts", False),
        ("/view", "/queue", False),
    ],
)
def test_a_route_fits_itself_and_what_is_below(
    pattern: str | None, route: str, *, expected: bool
) -> None:
    """Routes are compared by their parts, without `/api`."""
    assert fits(pattern, route) is expected


def test_failures_run_out() -> None:
    """A failure comes so many times, then the next one, then none."""
    state = FaultState()
    state.plan_failure(Countdown("/a", 2, 500))
    state.plan_failure(Countdown(None, 1, 503))
    assert [state.take_failure(r) for r in ("/b", "/a", "/a", "/a")] == [
        503,
        500,
        500,
        None,
    ]


def test_a_planned_error_is_taken_once() -> None:
    """Only one run fails."""
    state = FaultState()
    error = PlannedError("boom", "ValueError")
    state.plan_error(error)
    assert state.take_planned_error() is error
    assert state.take_planned_error() is None


def test_clearing_ends_everything() -> None:
    """After `clear` nothing is meant to go wrong."""
    state = FaultState(delay=1, stalls_http=True, stalls_sockets=True)
    state.refuses_sockets = True
    state.plan_truncation(Countdown(None, 1))
    state.plan_error(PlannedError("boom", "ValueError"))
    state.clear()
    assert not state.take_truncation("/view")
    assert state.take_planned_error() is None
    assert (state.delay, state.stalls_http, state.stalls_sockets) == (0, False, False)
    assert not state.refuses_sockets
