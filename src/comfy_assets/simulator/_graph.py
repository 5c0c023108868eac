"""What the wire and the graph are made of: names for JSON shapes, links, order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

#: A JSON object. `Any` because the content is foreign: a graph, a body, a frame.
JsonObject: TypeAlias = dict[str, Any]
#: An API-format graph: node id to node.
Graph: TypeAlias = dict[str, JsonObject]
#: A link is a list of a node id and an output slot.
LINK_LENGTH = 2


def is_link(value: object) -> bool:
    """Say whether an input's value is meant as a link; every list is (0.33)."""
    return isinstance(value, list)


def links_of(graph: Graph, node_id: str) -> dict[str, tuple[str, int]]:
    """Return the inputs of a node that lead to nodes of the graph.

    What leads nowhere is left to the checks that report it.
    """
    inputs = graph[node_id].get("inputs")
    return {
        name: (value[0], value[1])
        for name, value in (inputs.items() if isinstance(inputs, dict) else ())
        if is_link(value)
        and len(value) == LINK_LENGTH
        and isinstance(value[0], str)
        and value[0] in graph
    }


def execution_order(graph: Graph, outputs: Iterable[str]) -> list[str]:
    """Return the nodes that the outputs need, each after those it links to."""
    order: dict[str, None] = {}
    stack = [(output, False) for output in reversed(list(outputs))]
    while stack:
        node_id, is_ready = stack.pop()
        if node_id in order:
            continue
        if is_ready:
            order[node_id] = None
            continue
        stack.append((node_id, True))
        sources = _sources_of(graph, node_id)
        stack += [(source, False) for source in reversed(sources)]
    return list(order)


def find_cycle(graph: Graph, start: str) -> list[str]:
    """Return the ids of the first cycle above a node, or nothing.

    Links that lead nowhere are left to the checks that report them.
    """
    finished: set[str] = set()
    path: dict[str, None] = {start: None}
    stack = [iter(_sources_of(graph, start))]
    while stack:
        source = next(stack[-1], None)
        if source is None:
            stack.pop()
            finished.add(path.popitem()[0])
        elif source in path:
            ids = list(path)
            return ids[ids.index(source) :]
        elif source not in finished:
            path[source] = None
            stack.append(iter(_sources_of(graph, source)))
    return []


def _sources_of(graph: Graph, node_id: str) -> list[str]:
    return [source for source, _ in links_of(graph, node_id).values()]
