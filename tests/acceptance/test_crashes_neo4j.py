"""A host killed at any moment loses nothing that it keeps in Neo4j, either."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

import pytest

from comfy_assets.simulator import ComfyUISimulator
from tests.acceptance.killing import Job

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.neo4j_access import Neo4jAccess

pytestmark = [
    # Each starts two or three interpreters, one after the other.
    pytest.mark.timeout(120),
    # It is the host that dies, and it is one code; what any server makes of calls that
    # are cut off is in its contract suite and in its own tests.
    pytest.mark.parametrize("real_neo4j", ["neo4j_2026"], indirect=True),
]

COUNT: Final = 12
RUN_SECONDS: Final = 0.05
#: Seeded: a moment that once failed comes again.
RANDOM_MOMENTS: Final = [
    random.Random(2611).uniform(0, COUNT * RUN_SECONDS) * share for share in (0.3, 1.0)
]


@pytest.fixture
def simulator() -> Iterator[ComfyUISimulator]:
    """Run a server that outlives the host."""
    with ComfyUISimulator(run_seconds=RUN_SECONDS) as running:
        yield running


@pytest.fixture
def job(real_neo4j: Neo4jAccess, simulator: ComfyUISimulator, tmp_path: Path) -> Job:
    """Have a job of a host whose database is empty."""
    real_neo4j.clean()
    return Job(
        url=simulator.url, folder=tmp_path, repository=real_neo4j.url, count=COUNT
    )


def assert_all_is_well(job: Job, simulator: ComfyUISimulator) -> None:
    """Check that batch, gallery and files agree, and that each image was painted once.

    Raises:
        AssertionError: When it is not so.
    """
    job.check()
    runs = simulator.executed
    assert [run.outcome for run in runs] == ["success"] * COUNT
    assert len({run.prompt_id for run in runs}) == COUNT


@pytest.mark.parametrize("line", [1, 6, 20])
def test_a_host_killed_at_an_event_loses_nothing(
    job: Job, simulator: ComfyUISimulator, line: int
) -> None:
    """Killed as it tells an event, early or late, it ends its batch at the restart."""
    assert job.kill_at_line(line)
    job.finish()
    assert_all_is_well(job, simulator)


@pytest.mark.parametrize("seconds", RANDOM_MOMENTS)
def test_a_host_killed_between_events_loses_nothing(
    job: Job, simulator: ComfyUISimulator, seconds: float
) -> None:
    """Killed while it stores, sends or waits, it ends its batch at the restart."""
    job.kill_after(seconds)
    job.finish()
    assert_all_is_well(job, simulator)


def test_another_host_takes_over_from_one_that_was_killed(
    job: Job, simulator: ComfyUISimulator
) -> None:
    """When the claim of the dead host has run out, another one ends its batch."""
    assert job.kill_at_line(6)
    job.finish(owner="another host")
    assert_all_is_well(job, simulator)
