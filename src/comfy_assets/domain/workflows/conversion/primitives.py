"""PrimitiveNodes write their value into the widgets that they are linked to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from comfy_assets.domain.workflows.conversion.live import (
    PRIMITIVE,
    LiveGraph,
    LiveNode,
    has_value,
    value_at,
)

_REPLACES_TEXT: Final = "Run widget replace on values"


def apply_primitives(graph: LiveGraph, replace: Callable[[str], str]) -> None:
    """Let each PrimitiveNode of a graph write, whatever its mode.

    Args:
        graph: The graph; its widgets are changed.
        replace: Fills in ``%Node.widget%``, for those that ask for it.
    """
    for node in graph.nodes.values():
        if node.type == PRIMITIVE:
            ends = [
                (target, place)
                for target, place in graph.ends(node.id, 0)
                if has_value(target, place)
            ]
            if ends:
                value = _value(node, ends)
                if isinstance(value, str) and node.properties.get(_REPLACES_TEXT):
                    value = replace(value)
                for target, place in ends:
                    _write(target, place, value)


def _value(node: LiveNode, ends: Sequence[tuple[LiveNode, int]]) -> Any:  # noqa: ANN401 - any JSON
    value = node.saved_values[0] if node.saved_values else value_at(*ends[0])
    if len(ends) < 2 or isinstance(value, bool) or not isinstance(value, int | float):  # noqa: PLR2004 - one alone has no one to agree with
        return value
    entries = [part.entry for t, p in ends if (part := t.sockets[p].part) is not None]
    lows = [e.minimum for e in entries if e is not None and e.minimum is not None]
    highs = [e.maximum for e in entries if e is not None and e.maximum is not None]
    low, high = max(lows, default=value), min(highs, default=value)
    # Ranges that do not meet are not merged.
    return min(max(value, low), high) if low <= max(high, low) else value


def _write(node: LiveNode, place: int, value: object) -> None:
    part = node.sockets[place].part
    if part is None or part.main is None:
        node.promoted[place] = value
    else:
        part.main.value = value
