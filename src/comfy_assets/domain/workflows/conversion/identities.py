"""Makes node ids unique over a document, as the editor does before anything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import define, field

from comfy_assets.domain.workflows.conversion.document import (
    UiDocument,
    UiNode,
    UiSubgraph,
)

# Longer numbers are none to JavaScript.
_DIGITS: Final = 16


@define(eq=False)
class NodeIds:
    """The ids that are taken, and the counter that gives new ones."""

    #: The largest number given so far.
    last: int
    #: All ids in use.
    used: set[str] = field(factory=set)

    def new(self) -> str:
        """Return a free id: the next number."""
        while True:
            self.last += 1
            node_id = str(self.last)
            if node_id not in self.used:
                self.used.add(node_id)
                return node_id

    def claim(self, node_id: str) -> bool:
        """Take an id; return whether it was free."""
        if node_id in self.used:
            return False
        self.used.add(node_id)
        if node_id.isascii() and node_id.isdigit() and len(node_id) < _DIGITS:
            self.last = max(self.last, int(node_id))
        return True


def make_ids_unique(document: UiDocument) -> NodeIds:
    """Give inner nodes new ids where theirs are taken; return all ids in use.

    The root's are reserved first, then the definitions follow in the order of the
    file. Links and ``proxyWidgets`` of the hosts follow (frontend 1.49.6).
    """
    ids = NodeIds(document.last_node_id, set(document.root.nodes))
    renamed: dict[str, dict[str, str]] = {}
    for subgraph in document.subgraphs.values():
        changes = _rename(subgraph, ids)
        if changes:
            renamed[subgraph.id] = changes
    if renamed:
        graphs = [s.graph for s in document.subgraphs.values()]
        for graph in (document.root, *graphs):
            for node in graph.nodes.values():
                if node.type in renamed:
                    _rename_proxies(node, renamed[node.type])
    return ids


def _rename(subgraph: UiSubgraph, ids: NodeIds) -> dict[str, str]:
    graph = subgraph.graph
    changes = {node_id: ids.new() for node_id in graph.nodes if not ids.claim(node_id)}
    if changes:
        nodes: dict[str, UiNode] = {}
        for node in graph.nodes.values():
            node.id = changes.get(node.id, node.id)
            nodes[node.id] = node
        graph.nodes = nodes
        for link in graph.links.values():
            link.origin_id = changes.get(link.origin_id, link.origin_id)
            link.target_id = changes.get(link.target_id, link.target_id)
    return changes


def _rename_proxies(host: UiNode, changes: Mapping[str, str]) -> None:
    proxies = host.properties.get("proxyWidgets")
    if isinstance(proxies, list):
        renamed = [_rename_proxy(entry, changes) for entry in proxies]
        host.properties = {**host.properties, "proxyWidgets": renamed}


def _rename_proxy(entry: Any, changes: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(entry, list) and entry and str(entry[0]) in changes:
        return [changes[str(entry[0])], *entry[1:]]
    return entry
