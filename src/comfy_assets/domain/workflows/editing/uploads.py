"""Reads what a person gives as the workflow in place of a draft's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from comfy_assets.domain.workflows.conversion import check_classes, convert
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.sources import read_source
from comfy_assets.errors import WorkflowFormatError

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.catalogue import Catalogue


def read_upload(
    source: Workflow | str | bytes | Mapping[str, Any], catalogue: Catalogue | None
) -> Workflow:
    """Return the graph in a file that holds one.

    Args:
        source: As in `read_source`.
        catalogue: The classes of the server, for a file of the editor.

    Raises:
        WorkflowFormatError: When there is none in it, it cannot be read, or it is a
            file of the editor that cannot be converted here.
    """
    if isinstance(source, Workflow):
        return source
    found = read_source(source)
    if isinstance(found, Workflow):
        return found
    if catalogue is None:
        problem = (
            "a file of the editor is converted by the server's classes of nodes, and "
            "this draft was opened without them: start ComfyUI and open it anew, or "
            "give the file of 'Export (API)'"
        )
        raise WorkflowFormatError(problem)
    workflow = convert(found.document, catalogue)
    check_classes(workflow, catalogue)
    return workflow
