"""Finds nodes that depend on themselves, and chains that are too long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import define, field

#: How many nodes may stand behind each other: Python gives up at 1,000 calls, of which
#: the server itself needs some thirty (measured with 0.3.75: 951 pass, 1,001 do not).
MAX_DEPTH: Final = 970


@define
class Ways:
    """What was met on the ways through a graph."""

    #: The circles, each node in one at most.
    circles: list[list[str]] = field(factory=list)
    #: The largest number of nodes behind each other.
    depth: int = 0


def follow(edges: Mapping[str, Sequence[str]]) -> Ways:
    """Follow every way once, depth first, as the server does.

    Args:
        edges: Which nodes each node takes from; all of them are keys. The ways begin
            at the first keys.
    """
    ways = Ways()
    told: set[str] = set()
    finished: set[str] = set()
    for start in edges:
        if start in finished:
            continue
        # The way down, with the place of each node in it, and what is still to be
        # tried at each step.
        path: dict[str, int] = {start: 0}
        stack: list[Iterator[str]] = [iter(edges[start])]
        while stack:
            ways.depth = max(ways.depth, len(path))
            source = next(stack[-1], None)
            if source is None:
                stack.pop()
                finished.add(path.popitem()[0])
            elif source in path:
                circle = list(path)[path[source] :]
                if told.isdisjoint(circle):
                    ways.circles.append(circle)
                    told.update(circle)
            elif source not in finished:
                path[source] = len(path)
                stack.append(iter(edges[source]))
    return ways
