"""A simulator in a process of its own, so that it takes no time from what is measured.

Run as a module it is that process: it prints its address, then for each line that it
reads how long it was busy and how many runs it did; it ends with its input.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

from attrs import frozen

from comfy_assets.simulator import ComfyUISimulator

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]


@frozen(kw_only=True)
class Figures:
    """What a simulator did since it started."""

    #: Seconds in which a run was running.
    busy_seconds: float
    #: Runs that were started.
    runs: int


@frozen(eq=False, kw_only=True)
class Simulation:
    """A running simulator in another process."""

    #: The server's address.
    url: str
    _questions: IO[str]
    _answers: IO[str]

    def figures(self) -> Figures:
        """Ask what it did so far."""
        self._questions.write("\n")
        self._questions.flush()
        busy, runs = self._answers.readline().split()
        return Figures(busy_seconds=float(busy), runs=int(runs))


@contextmanager
def simulation(*, run_seconds: float) -> Iterator[Simulation]:
    """Run a simulator whose runs take so long."""
    words = [sys.executable, "-m", "benchmarks._simulation", str(run_seconds)]
    with subprocess.Popen(  # noqa: S603 - our own module
        words,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        # Both are pipes, as was asked for.
        questions, answers = (
            cast("IO[str]", process.stdin),
            cast("IO[str]", process.stdout),
        )
        url = answers.readline().strip()
        # Leaving closes its input, and with that it ends.
        yield Simulation(url=url, questions=questions, answers=answers)


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run_seconds", type=float)
    with ComfyUISimulator(run_seconds=parser.parse_args().run_seconds) as simulator:
        print(simulator.url, flush=True)
        for _ in sys.stdin:
            print(simulator.busy_seconds, len(simulator.executed), flush=True)


if __name__ == "__main__":
    main()
