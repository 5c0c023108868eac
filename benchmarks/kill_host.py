"""Kill a host at random moments of a job; show that each restart ends it as if not.

Its database is a SQLite file, or with ``--neo4j`` a server.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks._bars import Bar, verdict
from benchmarks._neo4j import add_version, server_of
from comfy_assets.simulator import ComfyUISimulator
from tests.acceptance.killing import Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.neo4j_access import Neo4jAccess

_IMAGES: Final = 12
_RUN_SECONDS: Final = 0.3


@contextmanager
def a_job(database: Neo4jAccess | None) -> Iterator[tuple[ComfyUISimulator, Job]]:
    """Make a job whose database is empty: a SQLite file, or a Neo4j."""
    if database is not None:
        database.clean()
    with (
        ComfyUISimulator(run_seconds=_RUN_SECONDS) as simulator,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        yield (
            simulator,
            Job(
                url=simulator.url,
                folder=Path(folder),
                repository=None if database is None else database.url,
                count=_IMAGES,
            ),
        )


def whole_job(database: Neo4jAccess | None) -> float:
    """Let a host do the job undisturbed; return how long it took."""
    with a_job(database) as (_, job):
        return job.length()


def try_moment(
    database: Neo4jAccess | None, seconds: float
) -> tuple[int, int, str] | None:
    """Kill a host so late in its job and start it again.

    Returns:
        The runs done at the kill, those done in the end, and what was wrong, if
        anything; ``None`` when the job had ended before, being quicker than the one
        that was measured.
    """
    with a_job(database) as (simulator, job):
        if not job.kill_after(seconds):
            return None
        problem = ""
        before = len(simulator.executed)
        try:
            job.finish()
            job.check()
        except AssertionError as error:
            problem = str(error) or "gallery, files and batch do not agree"
        runs = simulator.executed
        if len(runs) != _IMAGES or {run.outcome for run in runs} != {"success"}:
            problem = problem or "the server worked for nothing"
        return before, len(runs), problem


def main() -> int:
    """Read the command line, kill, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=30)
    parser.add_argument("--seed", type=int, default=2026)
    add_version(parser, is_optional=True)
    wish = parser.parse_args()
    with ExitStack() as stack:
        database = None
        if wish.neo4j is not None:
            database = stack.enter_context(server_of(wish.neo4j)).access
        return kill(database, wish.moments, wish.seed)


def kill(database: Neo4jAccess | None, moments: int, seed: int) -> int:
    """Kill a host at so many moments, and tell."""
    rng = random.Random(seed)  # noqa: S311 - moments are no secrets
    # The first warms a server up: what is killed later is quicker.
    length = min(whole_job(database) for _ in range(2))
    print(f"{_IMAGES} images of {_RUN_SECONDS * 1000:g} ms take {length:.2f} s")
    print("killed after  runs begun  runs in all")
    good = 0
    for _ in range(moments):
        tried = None
        while tried is None:
            moment = rng.uniform(0.0, 0.98 * length)
            tried = try_moment(database, moment)
        before, runs, problem = tried
        good += not problem
        print(f"{moment:>10.2f} s{before:>12}{runs:>13}  {problem}", flush=True)
    bar = Bar(
        name="jobs that ended whole, with nothing lost or painted twice",
        measured=f"{good} of {moments}",
        wanted="all",
        is_met=good == moments,
    )
    return verdict([bar])


if __name__ == "__main__":
    sys.exit(main())
