"""Time passes evenly, and is cut short when the server goes."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.simulator._pace import Pace, RunLostError, reported_steps


def test_all_parts_together_take_the_given_time() -> None:
    """Waiting for each part takes the whole time, not more for each."""
    started = time.monotonic()
    pace = Pace(0.05, 5, threading.Event())
    for _ in range(5):
        pace.wait()
    assert time.monotonic() - started >= 0.05


def test_a_stopped_server_loses_its_run_at_once() -> None:
    """No part is waited for once the server goes."""
    stopped = threading.Event()
    stopped.set()
    with pytest.raises(RunLostError):
        Pace(60, 1, stopped).wait()
    with pytest.raises(RunLostError):
        Pace(0, 1, stopped).wait()


@given(st.integers(1, 1000), st.integers(1, 50))
def test_first_and_last_steps_are_always_told(steps: int, at_most: int) -> None:
    """Told steps rise, end with the last, begin with the first if there is room."""
    told = reported_steps(steps, at_most)
    assert len(told) == min(steps, at_most)
    assert told == sorted(set(told))
    assert told[-1] == steps
    assert told[0] == 1 or at_most == 1
