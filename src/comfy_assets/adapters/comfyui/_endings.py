"""Reads ``/history`` and ``/queue``: how a run ended, and whether it is in the queue.

Pure, and lenient: what is malformed reads as "not there". ComfyUI 2023 to 0.33.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from comfy_assets.adapters.comfyui._messages import RunFailed, read_message
from comfy_assets.adapters.comfyui._outputs import Outputs, read_outputs

#: Our key in ``extra_data``, which ``/queue`` and ``/history`` echo.
EXTRA_KEY: Final = "comfy_assets"


@frozen(kw_only=True)
class EndedWell:
    """The run succeeded and left this."""

    outputs: Outputs
    #: Whether the server says so; before 2024 it keeps no word about that.
    is_certain: bool = True


@frozen(kw_only=True)
class EndedBadly:
    """A node raised."""

    failure: RunFailed


@frozen(kw_only=True)
class EndedInterrupted:
    """Somebody stopped the run."""


RunEnd: TypeAlias = EndedWell | EndedBadly | EndedInterrupted


@frozen(kw_only=True)
class Place:
    """Where a run is."""

    #: ``None`` where the server does not know the run.
    where: Literal["waiting", "working", "ended"] | None
    #: The id that the server knows it by.
    server_id: str | None = None
    #: How it ended, for ``"ended"``.
    end: RunEnd | None = None


#: The server knows nothing of the run.
NOWHERE: Final = Place(where=None)


def extra_data_for(prompt_id: str) -> dict[str, Any]:
    """Return the ``extra_data`` by which a run is found again under a foreign id.

    Servers before July 2025 choose the ``prompt_id`` themselves.
    """
    return {EXTRA_KEY: {"prompt_id": prompt_id}}


def read_history(history: object, server_id: str) -> RunEnd | None:
    """Return how the run ended; ``None`` where ``/history`` has no entry of it."""
    entry = history.get(server_id) if isinstance(history, Mapping) else None
    if not isinstance(entry, Mapping):
        return None
    outputs = read_outputs(entry.get("outputs"), entry.get("meta"))
    status = entry.get("status")
    if not isinstance(status, Mapping):
        return EndedWell(outputs=outputs, is_certain=False)
    if status.get("status_str") != "error":
        return EndedWell(outputs=outputs)
    return _read_bad_end(status.get("messages"), server_id)


def find_in_history(history: object, prompt_id: str) -> str | None:
    """Return the server's id of the newest run that carries ours in ``extra_data``."""
    if not isinstance(history, Mapping):
        return None
    found = None
    # Oldest first: an id that was run twice is the later one.
    for server_id, entry in history.items():
        item = entry.get("prompt") if isinstance(entry, Mapping) else None
        if isinstance(server_id, str) and _our_id(item) == prompt_id:
            found = server_id
    return found


def find_in_queue(queue: object, *, server_id: str, prompt_id: str) -> Place:
    """Look for a run among those at work and waiting, by its id or by ours."""
    if isinstance(queue, Mapping):
        for key, where in _QUEUE_KEYS:
            items = queue.get(key)
            for item in items if isinstance(items, list) else ():
                found = _id_of(item)
                if found is not None and (
                    found == server_id or _our_id(item) == prompt_id
                ):
                    return Place(where=where, server_id=found)
    return NOWHERE


_QUEUE_KEYS: Final[tuple[tuple[str, Literal["waiting", "working"]], ...]] = (
    ("queue_running", "working"),
    ("queue_pending", "waiting"),
)
#: Positions in an item ``[number, prompt_id, graph, extra_data, outputs]``.
_ID, _EXTRA_DATA = 1, 3


def _read_bad_end(messages: object, server_id: str) -> RunEnd:
    for message in messages if isinstance(messages, list) else ():
        match message:
            case ["execution_interrupted", _]:
                return EndedInterrupted()
            case ["execution_error", data]:
                failure = read_message("execution_error", data)
                if isinstance(failure, RunFailed):
                    return EndedBadly(failure=failure)
            case _:
                pass
    return EndedBadly(
        failure=RunFailed(
            prompt_id=server_id,
            node_id="?",
            class_type="?",
            message="the server's history does not tell why",
            exception_type="",
        )
    )


def _id_of(item: object) -> str | None:
    if not isinstance(item, list) or len(item) <= _ID:
        return None
    found = item[_ID]
    return found if isinstance(found, str) else None


def _our_id(item: object) -> object:
    if not isinstance(item, list) or len(item) <= _EXTRA_DATA:
        return None
    extra_data = item[_EXTRA_DATA]
    ours = extra_data.get(EXTRA_KEY) if isinstance(extra_data, Mapping) else None
    return ours.get("prompt_id") if isinstance(ours, Mapping) else None
