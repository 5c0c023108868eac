"""Show what importing the package costs, beside httpx, and what it does not load."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from typing import Final

from benchmarks._bars import Bar, verdict

_WANTED: Final = 0.7
#: Loaded by the part that needs them, when it is first used.
_HEAVY: Final = (
    *("PIL", "cattrs", "httpx", "neo4j", "rich"),
    *("sqlite3", "starlette", "uvicorn", "websockets"),
)


def import_seconds(name: str) -> float:
    """Import a package in a fresh interpreter; return the seconds it says it took."""
    answer = subprocess.run(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-X", "importtime", "-c", f"import {name}"],
        capture_output=True,
        check=True,
        text=True,
    )
    # The package itself comes last: "import time: <own us> | <with all us> | <name>".
    _, cumulative, _ = answer.stderr.splitlines()[-1].split("|")
    return int(cumulative) / 1e6


def heavy_modules() -> list[str]:
    """Return which of the heavy libraries importing the package loads."""
    answer = subprocess.run(
        [sys.executable, "-c", "import comfy_assets, sys; print(*sys.modules)"],
        capture_output=True,
        check=True,
        text=True,
    )
    return sorted(set(_HEAVY) & set(answer.stdout.split()))


def main() -> int:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    # The first of each reads from the disk and may compile.
    import_seconds("comfy_assets")
    import_seconds("httpx")
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(import_seconds("comfy_assets"))
        theirs.append(import_seconds("httpx"))
    median, other = statistics.median(ours), statistics.median(theirs)
    loaded = heavy_modules()
    print(f"import comfy_assets {median * 1000:.1f} ms, httpx {other * 1000:.1f} ms")
    return verdict(
        [
            Bar(
                name="import by that of httpx",
                measured=f"{median / other:.2f}",
                wanted=f"<= {_WANTED:.2f}",
                is_met=median / other <= _WANTED,
            ),
            Bar(
                name="heavy libraries loaded",
                measured=" ".join(loaded) or "none",
                wanted="none",
                is_met=not loaded,
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
