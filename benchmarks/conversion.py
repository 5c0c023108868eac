"""Show what converting a file of the editor costs.

The files are those of the tests, with what ComfyUI's own editor makes of them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Final

from benchmarks._bars import Bar, verdict
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion import convert

_DATA: Final = Path(__file__).parents[1] / "tests" / "data" / "conversions"
_MEDIAN: Final = 5.0
_LARGEST: Final = 200.0


def milliseconds(document: dict[str, Any], catalogue: Catalogue) -> float:
    """Convert once."""
    begun = time.perf_counter()
    convert(document, catalogue)
    return (time.perf_counter() - begun) * 1000


def read(name: str) -> Any:  # noqa: ANN401 - any JSON
    """Read a file of the tests."""
    return json.loads(gzip.decompress((_DATA / name).read_bytes()))


def main() -> int:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    files = {name: case["ui"] for name, case in read("cases.json.gz").items()}
    classes = read("object_info.json.gz")
    # A class is read when a graph first has it: a host that converts one file pays.
    first = [
        milliseconds(document, Catalogue.from_object_info(classes))
        for document in files.values()
    ]
    catalogue = Catalogue.from_object_info(classes)
    again = {
        name: statistics.median(
            milliseconds(document, catalogue) for _ in range(rounds)
        )
        for name, document in files.items()
    }
    slowest = max(again, key=again.__getitem__)
    print(f"{len(files)} files, the slowest is {slowest}")
    measured = {
        "median, classes not read yet": (statistics.median(first), _MEDIAN),
        "largest, classes not read yet": (max(first), _LARGEST),
        "median, classes read": (statistics.median(again.values()), _MEDIAN),
        "largest, classes read": (again[slowest], _LARGEST),
    }
    return verdict(
        [
            Bar(
                name=name,
                measured=f"{taken:.1f} ms",
                wanted=f"<= {wanted:.0f} ms",
                is_met=taken <= wanted,
            )
            for name, (taken, wanted) in measured.items()
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
