"""Recorded conversations with a real ComfyUI: reading, sending again, comparing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[2] / "data" / "transcripts"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Below these keys only the type is compared: tooltips, tensors and the like differ.
_OPAQUE = {
    "current_inputs",
    "current_outputs",
    "input_config",
    "received_value",
    "traceback",
}
#: Stock names of the recording server, and what they are called here.
_RENAMED = {"sd15-mini-random.safetensors": "simulated-sd15.safetensors"}


def load(number: str) -> list[dict[str, Any]]:
    """Return the events of one recording, with names of this server's models."""
    (path,) = _FOLDER.glob(f"{number}-*.json")
    text = path.read_text(encoding="utf-8")
    for old, new in _RENAMED.items():
        text = text.replace(old, new)
    events: list[dict[str, Any]] = json.loads(text)["events"]
    return events


def exchanges(number: str) -> list[dict[str, Any]]:
    """Return the HTTP exchanges of one recording that use no private nodes."""
    return [
        event
        for event in load(number)
        if event["kind"] == "http" and "Probe" not in json.dumps(event["request"])
    ]


def frames(number: str, conn: str | None = None) -> list[Any]:
    """Return the frames that came in: text frames as JSON, binary ones described."""
    return [
        event.get("json") or event["binary"]
        for event in load(number)
        if event["kind"] == "ws-in" and conn in {None, event["conn"]}
    ]


def differences(recorded: object, actual: object, where: str = "$") -> Iterator[str]:
    """Tell where two JSON values differ in form; values and ids do not matter."""
    if where.rsplit(".", 1)[-1] in _OPAQUE:
        if _kind(recorded) != _kind(actual):
            yield f"{where}: {_kind(recorded)} became {_kind(actual)}"
    elif isinstance(recorded, dict) and isinstance(actual, dict):
        yield from _object_differences(recorded, actual, where)
    elif isinstance(recorded, list) and isinstance(actual, list):
        if len(recorded) == len(actual):
            for index, (one, other) in enumerate(zip(recorded, actual, strict=True)):
                yield from differences(one, other, f"{where}[{index}]")
        elif recorded and actual:
            yield from differences(recorded[0], actual[0], f"{where}[0]")
    elif _kind(recorded) != _kind(actual):
        yield f"{where}: {_kind(recorded)} became {_kind(actual)}"


def _object_differences(
    recorded: dict[str, Any], actual: dict[str, Any], where: str
) -> Iterator[str]:
    left = {_normal(key): value for key, value in recorded.items()}
    right = {_normal(key): value for key, value in actual.items()}
    for key in left.keys() - right.keys():
        yield f"{where}: {key} is missing"
    for key in right.keys() - left.keys():
        yield f"{where}: {key} is not in the recording"
    for key in left.keys() & right.keys():
        yield from differences(left[key], right[key], f"{where}.{key}")


def _normal(key: str) -> str:
    return _UUID.sub("<id>", key)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return type(value).__name__


def replace_ids(value: Any, ids: dict[str, str]) -> Any:
    """Put this server's ids in the place of recorded ones, anywhere in a value."""
    text = json.dumps(value)
    for old, new in ids.items():
        text = text.replace(old, new)
    return json.loads(text)
