"""`WorkflowNode`: one node of a graph, to and from ComfyUI's API format."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from comfy_assets.domain.json_values import freeze_json, thaw_json
from comfy_assets.errors import WorkflowFormatError

#: What to do with a file that is no graph in API format.
EXPORT_HINT: Final = "export the workflow with 'Export (API)'"

# Larger floats have no neighbours at distance 1: they cannot count outputs.
_SLOT_LIMIT = 2**53


@frozen
class Link:
    """An input's source: one output of another node.

    Written ``["4", 0]`` in the API format (``POST /prompt``, ComfyUI 0.3).
    """

    #: The node whose output is taken.
    node_id: str
    #: Which of its outputs, counted from 0.
    slot: int


@frozen(order=True)
class InputRef:
    """One input of one node."""

    #: The node that has the input.
    node_id: str
    #: The input's name, such as ``"text"``.
    input_name: str


@frozen(kw_only=True)
class WorkflowNode:
    """One node of a workflow."""

    #: Its class, such as ``"KSampler"``.
    class_type: str
    #: By name, a `Link` or a frozen JSON value.
    inputs: Mapping[str, Any]
    #: The title that a person gave it (``_meta.title``), if any.
    title: str | None = None

    @property
    def links(self) -> Mapping[str, Link]:
        """The inputs that take another node's output, by name."""
        return {
            name: value
            for name, value in self.inputs.items()
            if isinstance(value, Link)
        }

    def literal(self, input_name: str) -> Any:  # noqa: ANN401 - any JSON
        """Return an input's own value; ``None`` where it is a link or absent."""
        value = self.inputs.get(input_name)
        return None if isinstance(value, Link) else value


def read_node_id(node_id: object) -> str:
    """Check a node's id.

    Raises:
        WorkflowFormatError: When it is no text, or an empty one.
    """
    if not isinstance(node_id, str) or not node_id:
        problem = f'the node id {node_id!r} is no text: write it as "6"'
        raise WorkflowFormatError(problem)
    freeze_json(node_id)
    return node_id


def read_node(node_id: str, data: object) -> WorkflowNode:
    """Read and copy one node of the API format.

    Raises:
        WorkflowFormatError: When it has no ``class_type``, its ``inputs`` are no
            mapping, or a value is none that JSON has.
    """
    if not isinstance(data, Mapping):
        problem = f"it is no node: {EXPORT_HINT}"
        raise WorkflowFormatError(problem, node_id=node_id)
    class_type = data.get("class_type")
    if not isinstance(class_type, str) or not class_type:
        problem = f"it has no class_type: {EXPORT_HINT}"
        raise WorkflowFormatError(problem, node_id=node_id)
    inputs = data.get("inputs", {})
    if not isinstance(inputs, Mapping):
        problem = f"its inputs are no mapping: {EXPORT_HINT}"
        raise WorkflowFormatError(problem, node_id=node_id)
    meta = data.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    names = read_input(node_id, dict.fromkeys(inputs))
    return WorkflowNode(
        class_type=read_input(node_id, class_type),
        inputs=MappingProxyType(
            {name: read_input(node_id, inputs[name]) for name in names}
        ),
        title=read_input(node_id, title) if isinstance(title, str) else None,
    )


def read_input(node_id: str, value: object) -> Any:  # noqa: ANN401 - any JSON
    """Read and copy the value of one input: a `Link` or a frozen JSON value.

    Raises:
        WorkflowFormatError: When it is no JSON value.
    """
    if isinstance(value, Link):
        return value
    try:
        read = freeze_json(value)
    except WorkflowFormatError as e:
        raise WorkflowFormatError(e.problem, node_id=node_id) from e
    # As ComfyUI's `is_link` (comfy_execution/graph_utils.py, 0.3), which lets a float
    # count an output too, and looks at whole inputs only, never inside a value.
    match read:
        case (str(), bool()):
            return read
        case (str(source), int() | float() as slot) if (
            0 <= slot < _SLOT_LIMIT and slot % 1 == 0
        ):
            return Link(source, int(slot))
    return read


def write_node(node: WorkflowNode) -> dict[str, Any]:
    """Return the node in API format, in fresh dicts and lists."""
    data: dict[str, Any] = {
        "class_type": node.class_type,
        "inputs": {name: _write_input(value) for name, value in node.inputs.items()},
    }
    if node.title is not None:
        data["_meta"] = {"title": node.title}
    return data


def _write_input(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Link):
        return [value.node_id, value.slot]
    return thaw_json(value)
