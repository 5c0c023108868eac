"""Tells what a person gave as a workflow, and takes the graph out of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from comfy_assets.domain.workflows.conversion import is_ui_format
from comfy_assets.domain.workflows.embedded import embedded_texts, is_picture
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.nodes import EXPORT_HINT
from comfy_assets.errors import WorkflowFormatError

#: More bytes than this are not looked at: pictures are smaller.
MAX_SOURCE_BYTES: Final = 256 * 2**20
# Parsed JSON takes many times the memory of its text.
_MAX_JSON: Final = 32 * 2**20
# A run of ``/api/jobs`` holds a workflow that holds a prompt: three wrappings.
_MAX_WRAPPINGS: Final = 6
# Where ``[number, prompt_id, graph, extra_data, …]`` of /history and /queue has it.
_GRAPH, _EXTRA_DATA = 2, 3


@frozen
class UiFormat:
    """A file of the editor: `convert` makes a workflow of it, by a server's classes."""

    #: The file's JSON.
    document: Mapping[str, Any] = field(repr=False)


#: What was found in a source.
Found: TypeAlias = Workflow | UiFormat


def read_source(
    source: str | bytes | Mapping[str, Any], *, prefer_ui_format: bool = False
) -> Found:
    """Return the workflow in something that holds one; what it is, is detected.

    Taken are: a graph in API format, bare or as ``{"prompt": …}``; a file of the
    editor, bare or as ``{"workflow": …}``; an entry of ``/history``, ``/queue`` or
    ``/api/jobs``; and, as bytes, a PNG, WebP or JPEG that ComfyUI wrote.

    Args:
        source: Text is JSON, as are bytes that are no picture, in UTF-8.
        prefer_ui_format: Where both formats are there, as in pictures: take the
            editor's. By default the graph that the server ran is taken.

    Raises:
        WorkflowFormatError: When it is none of these, or its graph cannot be read.
    """
    if isinstance(source, bytes) and is_picture(source):
        _check_size(len(source), MAX_SOURCE_BYTES)
        data: object = embedded_texts(source)
    elif isinstance(source, str | bytes):
        data = _parsed(source)
    else:
        data = source
    api, ui = _unwrapped(data, _MAX_WRAPPINGS)
    if ui is not None and (prefer_ui_format or api is None):
        return UiFormat(ui)
    return Workflow.from_api(data if api is None else api)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        problem = f"it has {size:,} bytes, more than {limit:,}: it is no workflow"
        raise WorkflowFormatError(problem)


def _parsed(text: str | bytes) -> object:
    _check_size(len(text), _MAX_JSON)
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(text)
    # ValueError: no UTF-8, no JSON, or a number of more than 4,300 digits.
    except (ValueError, RecursionError) as e:
        problem = (
            f"this is neither JSON text nor a PNG, WebP or JPEG ({type(e).__name__}): "
            f"{EXPORT_HINT}, or save it in the editor"
        )
        raise WorkflowFormatError(problem) from e


def _unwrapped(
    data: object, left: int
) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """Return the graph in API format and the editor's file, where they are there."""
    if isinstance(data, str) and left:
        # Tools that read a picture's texts hand them on as they are.
        return _unwrapped(_parsed(data), left - 1)
    if isinstance(data, list | tuple) and len(data) > _GRAPH and left:
        return _of_run(data, left)
    if not isinstance(data, Mapping):
        return None, None
    if is_ui_format(data):
        return None, data
    api, ui = None, None
    if "prompt" in data and not _is_node(data["prompt"]):
        api, ui = _unwrapped(data["prompt"], left - 1) if left else (None, None)
    if "workflow" in data and not _is_node(data["workflow"]) and left:
        inner_api, inner_ui = _unwrapped(data["workflow"], left - 1)
        api, ui = api or inner_api, ui or inner_ui
    if "extra_data" in data and left:
        ui = ui or _of_extra_data(data["extra_data"], left)
    if api is None and ui is None:
        return _bare(data, left)
    return api, ui


def _bare(
    data: Mapping[str, Any], left: int
) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    """Return a graph itself, or what the only entry of a history holds."""
    if any(_is_node(value) for value in data.values()):
        return data, None
    if len(data) == 1 and left:
        entry = next(iter(data.values()))
        if isinstance(entry, Mapping) and "prompt" in entry:
            return _unwrapped(entry, left - 1)
    return None, None


def _of_run(
    run: list[Any] | tuple[Any, ...], left: int
) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
    graph = run[_GRAPH]
    ui = _of_extra_data(run[_EXTRA_DATA], left) if len(run) > _EXTRA_DATA else None
    return (graph if isinstance(graph, Mapping) else None), ui


def _of_extra_data(data: object, left: int) -> Mapping[str, Any] | None:
    """Return the editor's file that a client sent along with its graph."""
    match data:
        case {"extra_pnginfo": {"workflow": workflow}}:
            return _unwrapped(workflow, left - 1)[1]
        case _:
            return None


def _is_node(value: object) -> bool:
    return isinstance(value, Mapping) and "class_type" in value
