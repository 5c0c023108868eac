"""Writes the nodes of a document in API format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from attrs import define

from comfy_assets.domain.workflows.conversion.live import (
    LiveGraph,
    LiveNode,
)
from comfy_assets.domain.workflows.conversion.primitives import apply_primitives
from comfy_assets.domain.workflows.conversion.texts import (
    SAVERS,
    as_written,
    replacer,
    without_dynamic_prompts,
)
from comfy_assets.domain.workflows.conversion.tracing import (
    Broken,
    Output,
    Promoted,
    Scope,
    trace,
)
from comfy_assets.domain.workflows.conversion.widgets import UNSET, Widget
from comfy_assets.domain.workflows.graph import MAX_NODES

_CUSTOM_COMBO: Final = "CustomCombo"
# How many nodes are looked at; how many a graph may have is told by `Workflow`.
_MAX_EXPANDED: Final = 4 * MAX_NODES


def emit(root: LiveGraph, faults: list[str]) -> dict[str, Any]:
    """Return the graph in API format; all nodes at work, needed or not.

    Args:
        root: The document's graph; primitives change the widgets in it.
        faults: Gets a sentence for each node that cannot be written.
    """
    graphs = list(_graphs(root, set()))
    replace = replacer(node for graph in graphs for node in graph.nodes.values())
    for graph in graphs:
        apply_primitives(graph, replace)
    # Hosts and notes count, too: they can multiply without a node among them.
    left = [_MAX_EXPANDED]
    places = {
        scope.id_of(node): (scope, node) for scope, node in _expanded(Scope(root), left)
    }
    if left[0] < 0:
        faults.append(f"it has more than {_MAX_EXPANDED} nodes: split the workflow")
        return {}
    return _Emission(places, replace, faults).run()


def _graphs(graph: LiveGraph, seen: set[int]) -> Iterator[LiveGraph]:
    """Yield a graph and those of its subgraphs, each once."""
    yield graph
    for node in graph.nodes.values():
        if node.subgraph is not None and id(node.subgraph) not in seen:
            seen.add(id(node.subgraph))
            yield from _graphs(node.subgraph.graph, seen)


def _expanded(scope: Scope, left: list[int]) -> Iterator[tuple[Scope, LiveNode]]:
    """Yield every node that is written, with its scope, subgraphs expanded."""
    for node in scope.graph.nodes.values():
        left[0] -= 1
        if left[0] < 0:
            return
        if node.subgraph is not None:
            # A host that takes no part hides its nodes at the top only: further in
            # they are written all the same (frontend 1.49.6).
            if node.is_at_work or scope.path:
                yield from _expanded(scope.inside(node, node.subgraph), left)
        elif node.is_at_work and not node.is_virtual:
            yield scope, node


@define(eq=False)
class _Emission:
    _places: dict[str, tuple[Scope, LiveNode]]
    _replace: Callable[[str], str]
    _faults: list[str]

    def run(self) -> dict[str, Any]:
        return {
            node_id: self._node(node_id, scope, node)
            for node_id, (scope, node) in self._places.items()
        }

    def _node(self, node_id: str, scope: Scope, node: LiveNode) -> dict[str, Any]:
        inputs = {
            widget.name: self._own(node, widget)
            for widget in node.widgets
            if widget.is_written
        }
        for place, socket in enumerate(node.sockets):
            source = trace(scope, node, place) if socket.link is not None else None
            # Without a source the widget's own value stands, if there is one.
            if isinstance(source, Output):
                inputs[socket.name] = [source.node_id, source.slot]
            elif isinstance(source, Promoted):
                inputs[socket.name] = _wrapped(source.value)
            elif isinstance(source, Broken):
                self._faults.append(f"{_name(node_id, node)}: {source.problem}")
        if node.type == _CUSTOM_COMBO and node.description is not None:
            inputs["index"] = _index(node, inputs.get("choice"))
        written: dict[str, Any] = {
            "class_type": node.type,
            "inputs": {
                name: value for name, value in inputs.items() if value is not UNSET
            },
        }
        if node.title:
            written["_meta"] = {"title": node.title}
        return written

    def _own(self, node: LiveNode, widget: Widget) -> Any:  # noqa: ANN401 - any JSON
        """Return the value of a node's own widget, rewritten as its kind asks for."""
        value = widget.value
        if isinstance(value, str):
            if widget.has_dynamic_prompts:
                value = without_dynamic_prompts(value)
            elif widget.name == "filename_prefix" and node.type in SAVERS:
                value = self._replace(value)
        return _wrapped(value)


def _wrapped(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a value as it is written: a bare list would be read as a link."""
    if value is UNSET:
        return UNSET
    written = as_written(value)
    return {"__value__": written} if isinstance(written, list) else written


def _index(node: LiveNode, choice: object) -> int:
    """Return which option of a CustomCombo is chosen, from 0; -1 for none."""
    options = [w.value for w in node.widgets if w.name.startswith("option")]
    return options.index(choice) if choice in options else -1


def _name(node_id: str, node: LiveNode) -> str:
    title = f" {node.title!r}" if node.title not in ("", node.type) else ""
    return f"node {node_id} ({node.type}{title})"
