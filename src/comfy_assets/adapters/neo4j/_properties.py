"""Single values as properties, and back; keys that sort as text."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from comfy_assets.converters import structure
from comfy_assets.errors import PayloadError, RepositoryError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

#: Sorts behind every `age_key`.
NEWEST: Final = "~"
_FIRST_TIME: Final = datetime.min.replace(tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_json(value: object) -> str:
    """Return plain data as JSON text, in ASCII: so any text survives."""
    return json.dumps(value, separators=(",", ":"))


def from_json(text: str | None) -> Any:  # noqa: ANN401 - any JSON
    """Return what `to_json` was given, ``None`` where there is nothing.

    Raises:
        ValueError: When the text was changed by something else.
    """
    return None if text is None else json.loads(text)


def to_time(time: datetime | None) -> datetime | None:
    """Return a time in UTC, as a property takes it.

    Raises:
        PayloadError: When it is outside the years 1 to 9999 there.
    """
    try:
        return None if time is None else time.astimezone(UTC)
    except OverflowError as error:
        raise PayloadError("time", [f"{time} is no time in UTC"]) from error


def from_time(time: datetime | None) -> str | None:
    """Return a property's time as plain data has it."""
    return None if time is None else time.isoformat()


def to_seed(seed: int | None) -> str | None:
    """Return a seed as text: Neo4j's numbers end at 2^63-1."""
    return None if seed is None else str(seed)


def from_seed(text: str | None) -> int | None:
    """Return the seed that `to_seed` was given.

    Raises:
        ValueError: When something else changed the text.
        TypeError: When it is no text any more.
    """
    # With a base, for without one a float would lose its fraction in silence.
    return None if text is None else int(text, 10)


def age_key(created_at: datetime, identifier: str) -> str:
    """Return a text that sorts by age, then by id."""
    return f"{_microseconds(created_at):016x}{identifier}"


def sortable(text: str) -> str:
    """Return a text so that it can stand before another one in a key.

    Keys then sort by the first text and, where it is the same, by what follows: the
    blank at the end is less than all that is before it.
    """
    escaped = "".join(f"!{chr(ord('0') + ord(c))}" if c <= "!" else c for c in text)
    return f"{escaped} "


def read_node(properties: Mapping[str, Any], plain: dict[str, Any], kind: type[T]) -> T:
    """Return the value whose plain data was read out of a node.

    Raises:
        RepositoryError: When something else changed the node into no such value.
    """
    try:
        return structure(plain, kind)
    except PayloadError as error:
        raise damaged(kind.__name__, properties, error) from error


def damaged(
    kind: str, properties: Mapping[str, Any], error: Exception
) -> RepositoryError:
    """Return the error for a node that something else changed."""
    operation = f"read the {kind} {properties.get('id')}"
    problem = f"{error} Something else changed its node; put it right."
    return RepositoryError(operation, problem)


def _microseconds(time: datetime) -> int:
    return (time - _FIRST_TIME) // _MICROSECOND
