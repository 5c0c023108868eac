"""Single values to and from plain data: checked, never coerced."""

from __future__ import annotations

import base64
import reprlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from comfy_assets.converters._faults import FaultError
from comfy_assets.domain.json_values import freeze_json, thaw_json
from comfy_assets.errors import WorkflowFormatError


def exactly(name: str, *kinds: type) -> Callable[[object, object], object]:
    """Return a hook that lets values of these types pass and nothing else."""

    def check(data: object, _: object) -> object:
        # bool is an int to Python, and never what a number means.
        if not isinstance(data, kinds) or (
            isinstance(data, bool) and bool not in kinds
        ):
            message = f"must be {name}, not {_kind_of(data)}"
            raise FaultError(message)
        return data

    return check


def as_mapping(data: object) -> Mapping[Any, Any]:
    """Let a mapping pass.

    Raises:
        FaultError: When it is none.
    """
    if not isinstance(data, Mapping):
        message = f"must be an object, not {_kind_of(data)}"
        raise FaultError(message)
    return data


def as_list(data: object) -> list[Any] | tuple[Any, ...]:
    """Let a list pass; a text is a sequence too, and never what a list means.

    Raises:
        FaultError: When it is none.
    """
    if not isinstance(data, (list, tuple)):
        message = f"must be a list, not {_kind_of(data)}"
        raise FaultError(message)
    return data


def read_member(data: object, kind: type[StrEnum]) -> StrEnum:
    """Return the member of an enum that has this value.

    Raises:
        FaultError: When none has.
    """
    if isinstance(data, str):
        with suppress(ValueError):
            return kind(data)
    message = f"must be one of {', '.join(kind)}, not {reprlib.repr(data)}"
    raise FaultError(message)


def read_time(data: object, _: object) -> datetime:
    """Return an ISO time in UTC.

    Raises:
        FaultError: When it is none, lacks its offset, or is beyond the years 1 to 9999.
    """
    try:
        # What is no text raises the TypeError below.
        time = datetime.fromisoformat(cast("str", data))
        return _in_utc(time)
    except (TypeError, ValueError, OverflowError) as error:
        message = f"must be an ISO time with its offset, not {reprlib.repr(data)}"
        raise FaultError(message) from error


def write_time(time: datetime) -> str:
    """Return an aware time as ISO text in UTC.

    Raises:
        FaultError: When it is naive.
    """
    return _in_utc(time).isoformat()


def read_bytes(data: object, _: object) -> bytes:
    """Return what a base64 text holds.

    Raises:
        FaultError: When it is none.
    """
    try:
        # What is no text raises the TypeError below.
        return base64.b64decode(cast("str", data), validate=True)
    except (TypeError, ValueError) as error:
        raise FaultError("must be base64 text") from error


def write_bytes(data: bytes) -> str:
    """Return bytes as base64 text."""
    return base64.b64encode(data).decode("ascii")


def plain_json(value: object) -> Any:  # noqa: ANN401 - any JSON
    """Copy a JSON value into fresh dicts and lists.

    Raises:
        FaultError: When `freeze_json` refuses it.
    """
    try:
        return thaw_json(freeze_json(value))
    except WorkflowFormatError as error:
        raise FaultError(error.problem) from error


def write_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a failure's details, putting a short text for what is no JSON value."""
    plain: dict[str, Any] = {}
    for key, value in details.items():
        try:
            plain[key] = plain_json(value)
        except FaultError:
            plain[key] = reprlib.repr(value)
    return plain


def _in_utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        message = f"the time {time.isoformat()} lacks its offset from UTC"
        raise FaultError(message)
    return time.astimezone(UTC)


def _kind_of(data: object) -> str:
    return "null" if data is None else f"a {type(data).__name__}"
