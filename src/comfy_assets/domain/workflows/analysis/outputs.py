"""Which output of a workflow is *the* output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.graph import Link

if TYPE_CHECKING:
    from collections.abc import Collection

    from comfy_assets.domain.workflows.roles import TypedGraph

# Words in the names of classes that show no picture of their own (ComfyUI 0.33).
_ASIDE: Final = ("PreviewAny", "Compare", "Mask")
# Comparing takes time by the square of their number.
_COMPARED: Final = 50


def choose_output(
    graph: TypedGraph, painting: Collection[str]
) -> tuple[str | None, list[str]]:
    """Return the node that gives the picture, if one does, and what is to be said.

    What saves goes before what previews, and pictures before texts. Of several the
    last stage is taken: the one behind all that the others have behind them.

    Args:
        graph: The workflow.
        painting: The nodes that paint.
    """
    ranked: dict[int, list[str]] = {}
    for node_id in graph.outputs:
        ranked.setdefault(_rank(graph, node_id), []).append(node_id)
    if not ranked:
        return None, ["No node gives an output: add a SaveImage."]
    best = ranked[min(ranked)]
    if len(best) > _COMPARED:
        return None, [f"{len(best)} nodes give an output: too many to tell the last."]
    behind = {
        node_id: frozenset(painting).intersection(
            [node_id, *graph.workflow.ancestors(node_id)]
        )
        for node_id in best
    }
    last = [i for i in best if not any(behind[i] < behind[other] for other in best)]
    if len(last) > 1:
        told = ", ".join(_named(graph, node_id) for node_id in last)
        return None, [
            f"{len(last)} nodes give an output, none of them the last: {told}."
        ]
    passed = [_named(graph, node_id) for node_id in best if node_id not in last]
    notes = []
    if passed:
        notes.append(
            f"The output is {_named(graph, last[0])}, the last stage; "
            f"earlier ones give pictures too: {', '.join(passed)}."
        )
    return last[0], notes


def _rank(graph: TypedGraph, node_id: str) -> int:
    """Return how little an output node is one.

    0 saves, 1 shows, 2 saves a text, 3 tells or compares something, 4 stands alone.
    """
    node = graph.workflow.nodes[node_id]
    name = node.class_type
    if node_id not in graph.alive or not any(
        isinstance(value, Link) for value in node.inputs.values()
    ):
        return 4
    if any(word in name for word in _ASIDE):
        return 3
    if "filename_prefix" in node.inputs or "Save" in name:
        return 2 if "Text" in name else 0
    return 1


def _named(graph: TypedGraph, node_id: str) -> str:
    return f"{graph.workflow.nodes[node_id].class_type} ({node_id})"
