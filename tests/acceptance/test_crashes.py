"""A host killed at any moment loses no image, paints none twice, leaves no orphan."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from comfy_assets.simulator import ComfyUISimulator
from tests.acceptance.killing import Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Each starts two or three interpreters, one after the other.
pytestmark = pytest.mark.timeout(90)

COUNT = 12
RUN_SECONDS = 0.05
#: Seeded: a moment that once failed comes again.
RANDOM_MOMENTS = [
    random.Random(2026).uniform(0, COUNT * RUN_SECONDS) * share
    for share in (0.2, 0.5, 1.0)
]


@pytest.fixture
def simulator() -> Iterator[ComfyUISimulator]:
    """Run a server that outlives the host."""
    with ComfyUISimulator(run_seconds=RUN_SECONDS) as running:
        yield running


def assert_each_run_once(simulator: ComfyUISimulator) -> None:
    """Check that the server painted each image once: nothing was thrown away."""
    runs = simulator.executed
    assert [run.outcome for run in runs] == ["success"] * COUNT
    assert len({run.prompt_id for run in runs}) == COUNT


@pytest.mark.parametrize(
    "line,backend", [(1, "trio"), (4, "asyncio"), (12, "trio"), (30, "asyncio")]
)
def test_a_host_killed_at_an_event_loses_nothing(
    simulator: ComfyUISimulator, tmp_path: Path, line: int, backend: str
) -> None:
    """Killed as it tells an event, early or late, it ends its batch at the restart."""
    job = Job(url=simulator.url, folder=tmp_path, count=COUNT, backend=backend)

    assert job.kill_at_line(line)
    job.finish()

    job.check()
    assert_each_run_once(simulator)


@pytest.mark.parametrize("seconds", RANDOM_MOMENTS)
def test_a_host_killed_between_events_loses_nothing(
    simulator: ComfyUISimulator, tmp_path: Path, seconds: float
) -> None:
    """Killed while it stores, sends or waits, it ends its batch at the restart."""
    job = Job(url=simulator.url, folder=tmp_path, count=COUNT)

    job.kill_after(seconds)
    job.finish()

    job.check()
    assert_each_run_once(simulator)


def test_a_host_killed_again_and_again_loses_nothing(
    simulator: ComfyUISimulator, tmp_path: Path
) -> None:
    """Each life of a host takes up what the one before left."""
    job = Job(url=simulator.url, folder=tmp_path, count=COUNT)

    for line in (3, 2, 5):
        assert job.kill_at_line(line)
    job.finish()

    job.check()
    assert_each_run_once(simulator)


def test_another_host_takes_over_from_one_that_was_killed(
    simulator: ComfyUISimulator, tmp_path: Path
) -> None:
    """When the claim of the dead host has run out, another one ends its batch."""
    job = Job(url=simulator.url, folder=tmp_path, count=COUNT)

    assert job.kill_at_line(6)
    job.finish(owner="another host")

    job.check()
    assert_each_run_once(simulator)


def test_host_and_server_may_both_be_killed(
    simulator: ComfyUISimulator, tmp_path: Path
) -> None:
    """What the server forgot is painted again, and is in the gallery once."""
    job = Job(url=simulator.url, folder=tmp_path, count=COUNT)

    assert job.kill_at_line(6)
    simulator.restart()
    job.finish()

    job.check()
