"""Reads WebSocket frames into message values; pure, and never raises on any input.

Frames as in ComfyUI 0.33 (``/ws``), and older ones back to 2023. What is unknown, or
known but malformed, gives ``None``: custom nodes send frames of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from attrs import field, frozen

_PREVIEW: Final = 1
_PREVIEW_WITH_METADATA: Final = 4
_MEDIA_TYPES: Final = {1: "image/jpeg", 2: "image/png"}
#: Bytes of metadata in front of a picture beyond which a frame is not believed.
_MAX_METADATA: Final = 64 * 1024


@frozen(kw_only=True)
class RunStarted:
    """``execution_start``: the worker took the run."""

    prompt_id: str


@frozen(kw_only=True)
class NodesCached:
    """``execution_cached``: these nodes will not run, their results are known."""

    prompt_id: str
    node_ids: tuple[str, ...]


@frozen(kw_only=True)
class NodeStarted:
    """``executing`` with a node; without `prompt_id` just after a reconnect."""

    prompt_id: str | None
    node_id: str


@frozen(kw_only=True)
class RunLeft:
    """``executing`` without a node: the worker put the run down, however it ended."""

    prompt_id: str


@frozen(kw_only=True)
class NodeProgress:
    """How far one node is: ``progress``, or one entry of ``progress_state``."""

    node_id: str
    value: float
    maximum: float
    is_finished: bool = False


@frozen(kw_only=True)
class NodesProgressed:
    """``progress`` (one node) or ``progress_state`` (all nodes touched so far)."""

    prompt_id: str
    nodes: tuple[NodeProgress, ...]


@frozen(kw_only=True)
class NodeExecuted:
    """``executed``: an output node is done; `output` is ``None`` where it has none."""

    prompt_id: str
    node_id: str
    output: Mapping[str, Any] | None = None


@frozen(kw_only=True)
class RunSucceeded:
    """``execution_success``: the run ended well; its history entry may come later."""

    prompt_id: str


@frozen(kw_only=True)
class RunFailed:
    """``execution_error``: a node raised, and the run has ended."""

    prompt_id: str
    node_id: str
    class_type: str
    message: str
    exception_type: str


@frozen(kw_only=True)
class RunInterrupted:
    """``execution_interrupted``: somebody stopped the run."""

    prompt_id: str


@frozen(kw_only=True)
class PictureCame:
    """A binary frame: a preview, or a final picture of a node that saves nothing."""

    #: ``None`` in type 1, which carries no ids.
    prompt_id: str | None
    node_id: str | None
    media_type: str
    data: bytes = field(repr=False)


Message: TypeAlias = (
    RunStarted
    | NodesCached
    | NodeStarted
    | RunLeft
    | NodesProgressed
    | NodeExecuted
    | RunSucceeded
    | RunFailed
    | RunInterrupted
    | PictureCame
)


def parse_frame(frame: str | bytes) -> Message | None:
    """Read one WebSocket frame; ``None`` for whatever says nothing about a run."""
    if isinstance(frame, bytes):
        return _parse_binary(frame)
    content = parse_json(frame)
    if not isinstance(content, Mapping):
        return None
    return read_message(content.get("type"), content.get("data"))


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - any JSON
    """Read JSON leniently, ``NaN`` included; ``None`` for what is none.

    ComfyUI repeats a NaN that a graph brought in, bare, in ``/history`` and frames.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def read_message(kind: object, data: object) -> Message | None:
    """Read a message by type and content; history's ``messages`` have the same form."""
    if not isinstance(data, Mapping):
        return None
    prompt_id = data.get("prompt_id")
    if kind == "executing":
        return _read_executing(data, prompt_id)
    if not isinstance(prompt_id, str):
        return None
    read = _READERS.get(kind) if isinstance(kind, str) else None
    return None if read is None else read(data, prompt_id)


def _read_executing(data: Mapping[str, Any], prompt_id: object) -> Message | None:
    known_id = prompt_id if isinstance(prompt_id, str) else None
    if data.get("node") is None:
        return None if known_id is None else RunLeft(prompt_id=known_id)
    node_id = _node_of(data, "display_node", "node")
    if node_id is None:
        return None
    return NodeStarted(prompt_id=known_id, node_id=node_id)


