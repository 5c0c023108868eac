"""`read_workflow`: the graph in whatever a host gives as a workflow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import anyio

from comfy_assets.domain.workflows.conversion import check_classes, convert
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.sources import (
    MAX_SOURCE_BYTES,
    UiFormat,
    read_source,
)
from comfy_assets.errors import ComfyUIUnavailableError, WorkflowFormatError
from comfy_assets.services.catalogues import ask_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.ports.comfy import ComfyClient

#: What a workflow may be given as: the path of a file, JSON text, the bytes of JSON or
#: of a picture, parsed JSON, or the graph itself.
WorkflowSource: TypeAlias = "Path | str | bytes | Mapping[str, Any] | Workflow"

_ONLY_WITH_A_SERVER: Final = (
    "a file of the editor is converted by the server's classes of nodes. Start "
    "ComfyUI, or give the file of 'Export (API)', which needs no server"
)


async def read_workflow(
    source: WorkflowSource, comfy: ComfyClient, *, prefer_ui_format: bool = False
) -> Workflow:
    """Return the graph that a source holds; what the source is, is detected.

    Args:
        source: As in `WorkflowService.put`.
        comfy: Asked for its classes only when a file of the editor is to be converted.
        prefer_ui_format: Convert the editor's workflow where the source, such as a
            picture, holds the graph that ran as well.

    Raises:
        WorkflowFormatError: When the source cannot be read, holds no workflow, or
            cannot be converted; it names every node at fault and why.
        ComfyUIUnavailableError: When a server is needed and cannot be reached.
        ComfyUIError: When its classes cannot be read.
    """
    if isinstance(source, Workflow):
        return source
    data = await _read_file(source) if isinstance(source, Path) else source
    found = read_source(data, prefer_ui_format=prefer_ui_format)
    if isinstance(found, Workflow):
        return found
    return await _converted(found, comfy)


async def _converted(found: UiFormat, comfy: ComfyClient) -> Workflow:
    try:
        catalogue = await ask_catalogue(comfy)
    except ComfyUIUnavailableError as e:
        problem = f"it cannot be reached: {_ONLY_WITH_A_SERVER}"
        raise ComfyUIUnavailableError(comfy.server, problem) from e
    workflow = convert(found.document, catalogue)
    check_classes(workflow, catalogue)
    return workflow


async def _read_file(path: Path) -> bytes:
    file = anyio.Path(path)
    try:
        size = (await file.stat()).st_size
        data = await file.read_bytes() if size <= MAX_SOURCE_BYTES else b""
    except (OSError, ValueError) as error:
        problem = f"the file {path.name!r} cannot be read: {error}"
        raise WorkflowFormatError(problem) from error
    if size > MAX_SOURCE_BYTES:
        problem = f"the file {path.name!r} has {size:,} bytes: it is no workflow"
        raise WorkflowFormatError(problem)
    return data
