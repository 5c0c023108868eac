"""How a benchmark tells what it measured: a table of bars, each met or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Sequence


@frozen(kw_only=True)
class Bar:
    """One promise, and what was measured for it."""

    #: What is promised.
    name: str
    #: What was measured, with its unit.
    measured: str
    #: What is wanted, with its unit.
    wanted: str
    #: Whether the promise holds.
    is_met: bool


def verdict(bars: Sequence[Bar]) -> int:
    """Print the bars; return the exit code: 0 when all are met, else 1."""
    rows = [("bar", "measured", "wanted", "")]
    rows += [
        (bar.name, bar.measured, bar.wanted, "PASS" if bar.is_met else "FAIL")
        for bar in bars
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [f"{row[0]:<{widths[0]}}"]
        cells += [f"{row[column]:>{widths[column]}}" for column in (1, 2)]
        print("  ".join([*cells, row[3]]).rstrip())
    return 0 if all(bar.is_met for bar in bars) else 1
