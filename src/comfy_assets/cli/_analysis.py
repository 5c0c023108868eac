"""How the analysis of a workflow is shown, and written as JSON."""

from __future__ import annotations

from json import dumps
from typing import TYPE_CHECKING, Any, Final

from comfy_assets.cli._output import Column, printable, say, show_fields, show_table
from comfy_assets.domain.json_values import thaw_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from comfy_assets.domain.workflows.analysis import (
        AnalyzedInput,
        AnalyzedNode,
        WorkflowAnalysis,
    )

_COLUMNS: Final = (
    Column("INPUT"),
    Column("VALUE"),
    Column("TYPE"),
    Column("ROLE"),
    Column("RANGE", is_extra=True),
)
# A table has room for the begin of a prompt; JSON has the whole.
_SHOWN_LETTERS: Final = 36


def show_analysis(analysis: WorkflowAnalysis) -> None:
    """Print the inputs under their nodes, then what the whole is found to be."""
    show_table(_COLUMNS, (row for node in analysis.nodes for row in _rows(node)))
    names = {
        node.node_id: f"{node.class_type} ({node.node_id})" for node in analysis.nodes
    }
    say("")
    show_fields(
        [
            (
                "output",
                names[analysis.output] if analysis.output is not None else "not plain",
            ),
            *(("image input", entry.address) for entry in analysis.image_inputs),
            *(("style", f"Found node: {target}") for target in analysis.style_nodes),
            *(
                ("mapping", f"{mapping.target} <- {mapping.source}")
                for mapping in analysis.suggested_mappings
            ),
            *(("note", note) for note in analysis.notes),
        ]
    )


def plain_analysis(analysis: WorkflowAnalysis) -> dict[str, Any]:
    """Return an analysis as plain data."""
    return {
        "nodes": [
            {
                "node_id": node.node_id,
                "class_type": node.class_type,
                "title": node.title,
                "is_used": node.is_used,
                "inputs": [_plain_input(entry) for entry in node.inputs],
            }
            for node in analysis.nodes
        ],
        "roles": {
            str(role): [entry.address for entry in entries]
            for role, entries in analysis.roles.items()
        },
        "outputs": list(analysis.outputs),
        "output": analysis.output,
        "image_inputs": [entry.address for entry in analysis.image_inputs],
        "style_nodes": [str(target) for target in analysis.style_nodes],
        "seeds": [entry.address for entry in analysis.seeds],
        "suggested_mappings": [
            {"target": mapping.target, "source": mapping.source}
            for mapping in analysis.suggested_mappings
        ],
        "notes": list(analysis.notes),
    }


def _rows(node: AnalyzedNode) -> Iterator[tuple[object, ...]]:
    if not node.inputs:
        return
    title = f" {node.title!r}" if node.title != node.class_type else ""
    unused = "" if node.is_used else ", not in use"
    yield f"{node.class_type} ({node.node_id}){title}{unused}", "", "", "", ""
    for entry in node.inputs:
        yield (
            f"  {entry.address}",
            "(linked)" if entry.is_linked else _shown(entry.value),
            entry.type,
            entry.role or "",
            _range(entry),
        )


def _shown(value: object) -> str:
    text = printable(value if isinstance(value, str) else dumps(thaw_json(value)))
    if len(text) <= _SHOWN_LETTERS:
        return text
    return f"{text[: _SHOWN_LETTERS - 3]}..."


def _range(entry: AnalyzedInput) -> str:
    if entry.choices is not None:
        return f"{len(entry.choices)} choices"
    if entry.minimum is None and entry.maximum is None:
        return ""
    return f"{_limit(entry.minimum)} to {_limit(entry.maximum)}"


def _limit(number: float | None) -> str:
    if number is None:
        return "any"
    # Limits of seeds have twenty digits, all of which count.
    return str(number) if isinstance(number, int) else f"{number:g}"


def _plain_input(entry: AnalyzedInput) -> dict[str, Any]:
    return {
        "address": entry.address,
        "title": entry.title,
        "type": entry.type,
        "value": thaw_json(entry.value),
        "is_linked": entry.is_linked,
        "minimum": entry.minimum,
        "maximum": entry.maximum,
        "step": entry.step,
        "choices": None if entry.choices is None else thaw_json(entry.choices),
        "is_multiline": entry.is_multiline,
        "tooltip": entry.tooltip,
        "role": None if entry.role is None else str(entry.role),
    }
