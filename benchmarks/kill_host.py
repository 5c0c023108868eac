"""Kill a host at random moments of a job; show that each restart ends it as if not."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks._bars import Bar, verdict
from comfy_assets.simulator import ComfyUISimulator
from tests.acceptance.killing import Job

_IMAGES: Final = 12
_RUN_SECONDS: Final = 0.3


def whole_job() -> float:
    """Let a host do the job undisturbed; return how long it took."""
    with (
        ComfyUISimulator(run_seconds=_RUN_SECONDS) as simulator,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        return Job(url=simulator.url, folder=Path(folder), count=_IMAGES).length()


def try_moment(seconds: float) -> tuple[int, int, str]:
    """Kill a host so late in its job and start it again.

    Returns:
        The runs done at the kill, those done in the end, and what was wrong, if
        anything.
    """
    with (
        ComfyUISimulator(run_seconds=_RUN_SECONDS) as simulator,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ):
        job = Job(url=simulator.url, folder=Path(folder), count=_IMAGES)
        problem = "" if job.kill_after(seconds) else "it had ended before the kill"
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
    wish = parser.parse_args()
    rng = random.Random(wish.seed)  # noqa: S311 - moments are no secrets
    length = whole_job()
    print(f"{_IMAGES} images of {_RUN_SECONDS * 1000:g} ms take {length:.2f} s")
    print("killed after  runs begun  runs in all")
    good = 0
    for _ in range(wish.moments):
        moment = rng.uniform(0.0, 0.98 * length)
        before, runs, problem = try_moment(moment)
        good += not problem
        print(f"{moment:>10.2f} s{before:>12}{runs:>13}  {problem}", flush=True)
    bar = Bar(
        name="jobs that ended whole, with nothing lost or painted twice",
        measured=f"{good} of {wish.moments}",
        wanted="all",
        is_met=good == wish.moments,
    )
    return verdict([bar])


if __name__ == "__main__":
    sys.exit(main())
