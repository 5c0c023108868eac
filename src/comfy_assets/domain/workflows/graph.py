"""`Workflow`: a graph in ComfyUI's API format; read, checked, immutable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Self

from attrs import evolve, frozen

from comfy_assets.domain.workflows.nodes import (
    EXPORT_HINT,
    InputRef,
    Link,
    WorkflowNode,
    read_input,
    read_node,
    read_node_id,
    write_node,
)
from comfy_assets.errors import WorkflowFormatError

__all__ = ["MAX_NODES", "InputRef", "Link", "Workflow", "WorkflowNode", "read_json"]

#: The largest number of nodes in one workflow.
MAX_NODES: Final = 5_000


@frozen
class Workflow:
    """A graph in API format that nobody can change; made by `from_api`."""

    #: The nodes by id, in the order of the source.
    nodes: Mapping[str, WorkflowNode]

    @classmethod
    def from_api(cls, data: object) -> Self:
        """Read and copy the API format, bare or as ``{"prompt": {...}}``.

        Of what stands beside ``class_type`` and ``inputs`` in a node, only
        ``_meta.title`` is kept; ComfyUI reads nothing else.

        Raises:
            WorkflowFormatError: When it is no such graph, is empty, has more than
                `MAX_NODES` nodes, or a link leads to a node that does not exist.
        """
        nodes: dict[str, WorkflowNode] = {}
        for key, node in _unwrapped(data).items():
            node_id = read_node_id(key)
            nodes[node_id] = read_node(node_id, node)
        for node_id, read in nodes.items():
            for name, link in read.links.items():
                _check_link(nodes, InputRef(node_id, name), link)
        return cls(MappingProxyType(nodes))

    def to_api(self) -> dict[str, Any]:
        """Return the graph as ComfyUI takes it, in fresh dicts and lists."""
        return {node_id: write_node(node) for node_id, node in self.nodes.items()}

    def with_inputs(self, values: Mapping[InputRef, object]) -> Workflow:
        """Return a copy in which these inputs have these values.

        A value ``["4", 0]`` becomes a link, as in the API format. The nodes must be
        some of this workflow's, as those that `resolve` returns are.

        Raises:
            WorkflowFormatError: When a value is none that JSON has, or links to a
                node that does not exist.
        """
        nodes = dict(self.nodes)
        for ref, value in values.items():
            node = nodes[ref.node_id]
            read = read_input(ref.node_id, value)
            if isinstance(read, Link):
                _check_link(nodes, ref, read)
            inputs = MappingProxyType({**node.inputs, ref.input_name: read})
            nodes[ref.node_id] = evolve(node, inputs=inputs)
        return Workflow(MappingProxyType(nodes))

    def ancestors(self, node_id: str) -> list[str]:
        """Return the nodes that this one depends on, nearest first, without itself.

        Ends on a graph with a circle too, which ComfyUI would refuse.
        """
        seen = {node_id}
        queue = [node_id]
        # The list grows while it is read: a queue that keeps what it gave.
        for current in queue:
            for link in self.nodes[current].links.values():
                if link.node_id not in seen:
                    seen.add(link.node_id)
                    queue.append(link.node_id)
        return queue[1:]


def read_json(text: str | bytes) -> Workflow:
    """Read a workflow from the text of a JSON file, in UTF-8 if it is bytes.

    Raises:
        WorkflowFormatError: When it is no JSON, or for the reasons of
            `Workflow.from_api`.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        data = json.loads(text)
    # ValueError: no UTF-8, no JSON, or a number of more than 4,300 digits.
    except (ValueError, RecursionError) as e:
        problem = f"this is no JSON text ({type(e).__name__}): {EXPORT_HINT}"
        raise WorkflowFormatError(problem) from e
    return Workflow.from_api(data)


def _unwrapped(data: object) -> Mapping[object, object]:
    if not isinstance(data, Mapping):
        problem = f"this is no graph in API format: {EXPORT_HINT}"
        raise WorkflowFormatError(problem)
    inner = data.get("prompt")
    # A node may bear the id "prompt", too; the wrapper has no class.
    if isinstance(inner, Mapping) and "class_type" not in inner:
        data = inner
    if isinstance(data.get("nodes"), list):
        problem = f"this is the editor's own format: {EXPORT_HINT}"
        raise WorkflowFormatError(problem)
    if not data:
        problem = f"it holds no node: {EXPORT_HINT}"
        raise WorkflowFormatError(problem)
    if len(data) > MAX_NODES:
        problem = f"{len(data)} nodes are more than {MAX_NODES}: split the workflow"
        raise WorkflowFormatError(problem)
    return data


def _check_link(nodes: Mapping[str, WorkflowNode], ref: InputRef, link: Link) -> None:
    if link.node_id not in nodes:
        problem = (
            f"its input {ref.input_name!r} is linked to node {link.node_id!r}, "
            "which does not exist: mend the link in ComfyUI and export it again"
        )
        raise WorkflowFormatError(problem, node_id=ref.node_id)
