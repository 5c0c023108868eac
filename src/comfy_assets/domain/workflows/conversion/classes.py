"""Refuses a converted graph of classes that the server does not have."""

from __future__ import annotations

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import WorkflowFormatError


def check_classes(workflow: Workflow, catalogue: Catalogue) -> None:
    """Check that a graph out of `convert` has only classes that the server has.

    Of others `convert` writes the links alone, as only the class tells the names of
    its values: the graph would lose them without a word.

    Args:
        workflow: What was converted.
        catalogue: The classes by which it was.

    Raises:
        WorkflowFormatError: When a class is not there, or cannot be read; it names
            every such class with its nodes.
    """
    lacking: dict[str, list[str]] = {}
    for node_id, node in workflow.nodes.items():
        known = catalogue.nodes.get(node.class_type)
        if known is None or not known.is_readable:
            lacking.setdefault(node.class_type, []).append(node_id)
    if lacking:
        told = "; ".join(
            f"{class_type!r} (node {', '.join(ids)})"
            for class_type, ids in lacking.items()
        )
        problem = (
            f"the server lacks these classes: {told}. Install the custom nodes that "
            "bring them, or update ComfyUI"
        )
        raise WorkflowFormatError(problem, node_id=next(iter(lacking.values()))[0])
