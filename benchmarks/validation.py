"""Show what judging a workflow costs, before anything is queued."""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks._bars import Bar, verdict
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.validation import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLDER: Final = Path(__file__).parents[1] / "tests" / "data" / "validation"
_SIZES: Final = range(25, 36)
_NODES: Final = 30
_WANTED_MS: Final = 2.0
_WANTED_READING_MS: Final = 5.0


def _read(name: str) -> Any:  # noqa: ANN401 - any JSON
    with gzip.open(_FOLDER / name, "rt", encoding="utf-8") as file:
        return json.load(file)


def _workflows() -> Iterator[Workflow]:
    """Give the whole graphs of some thirty nodes; the others tell too little."""
    for graph in _read("open-0.33.0.json.gz")["bases"].values():
        if len(graph) in _SIZES:
            yield Workflow.from_api(graph)


def _milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Return the median time of one call."""
    taken: list[float] = []
    gc.collect()
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def main() -> int:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    data = _read("catalogue-0.33.0.json.gz")
    reading = _milliseconds(lambda: Catalogue.from_object_info(data), rounds)
    catalogue = Catalogue.from_object_info(data)
    times: list[float] = []
    print(f"{len(data)} classes; workflows of some {_NODES} nodes:")
    for workflow in _workflows():
        faults = validate(workflow, catalogue)
        taken = _milliseconds(partial(validate, workflow, catalogue), rounds)
        size = len(workflow.nodes)
        times.append(taken * _NODES / size)
        print(f"  {size} nodes {taken:6.3f} ms, {len(faults)} faults")
    slowest = max(times)
    return verdict(
        [
            Bar(
                name=f"{_NODES} nodes, slowest workflow",
                measured=f"{slowest:.3f} ms",
                wanted=f"<= {_WANTED_MS:.0f} ms",
                is_met=slowest <= _WANTED_MS,
            ),
            Bar(
                name="reading the catalogue",
                measured=f"{reading:.3f} ms",
                wanted=f"<= {_WANTED_READING_MS:.0f} ms",
                is_met=reading <= _WANTED_READING_MS,
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
