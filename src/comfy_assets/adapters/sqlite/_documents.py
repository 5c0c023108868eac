"""Values as columns and documents, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar

from comfy_assets.converters import structure, unstructure
from comfy_assets.errors import PayloadError, RepositoryError

T = TypeVar("T")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_column(text: str) -> str | bytes:
    """Return a text as SQLite can store and compare it.

    Half a surrogate pair has no form in UTF-8; Python lets such texts come from file
    names and broken JSON. They are stored as bytes: equal to themselves, to nothing
    else, and sorted behind every text.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def from_column(stored: str | bytes) -> str:
    """Return the text that `to_column` was given."""
    if isinstance(stored, bytes):
        return stored.decode("utf-8", "surrogatepass")
    return stored


def optional(text: str | None) -> str | bytes | None:
    """Return a text that may be missing as SQLite can store and compare it."""
    return None if text is None else to_column(text)


def to_microseconds(time: datetime) -> int:
    """Return an aware time as microseconds since 1970, exactly."""
    return (time - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the time, aware, UTC, that `to_microseconds` was given."""
    return _EPOCH + count * _MICROSECOND


def to_document(value: object) -> str:
    """Return a value as JSON text, in ASCII: so any text survives.

    Raises:
        PayloadError: When a field for JSON values holds anything else.
    """
    return json.dumps(unstructure(value), separators=(",", ":"))


def from_document(document: str, kind: type[T]) -> T:
    """Return the value that `to_document` was given.

    Raises:
        RepositoryError: When the document was changed by something else.
    """
    try:
        return structure(json.loads(document), kind)
    except (ValueError, RecursionError) as error:
        operation = f"read a stored {kind.__name__}"
        known = isinstance(error, PayloadError)
        problem = str(error) if known else "its document is no JSON"
        raise RepositoryError(operation, f"{problem} Restore a backup.") from error
