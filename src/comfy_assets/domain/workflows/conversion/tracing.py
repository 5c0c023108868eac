"""Follows a link back to what gives its value, through all that only redirects it."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from attrs import define, frozen

from comfy_assets.domain.workflows.conversion.document import INPUT_SIDE, UiLink
from comfy_assets.domain.workflows.conversion.live import (
    BYPASSED,
    MUTED,
    REROUTE,
    LiveGraph,
    LiveNode,
    LiveSubgraph,
)
from comfy_assets.domain.workflows.conversion.match_types import (
    ANY,
    fit,
    output_type,
    socket_type,
)

# More redirections than a person would make; it bounds the time of hostile files.
_MAX_STEPS: Final = 200


@define(eq=False)
class Scope:
    """One use of a graph: the document's own, or a subgraph's for one host."""

    #: The graph.
    graph: LiveGraph
    #: The ids of the hosts around it, outermost first.
    path: tuple[str, ...] = ()
    #: The host that it stands for, with the scope in which that stands.
    around: tuple[Scope, LiveNode] | None = None

    def id_of(self, node: LiveNode) -> str:
        """Return the id under which a node is written: ``"50:80:60"``."""
        return ":".join((*self.path, node.id))

    def inside(self, host: LiveNode, subgraph: LiveSubgraph) -> Scope:
        """Return the scope of a host's inner nodes."""
        return Scope(subgraph.graph, (*self.path, host.id), (self, host))


@frozen
class Output:
    """A link leads to an output of a node."""

    #: The id under which the node is written.
    node_id: str
    #: Which of its outputs.
    slot: int


@frozen
class Promoted:
    """A link leads to a value that a host holds."""

    #: The value.
    value: Any


@frozen
class Broken:
    """A link cannot be followed."""

    #: Why, as part of a sentence.
    problem: str


@frozen
class _Input:
    scope: Scope
    node: LiveNode
    place: int


#: What a link leads to; ``None`` for nothing.
Source: TypeAlias = Output | Promoted | Broken | None


def trace(scope: Scope, node: LiveNode, place: int) -> Source:
    """Return what a node's input gets.

    Muted nodes give nothing, bypassed ones what comes into the input that fits,
    Reroutes what comes in, subgraphs what is inside (frontend 1.49.6).
    """
    here = _Input(scope, node, place)
    wanted: str | None = None
    for _ in range(_MAX_STEPS):
        link_id = here.node.sockets[here.place].link
        if link_id is None:
            return _of_host(here)
        link = here.scope.graph.links.get(link_id)
        if link is None:
            name = here.node.sockets[here.place].name
            return Broken(f"the link {link_id} of the input {name!r} does not exist")
        if link.origin_id == INPUT_SIDE and here.scope.around is not None:
            outer, host = here.scope.around
            if not 0 <= link.origin_slot < len(host.sockets):
                return Broken(f"its subgraph has no input {link.origin_slot}")
            here, wanted = _Input(outer, host, link.origin_slot), None
            continue
        if wanted is None:
            wanted = socket_type(here.scope.graph, here.node, here.place)
        found = _follow(here.scope, link, wanted)
        if not isinstance(found, _Input):
            return found
        here = found
        # Only a Reroute hands on what the consumer wants.
        if here.node.type != REROUTE:
            wanted = None
    return Broken(f"its links run in a circle, or over more than {_MAX_STEPS} nodes")


def _of_host(here: _Input) -> Promoted | None:
    """Return the value of a host's input without a link, if it is a widget."""
    if here.place in here.node.promoted:
        return Promoted(here.node.promoted[here.place])
    return None


def _follow(scope: Scope, link: UiLink, wanted: str) -> _Input | Source:
    """Go to the node that a link comes from; return where that sends us."""
    node = scope.graph.nodes.get(link.origin_id)
    slot = link.origin_slot
    if node is None:
        problem = f"node {link.origin_id}, which a link comes from, does not exist"
        return Broken(problem)
    if node.mode == BYPASSED:
        return _through(scope, node, slot, wanted)
    # A Reroute has one input; muted nodes and other virtual ones give nothing.
    if node.mode == MUTED or (node.is_virtual and node.type != REROUTE):
        return None
    if node.is_virtual:
        return _Input(scope, node, 0) if node.sockets and slot == 0 else None
    if node.subgraph is None:
        return Output(scope.id_of(node), slot)
    return _into(scope, node, node.subgraph, slot, wanted)


def _into(
    scope: Scope, host: LiveNode, subgraph: LiveSubgraph, slot: int, wanted: str
) -> _Input | Source:
    """Go on inside a subgraph; nesting is bounded where subgraphs are made."""
    inner = subgraph.output_link(slot)
    if inner is None:
        return None
    if inner.origin_id == INPUT_SIDE:
        is_there = 0 <= inner.origin_slot < len(host.sockets)
        return _Input(scope, host, inner.origin_slot) if is_there else None
    return _follow(scope.inside(host, subgraph), inner, wanted)


def _through(scope: Scope, node: LiveNode, slot: int, wanted: str) -> _Input | None:
    """Go on at the input of a bypassed node that takes the place of its output."""
    key = (slot, wanted)
    # Many may ask, and the answer does not change.
    if key not in node.ways_through:
        node.ways_through[key] = _way_through(scope.graph, node, slot, wanted)
    place = node.ways_through[key]
    return None if place is None else _Input(scope, node, place)


def _way_through(
    graph: LiveGraph, node: LiveNode, slot: int, wanted: str
) -> int | None:
    types = [socket_type(graph, node, place) for place in range(len(node.sockets))]
    own = output_type(graph, node, slot)
    fitting = [p for p, t in enumerate(types) if fit(t, own) and fit(t, wanted)]
    # 1. Anything goes: the same slot, else the first.
    if wanted in ("", ANY):
        return slot if 0 <= slot < len(types) else 0 if types else None
    # 2. The same slot, where it fits.
    if slot in fitting:
        return slot
    # 3. The very type, 4. what fits, 5. nothing.
    if wanted in types:
        return types.index(wanted)
    return fitting[0] if fitting else None
