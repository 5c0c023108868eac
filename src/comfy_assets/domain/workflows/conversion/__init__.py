"""The editor's own format to API format, as the editor itself does it.

The rules are those of ComfyUI's frontend 1.49.6 on a server 0.33: it builds live nodes
from the server's classes, pours the saved values into them, and writes those. So a file
of other versions of a class is poured as wrongly as the editor would.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion.building import build
from comfy_assets.domain.workflows.conversion.classes import check_classes
from comfy_assets.domain.workflows.conversion.emission import emit
from comfy_assets.domain.workflows.conversion.identities import make_ids_unique
from comfy_assets.domain.workflows.conversion.reading import read_document
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import WorkflowFormatError

__all__ = ["check_classes", "convert", "is_ui_format"]

# How many faults the sentence tells before it only counts them.
_TOLD: Final = 12


def is_ui_format(document: object) -> bool:
    """Return whether a JSON value is a file of the editor: it has a list of nodes."""
    return isinstance(document, Mapping) and isinstance(document.get("nodes"), list)


def convert(document: Mapping[str, Any], catalogue: Catalogue) -> Workflow:
    """Return what the editor would send to the server for a file of its own.

    Every node at work is written, needed or not. A node of a class that the server
    does not have is written with its links alone: which value belongs to which of its
    inputs only its class could tell; `check_classes` refuses such a graph.

    Args:
        document: The file's JSON, version 0.4 or 1; not changed.
        catalogue: The classes of the server that the graph is for.

    Raises:
        WorkflowFormatError: When the file cannot be converted; it names every node at
            fault and why.
    """
    if not is_ui_format(document):
        problem = "it has no list of nodes: save it again in ComfyUI"
        raise WorkflowFormatError(problem)
    saved = read_document(document)
    faults = saved.faults
    ids = make_ids_unique(saved)
    root = build(saved, catalogue, ids, faults)
    graph = emit(root, faults) if not faults else {}
    if faults:
        raise _all_at_once(faults)
    if not graph:
        problem = "no node of it takes part in a run: unmute one in ComfyUI"
        raise WorkflowFormatError(problem)
    return Workflow.from_api(graph)


def _all_at_once(faults: list[str]) -> WorkflowFormatError:
    rest = len(faults) - _TOLD
    told = "; ".join(faults[:_TOLD])
    more = f" (and {rest} more)" if rest > 0 else ""
    problem = f"it cannot be converted: {told}{more}; mend it in ComfyUI and save again"
    return WorkflowFormatError(problem)
