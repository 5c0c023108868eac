"""Show what the library costs beside a bare script, with a real ComfyUI (0.3.75).

Both paint the same trivial pictures by turns, so that a moment when the machine is busy
with something else falls on both. The library stores images, thumbnails and rows; the
script stores nothing. The server is installed on first use (about 5 GB).
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import define, field

from benchmarks._bare_script import BareScript, bare_script
from benchmarks._bars import Bar, verdict
from benchmarks._studio import BATCH, noisy_graph, paint, prepare, studio
from tests.servers import installation
from tests.servers.comfyui import RealComfyUI

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import comfy_assets as ca

_RATE_WANTED: Final = 0.8
_OVERHEAD_MS: Final = 10.0


@define
class Times:
    """Seconds that one side took."""

    #: For all images of a round, many at a time.
    rounds: list[float] = field(factory=list)
    #: For one image, one at a time.
    singles: list[float] = field(factory=list)


async def compare(
    url: str, *, images: int, rounds: int, singles: int, waiting: int
) -> tuple[Times, Times]:
    """Let both paint by turns; return the library's times and the script's."""
    ours, bare = Times(), Times()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with (
            studio(url, Path(folder), prefetch=waiting) as system,
            bare_script(url) as script,
        ):
            await prepare(system, noisy_graph(seed=0, prefix="x"))
            await script.paint(BATCH, waiting)
            for number in range(rounds):
                # Each begins every second time: a machine that gets slower or quicker
                # meanwhile wrongs neither.
                for is_ours in (number % 2 == 0, number % 2 == 1):
                    if is_ours:
                        ours.rounds.append(await _timed(paint(system, images)))
                    else:
                        work = script.paint(images, waiting)
                        bare.rounds.append(await _timed(work))
            await _compare_singles(system, script, ours, bare, singles)
    return ours, bare


async def _compare_singles(
    system: ca.AssetSystem, script: BareScript, ours: Times, bare: Times, number: int
) -> None:
    for _ in range(number):
        bare.singles.append(await _timed(script.paint(1, 0)))
        ours.singles.append(await _timed(paint(system, 1)))


async def _timed(work: Awaitable[None]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


def main() -> int:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--singles", type=int, default=40)
    parser.add_argument("--waiting", type=int, default=8)
    wish = parser.parse_args()
    if not installation.is_installed():
        installation.install()
    with RealComfyUI("0.3.75") as server:
        ours, bare = asyncio.run(compare(server.url, **vars(wish)))
    for mine, other in zip(ours.rounds, bare.rounds, strict=True):
        print(
            f"images/s: ours {wish.images / mine:.1f}, bare {wish.images / other:.1f}"
        )
    # By pairs that lie side by side, as the speed of a shared machine comes and goes.
    rate = statistics.median(
        other / mine for mine, other in zip(ours.rounds, bare.rounds, strict=True)
    )
    single = statistics.median(ours.singles) * 1000
    bare_single = statistics.median(bare.singles) * 1000
    print(f"one image at a time: ours {single:.1f} ms, bare {bare_single:.1f} ms")
    return verdict(
        [
            Bar(
                name=f"images/s by the bare script's, {wish.waiting} waiting",
                measured=f"{rate:.2f}",
                wanted=f">= {_RATE_WANTED:.2f}",
                is_met=rate >= _RATE_WANTED,
            ),
            Bar(
                name="median time of one image above the bare script's",
                measured=f"{single - bare_single:.1f} ms",
                wanted=f"<= {_OVERHEAD_MS:g} ms",
                is_met=single - bare_single <= _OVERHEAD_MS,
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
