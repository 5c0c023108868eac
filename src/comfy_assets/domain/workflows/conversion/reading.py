"""Reads a file of the editor, any version; what can be done without is left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from comfy_assets.domain.workflows.conversion.document import (
    UiDocument,
    UiGraph,
    UiInput,
    UiLink,
    UiNode,
    UiSlot,
    UiSubgraph,
)

# A row of ``links`` in version 0.4: id, origin, its slot, target, its slot, type.
_LINK_FIELDS: Final = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
# From here on JavaScript's numbers have gaps.
_EXACT: Final = 2**53
_NOTHING: Final[Mapping[str, Any]] = {}


def read_document(data: Mapping[str, Any]) -> UiDocument:
    """Read the editor's own format, versions 0.4 and 1 (frontend 1.49.6).

    Never fails: a node that cannot be read is told in `UiDocument.faults`.
    """
    faults: list[str] = []
    root = _graph(data, faults, "")
    definitions = mapping(data.get("definitions")).get("subgraphs")
    subgraphs: dict[str, UiSubgraph] = {}
    for raw in _rows(definitions):
        subgraph_id = identity(raw.get("id"))
        if subgraph_id is not None:
            subgraphs[subgraph_id] = _subgraph(subgraph_id, raw, faults)
    # Version 1 has the counter under another name.
    last = data.get("last_node_id", mapping(data.get("state")).get("lastNodeId"))
    return UiDocument(
        root=root,
        subgraphs=subgraphs,
        last_node_id=whole(last) or 0,
        group_nodes=mapping(mapping(data.get("extra")).get("groupNodes")),
        faults=faults,
    )


def read_node(node_id: str, data: Mapping[str, Any]) -> UiNode:
    """Read one node under this id."""
    values = data.get("widgets_values")
    return UiNode(
        id=node_id,
        type=text(data.get("type")),
        mode=whole(data.get("mode")) or 0,
        title=text(data.get("title")),
        inputs=[_input(raw) for raw in _rows(data.get("inputs"))],
        outputs=[_type(raw.get("type")) for raw in _rows(data.get("outputs"))],
        values=values if isinstance(values, list | Mapping) else None,
        properties=mapping(data.get("properties")),
    )


def identity(value: object) -> str | None:
    """Return an id as text: files have both numbers and texts."""
    number = whole(value)
    if number is not None:
        return str(number)
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """Return a whole number; ``None`` for what is none, and beyond JavaScript's."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and abs(value) < _EXACT else None


def text(value: object) -> str:
    """Return a text; an empty one for what is none."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Mapping[str, Any]:
    """Return a mapping; an empty one for what is none."""
    return value if isinstance(value, Mapping) else _NOTHING


def _graph(data: Mapping[str, Any], faults: list[str], where: str) -> UiGraph:
    nodes: dict[str, UiNode] = {}
    raw_nodes = data.get("nodes")
    for place, raw in enumerate(raw_nodes if isinstance(raw_nodes, list) else ()):
        if not isinstance(raw, Mapping):
            faults.append(f"entry {place} of the nodes{where} is no node")
            continue
        node_id, type_ = identity(raw.get("id")), raw.get("type")
        if node_id is None or not isinstance(type_, str) or not type_:
            faults.append(f"entry {place} of the nodes{where} has no id or no type")
        elif node_id in nodes:
            faults.append(f"two nodes{where} have the id {node_id}")
        else:
            nodes[node_id] = read_node(node_id, raw)
    return UiGraph(nodes=nodes, links=dict(_links(data.get("links"))))


def _subgraph(
    subgraph_id: str, data: Mapping[str, Any], faults: list[str]
) -> UiSubgraph:
    name = text(data.get("name")) or subgraph_id
    return UiSubgraph(
        id=subgraph_id,
        name=name,
        inputs=[_slot(raw) for raw in _rows(data.get("inputs"))],
        outputs=[_slot(raw) for raw in _rows(data.get("outputs"))],
        graph=_graph(data, faults, f" of the subgraph {name!r}"),
    )


def _links(data: object) -> Iterable[tuple[str, UiLink]]:
    for raw in data if isinstance(data, list) else ():
        row: Mapping[str, Any]
        if isinstance(raw, list):
            row = dict(zip(_LINK_FIELDS, raw, strict=False))
        else:
            row = mapping(raw)
        link_id, origin_id, target_id = (
            identity(row.get(key)) for key in ("id", "origin_id", "target_id")
        )
        origin_slot = whole(row.get("origin_slot"))
        if link_id and origin_id and target_id and origin_slot is not None:
            yield (
                link_id,
                UiLink(
                    origin_id=origin_id,
                    origin_slot=origin_slot,
                    target_id=target_id,
                    target_slot=whole(row.get("target_slot")) or 0,
                ),
            )


def _input(data: Mapping[str, Any]) -> UiInput:
    widget = data.get("widget")
    return UiInput(
        name=text(data.get("name")),
        type=_type(data.get("type")),
        link=identity(data.get("link")),
        widget=text(widget.get("name")) if isinstance(widget, Mapping) else None,
    )


def _slot(data: Mapping[str, Any]) -> UiSlot:
    links = data.get("linkIds")
    ids = [identity(raw) for raw in (links if isinstance(links, list) else ())]
    return UiSlot(
        name=text(data.get("name")),
        type=_type(data.get("type")),
        links=[link for link in ids if link is not None],
    )


def _type(value: object) -> str:
    # Files of 2023 have 0 for "any", and choice lists for combos.
    if isinstance(value, list):
        return "COMBO"
    return value if isinstance(value, str) else "*"


def _rows(data: object) -> list[Mapping[str, Any]]:
    if not isinstance(data, list):
        return []
    return [raw for raw in data if isinstance(raw, Mapping)]
