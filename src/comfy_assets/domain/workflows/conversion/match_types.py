"""The types of sockets and outputs, and which fit together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from comfy_assets.domain.workflows.conversion.document import INPUT_SIDE
from comfy_assets.domain.workflows.conversion.live import (
    LiveGraph,
    LiveNode,
)

#: Fits everything.
ANY: Final = "*"
# Switches behind switches are asked no further than this.
_MAX_DEPTH: Final = 8


def fit(one: str, other: str) -> bool:
    """Return whether a link may join two types: equal, any, or with a member shared."""
    if one in ("", ANY) or other in ("", ANY):
        return True
    return bool(_members(one) & _members(other))


def socket_type(graph: LiveGraph, node: LiveNode, place: int, *, depth: int = 0) -> str:
    """Return the type of an input; one that matches its siblings takes theirs."""
    socket = node.sockets[place]
    if socket.template is None:
        return socket.type
    siblings = _linked_types(graph, node, socket.template, depth, but=place)
    return _shared([*siblings, socket.type])


def output_type(graph: LiveGraph, node: LiveNode, slot: int, *, depth: int = 0) -> str:
    """Return the type of an output; one that matches inputs gives what they take."""
    if not 0 <= slot < len(node.outputs):
        return ANY
    templates = (
        node.description.raw.get("output_matchtypes") if node.description else ()
    )
    if isinstance(templates, tuple) and slot < len(templates) and templates[slot]:
        return _shared(_linked_types(graph, node, str(templates[slot]), depth))
    return node.outputs[slot]


def _linked_types(
    graph: LiveGraph,
    node: LiveNode,
    template: str,
    depth: int,
    *,
    but: int | None = None,
) -> Iterator[str]:
    """Yield the types that come into the inputs of one template."""
    if depth >= _MAX_DEPTH:
        return
    for place, socket in enumerate(node.sockets):
        link = graph.links.get(socket.link or "")
        if socket.template != template or place == but or link is None:
            continue
        origin = graph.nodes.get(link.origin_id)
        if origin is not None:
            yield output_type(graph, origin, link.origin_slot, depth=depth + 1)
        elif link.origin_id == INPUT_SIDE and 0 <= link.origin_slot < len(graph.inputs):
            yield graph.inputs[link.origin_slot].type


def _shared(types: Iterable[str]) -> str:
    """Return what all types have in common; `ANY` where they say nothing."""
    shared: list[str] | None = None
    for type_ in types:
        if type_ not in ("", ANY):
            members = type_.split(",")
            shared = (
                [m for m in shared or members if m in members] if shared else members
            )
    return ",".join(shared) if shared else ANY


def _members(type_: str) -> set[str]:
    return {member.strip().lower() for member in type_.split(",")}
