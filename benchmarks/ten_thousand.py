"""Show that a host can go on for long: no false failure, no growth, no slowing down.

Memory is read from ``/proc``, so this runs on Linux.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import deque
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import anyio
from attrs import define, field

import comfy_assets as ca
from benchmarks._bars import Bar, verdict
from benchmarks._simulation import simulation
from benchmarks._studio import BATCH, prepare, studio, submit

if TYPE_CHECKING:
    from collections.abc import Sequence

_GROWTH_MB: Final = 20.0
_SLOWER: Final = 1.10
#: Images at both ends whose time is compared.
_END: Final = 1000
#: Batches in line: the server never waits for the next to be submitted.
_AHEAD: Final = 2


@define
class Measured:
    """What was seen while painting."""

    #: When each batch was there, after the warm-up; the first entry is its end.
    clock: list[float] = field(factory=list)
    #: Processor seconds of this process at those moments.
    processor: list[float] = field(factory=list)
    #: Memory at those moments, in MB.
    memory: list[float] = field(factory=list)
    #: Sentences of failures and of a server that seemed to be away.
    alarms: list[str] = field(factory=list)

    def note(self) -> None:
        """Read the clocks and the memory."""
        self.clock.append(time.perf_counter())
        self.processor.append(time.process_time())
        self.memory.append(_memory_mb())

    def ends(self, readings: Sequence[float]) -> tuple[float, float]:
        """Return the mean milliseconds of an image, of the first and the last ones."""
        per_batch = [b - a for a, b in pairwise(readings)]
        number = min(_END // BATCH, len(per_batch) // 2)
        first, last = per_batch[:number], per_batch[-number:]
        return (
            1000 * statistics.fmean(first) / BATCH,
            1000 * statistics.fmean(last) / BATCH,
        )


async def measure(url: str, images: int, warm_up: int) -> Measured:
    """Paint the warm-up, then so many images, and look at each batch."""
    measured = Measured()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with (
            studio(url, Path(folder)) as system,
            system.events.subscribe(
                ca.GenerationFailed, ca.ComfyUIStateChanged
            ) as events,
        ):
            await prepare(system)
            waiting: deque[ca.GenerationBatch] = deque()
            for painted in range(0, warm_up + images, BATCH):
                while len(waiting) <= _AHEAD:
                    waiting.append(await submit(system, BATCH))
                if painted >= warm_up:
                    measured.note()
                await system.generation.result(waiting.popleft().id)
            measured.note()
            for event in events.poll():
                match event:
                    case ca.GenerationFailed(error=error):
                        measured.alarms.append(error)
                    case ca.ComfyUIStateChanged(state=state, message=message):
                        if state is not ca.ComfyUIState.CONNECTED:
                            measured.alarms.append(message)
            for batch in waiting:
                # It may have ended while the others were counted.
                with suppress(ca.BatchStatusError):
                    await system.generation.cancel(batch.id)
    return measured


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> int:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--warm-up", type=int, default=500)
    parser.add_argument("--backend", default="asyncio")
    wish = parser.parse_args()
    with simulation(run_seconds=0.0) as server:
        measured = anyio.run(
            measure, server.url, wish.images, wish.warm_up, backend=wish.backend
        )
    first, last = measured.ends(measured.clock)
    own_first, own_last = measured.ends(measured.processor)
    passed = measured.clock[-1] - measured.clock[0]
    print(
        f"{wish.images} images in {passed:.1f} s, {wish.images / passed:.1f} images/s"
    )
    print(f"ms an image at the beginning {first:.2f}, at the end {last:.2f}")
    print(f"of that our processor time {own_first:.2f} and {own_last:.2f}")
    print(
        f"memory after the warm-up {measured.memory[0]:.1f} MB, "
        f"at most {max(measured.memory):.1f}, at the end {measured.memory[-1]:.1f}"
    )
    for alarm in measured.alarms:
        print("alarm:", alarm)
    growth = max(measured.memory) - measured.memory[0]
    return verdict(
        [
            Bar(
                name="false failures",
                measured=str(len(measured.alarms)),
                wanted="0",
                is_met=not measured.alarms,
            ),
            Bar(
                name="growth of memory",
                measured=f"{growth:.1f} MB",
                wanted=f"< {_GROWTH_MB:g} MB",
                is_met=growth < _GROWTH_MB,
            ),
            Bar(
                name="time of the last images by that of the first",
                measured=f"{last / first:.2f}",
                wanted=f"<= {_SLOWER:.2f}",
                is_met=last / first <= _SLOWER,
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
