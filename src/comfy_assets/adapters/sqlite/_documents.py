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


def to_microseconds(time: datetime) -> int:
    """Return an aware time as microseconds since 1970, exactly.

    Raises:
        PayloadError: When it is not aware.
    """
    if time.utcoffset() is None:
        raise PayloadError("time", [f"{time} lacks its offset from UTC"])
    return (time - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the time, aware, UTC, that `to_microseconds` was given."""
    return _EPOCH + count * _MICROSECOND


def to_document(value: object) -> str:
    """Return a value as JSON text, in ASCII: so any text survives.

    Raises:
        PayloadError: When it holds what plain data cannot, such as a time without an
            offset from UTC.
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
