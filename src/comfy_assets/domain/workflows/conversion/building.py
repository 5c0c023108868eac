"""Makes the nodes of a whole document, subgraphs first."""

from __future__ import annotations

from typing import Final

from attrs import define, field

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion.document import (
    UiDocument,
    UiGraph,
    UiNode,
)
from comfy_assets.domain.workflows.conversion.group_nodes import (
    group_name,
    make_group,
)
from comfy_assets.domain.workflows.conversion.hosts import make_host
from comfy_assets.domain.workflows.conversion.identities import NodeIds
from comfy_assets.domain.workflows.conversion.live import (
    LiveGraph,
    LiveNode,
    LiveSubgraph,
)
from comfy_assets.domain.workflows.conversion.making import make_node
from comfy_assets.domain.workflows.conversion.reading import mapping
from comfy_assets.domain.workflows.graph import MAX_NODES

# Deeper nesting is a mistake, and would end in Python's own limit.
_MAX_NESTING: Final = 40
# Notes and the like are never written, so there may be more than a graph may have.
_MAX_MADE: Final = 4 * MAX_NODES


def build(
    document: UiDocument, catalogue: Catalogue, ids: NodeIds, faults: list[str]
) -> LiveGraph:
    """Make all nodes that the document's graph leads to.

    Args:
        document: The document, its ids made unique; not used any more afterwards.
        catalogue: The classes of the server.
        ids: The ids in use, for nodes that group nodes bring along.
        faults: Gets a sentence for each host that cannot be made.
    """
    for node_id in document.root.nodes:
        ids.used.discard(node_id)
        # Counts it: the editor's counter has met all of the root's ids by now.
        ids.claim(node_id)
    builder = _Builder(document, catalogue, ids, faults)
    graph = builder.graph(document.root)
    if builder.is_exhausted:
        faults.append(f"it has more than {_MAX_MADE} nodes: split the workflow")
    return graph


@define(eq=False)
class _Builder:
    _document: UiDocument
    _catalogue: Catalogue
    _ids: NodeIds
    _faults: list[str]
    _made: dict[str, LiveSubgraph] = field(factory=dict, init=False)
    _open: list[str] = field(factory=list, init=False)
    _left: int = field(default=_MAX_MADE, init=False)

    @property
    def is_exhausted(self) -> bool:
        return self._left < 0

    def graph(self, saved: UiGraph) -> LiveGraph:
        nodes: dict[str, LiveNode] = {}
        for node in saved.nodes.values():
            self._left -= 1
            if self._left < 0:
                break
            made = self._node(node)
            nodes[made.id] = made
            if made.id != node.id:
                for link in saved.links.values():
                    if link.origin_id == node.id:
                        link.origin_id = made.id
        return LiveGraph(nodes=nodes, links=saved.links)

    def _node(self, saved: UiNode) -> LiveNode:
        if saved.type in self._document.subgraphs:
            if saved.type in self._open or len(self._open) >= _MAX_NESTING:
                self._faults.append(
                    f"node {saved.id} ({saved.title or saved.type}): its subgraph "
                    f"contains itself, or more than {_MAX_NESTING} within each other"
                )
                return make_node(saved, self._catalogue)
            return make_host(saved, self._subgraph(saved.type))
        data = self._document.group_nodes.get(group_name(saved.type) or "")
        if data is not None and saved.type not in self._catalogue.nodes:
            rows = mapping(data).get("nodes")
            self._left -= len(rows) if isinstance(rows, list) else 0
            return make_group(saved, mapping(data), self._catalogue, self._ids)
        return make_node(saved, self._catalogue)

    def _subgraph(self, subgraph_id: str) -> LiveSubgraph:
        if subgraph_id not in self._made:
            saved = self._document.subgraphs[subgraph_id]
            self._open.append(subgraph_id)
            graph = self.graph(saved.graph)
            graph.inputs = saved.inputs
            self._open.pop()
            self._made[subgraph_id] = LiveSubgraph(
                id=subgraph_id,
                name=saved.name,
                outputs=saved.outputs,
                graph=graph,
            )
        return self._made[subgraph_id]
