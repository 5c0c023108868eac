"""Show that the server hardly ever waits for us: the busy share of the wall time."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import anyio

from benchmarks._bars import Bar, verdict
from benchmarks._simulation import Simulation, simulation
from benchmarks._studio import paint, prepare, studio

_WANTED: Final = 0.95


async def measure(
    server: Simulation, images: int, prefetch: int
) -> tuple[float, float]:
    """Paint; return the seconds that passed, and those in which the server worked."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with studio(server.url, Path(folder), prefetch=prefetch) as system:
            await prepare(system)
            before, begun = server.figures().busy_seconds, time.perf_counter()
            await paint(system, images)
            passed = time.perf_counter() - begun
            return passed, server.figures().busy_seconds - before


def main() -> int:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--run-seconds", type=float, default=0.02)
    parser.add_argument("--prefetch", type=int, default=1)
    parser.add_argument("--backend", default="asyncio")
    wish = parser.parse_args()
    with simulation(run_seconds=wish.run_seconds) as server:
        passed, busy = anyio.run(
            measure, server, wish.images, wish.prefetch, backend=wish.backend
        )
    share = busy / passed
    print(
        f"{wish.images} images of {wish.run_seconds * 1000:g} ms in {passed:.2f} s, "
        f"{wish.images / passed:.1f} images/s; the server worked for {busy:.2f} s"
    )
    bar = Bar(
        name="busy share of the server",
        measured=f"{share:.1%}",
        wanted=f">= {_WANTED:.0%}",
        is_met=share >= _WANTED,
    )
    return verdict([bar])


if __name__ == "__main__":
    sys.exit(main())
