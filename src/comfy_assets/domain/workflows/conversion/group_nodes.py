"""Legacy group nodes, the forerunners of subgraphs: each becomes a subgraph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion.document import (
    INPUT_SIDE,
    OUTPUT_SIDE,
    UiLink,
    UiNode,
    UiSlot,
)
from comfy_assets.domain.workflows.conversion.identities import NodeIds
from comfy_assets.domain.workflows.conversion.live import (
    LiveGraph,
    LiveNode,
    LiveSubgraph,
    Socket,
)
from comfy_assets.domain.workflows.conversion.making import make_node
from comfy_assets.domain.workflows.conversion.reading import (
    mapping,
    read_node,
    whole,
)
from comfy_assets.domain.workflows.conversion.widgets import choose, walk


def group_name(type_: str) -> str | None:
    """Return which group a class names (``workflow>name``), or ``None``."""
    for mark in ("workflow>", "workflow/"):
        if type_.startswith(mark):
            return type_.removeprefix(mark)
    return None


def make_group(
    saved: UiNode, data: Mapping[str, Any], catalogue: Catalogue, ids: NodeIds
) -> LiveNode:
    """Make a host for a group node, and new inner nodes, all under new ids.

    Values are dealt out by position, links by the order of the outputs and the names
    of the inputs (frontend 1.49.6, ``extra.groupNodes``).
    """
    rows = data.get("nodes")
    inner = [
        make_node(read_node(ids.new(), mapping(raw)), catalogue)
        for raw in (rows if isinstance(rows, list) else ())
    ]
    names = [
        [str(mapping(slot).get("name")) for slot in _list(mapping(raw).get("inputs"))]
        for raw in _list(rows)
    ]
    graph = LiveGraph(nodes={node.id: node for node in inner}, links={})
    linked = _link_inside(graph, inner, names, data)
    _deal(inner, saved.values if isinstance(saved.values, list) else [])
    subgraph = LiveSubgraph(
        id=saved.type,
        name=group_name(saved.type) or saved.type,
        outputs=[],
        graph=graph,
    )
    _add_outputs(subgraph, inner, linked, data)
    host = LiveNode(
        id=ids.new(),
        type=saved.type,
        mode=saved.mode,
        title=saved.title or subgraph.name,
        properties=saved.properties,
        outputs=[declared.type for declared in subgraph.outputs],
        subgraph=subgraph,
    )
    links = {raw.name: raw.link for raw in saved.inputs if raw.link is not None}
    _add_inputs(host, subgraph, inner, links)
    return host


def _link_inside(
    graph: LiveGraph,
    inner: list[LiveNode],
    names: list[list[str]],
    data: Mapping[str, Any],
) -> set[tuple[int, int]]:
    """Link the inner nodes; return the outputs that are taken, by node and slot."""
    taken: set[tuple[int, int]] = set()
    for number, row in enumerate(_list(data.get("links"))):
        ends = [whole(part) for part in row[:4]] if isinstance(row, list) else []
        match ends:
            case [int(origin), int(slot), int(target), int(place)] if (
                0 <= origin < len(inner)
                and 0 <= target < len(inner)
                and 0 <= place < len(names[target])
            ):
                link_id = f"inside {number}"
                graph.links[link_id] = UiLink(
                    origin_id=inner[origin].id,
                    origin_slot=slot,
                    target_id=inner[target].id,
                    target_slot=place,
                )
                for socket in inner[target].sockets:
                    if socket.name == names[target][place]:
                        socket.link = link_id
                taken.add((origin, slot))
    return taken


def _deal(inner: list[LiveNode], values: list[Any]) -> None:
    """Deal out the group's values to the inner widgets that no link goes to."""
    rest = list(reversed(values))
    for node in inner:
        linked = {socket.name: 1 for socket in node.sockets if socket.link}
        for part in walk(node.parts):
            for widget in part.widgets if part.name not in linked else ():
                if widget.takes_slot and rest:
                    choose(part, widget, rest.pop(), linked)


def _add_outputs(
    subgraph: LiveSubgraph,
    inner: list[LiveNode],
    taken: set[tuple[int, int]],
    data: Mapping[str, Any],
) -> None:
    """Let out what nothing inside takes, and what is marked as taken outside, too."""
    marked = {
        (row[0], row[1])
        for row in _list(data.get("external"))
        if isinstance(row, list) and all(type(part) is int for part in row[:2])
        if len(row) > 1
    }
    for number, node in enumerate(inner):
        for slot, type_ in enumerate(node.outputs):
            if (number, slot) not in taken or (number, slot) in marked:
                place = len(subgraph.outputs)
                link_id = f"out {place}"
                subgraph.outputs.append(UiSlot(name=type_, type=type_, links=[link_id]))
                subgraph.graph.links[link_id] = UiLink(
                    origin_id=node.id,
                    origin_slot=slot,
                    target_id=OUTPUT_SIDE,
                    target_slot=place,
                )


def _add_inputs(
    host: LiveNode,
    subgraph: LiveSubgraph,
    inner: list[LiveNode],
    links: Mapping[str, str],
) -> None:
    """Let in what is linked: by the inner name, with the node's where it is taken."""
    seen: dict[str, int] = {}
    for node in inner:
        free = [socket for socket in node.sockets if socket.link is None]
        # The editor names widgets first.
        free.sort(key=lambda socket: socket.part is None or socket.part.main is None)
        for socket in free:
            name = key = socket.name
            if name in seen:
                prefix = node.title or node.type
                name = key = f"{prefix} {socket.name}"
                if key in seen:
                    name = f"{prefix} {seen[key]} {socket.name}"
            seen[key] = seen.get(key, 1) + 1
            if name in links:
                slot = len(subgraph.graph.inputs)
                socket.link = f"in {slot}"
                subgraph.graph.inputs.append(
                    UiSlot(name=name, type=socket.type, links=[socket.link])
                )
                subgraph.graph.links[socket.link] = UiLink(
                    origin_id=INPUT_SIDE,
                    origin_slot=slot,
                    target_id=node.id,
                    target_slot=0,
                )
                host.sockets.append(
                    Socket(name=name, type=socket.type, link=links[name])
                )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