def _read_progress(data: Mapping[str, Any], prompt_id: str) -> Message | None:
    node_id = _node_of(data, "node")
    if node_id is None:
        return None
    node = _node_progress(node_id, data)
    return None if node is None else NodesProgressed(prompt_id=prompt_id, nodes=(node,))


def _read_progress_state(data: Mapping[str, Any], prompt_id: str) -> Message | None:
    nodes = data.get("nodes")
    if not isinstance(nodes, Mapping):
        return None
    found = []
    for key, state in nodes.items():
        if isinstance(state, Mapping):
            # An expanded node (id "2.0.0.1") counts for the one that it stands in.
            node_id = _node_of(state, "real_node_id", "display_node_id") or key
            node = _node_progress(node_id, state)
            if node is not None:
                found.append(node)
    return NodesProgressed(prompt_id=prompt_id, nodes=tuple(found))


def _node_progress(node_id: str, data: Mapping[str, Any]) -> NodeProgress | None:
    value, maximum = data.get("value"), data.get("max")
    if not isinstance(value, int | float) or not isinstance(maximum, int | float):
        return None
    # Comparing excludes NaN and infinity; a node may go beyond its own maximum.
    if not 0 <= value < float("inf") or not 0 < maximum < float("inf"):
        return None
    return NodeProgress(
        node_id=node_id,
        value=value,
        maximum=maximum,
        is_finished=data.get("state") == "finished",
    )


def _read_executed(data: Mapping[str, Any], prompt_id: str) -> Message | None:
    node_id = _node_of(data, "display_node", "node")
    output = data.get("output")
    if node_id is None:
        return None
    return NodeExecuted(
        prompt_id=prompt_id,
        node_id=node_id,
        output=output if isinstance(output, Mapping) else None,
    )


def _read_error(data: Mapping[str, Any], prompt_id: str) -> Message | None:
    exception_type = _text(data.get("exception_type"))
    # A node that blocks its consumers with a message; the run goes on and ends well.
    if exception_type == "ExecutionBlocked":
        return None
    return RunFailed(
        prompt_id=prompt_id,
        node_id=_text(data.get("node_id")),
        class_type=_text(data.get("node_type")),
        message=_text(data.get("exception_message")),
        exception_type=exception_type,
    )


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], str], Message | None]]] = {
    "execution_start": lambda _, prompt_id: RunStarted(prompt_id=prompt_id),
    "execution_cached": lambda data, prompt_id: NodesCached(
        prompt_id=prompt_id, node_ids=_texts(data.get("nodes"))
    ),
    "progress": _read_progress,
    "progress_state": _read_progress_state,
    "executed": _read_executed,
    "execution_success": lambda _, prompt_id: RunSucceeded(prompt_id=prompt_id),
    "execution_error": _read_error,
    "execution_interrupted": lambda _, prompt_id: RunInterrupted(prompt_id=prompt_id),
}


def _parse_binary(frame: bytes) -> Message | None:
    kind = int.from_bytes(frame[:4], "big")
    number = int.from_bytes(frame[4:8], "big")
    if kind == _PREVIEW and number in _MEDIA_TYPES:
        return PictureCame(
            prompt_id=None,
            node_id=None,
            media_type=_MEDIA_TYPES[number],
            data=frame[8:],
        )
    if kind != _PREVIEW_WITH_METADATA or number > _MAX_METADATA:
        return None
    metadata = parse_json(frame[8 : 8 + number])
    if not isinstance(metadata, Mapping):
        return None
    prompt_id, media_type = metadata.get("prompt_id"), metadata.get("image_type")
    if not isinstance(prompt_id, str) or not isinstance(media_type, str):
        return None
    if media_type not in _MEDIA_TYPES.values():
        return None
    return PictureCame(
        prompt_id=prompt_id,
        node_id=_node_of(metadata, "display_node_id", "node_id"),
        media_type=media_type,
        data=frame[8 + number :],
    )


def _node_of(data: Mapping[str, Any], *keys: str) -> str | None:
    """Return the first of these that names a node."""
    return next((data[key] for key in keys if isinstance(data.get(key), str)), None)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value if isinstance(item, str))
