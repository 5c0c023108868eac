"""Places in the waiting line: texts that sort, with room between any two of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import BatchId

# Hexadecimal digits sort as text in the same order as by value, in every database.
_DIGITS: Final = "0123456789abcdef"
_BASE: Final = len(_DIGITS)
_WIDTH: Final = 16
_ID_DIGITS: Final = 8
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def position_key_at(now: datetime, batch_id: BatchId) -> str:
    """Return the place of a batch that is lined up at this time, behind all before.

    Args:
        now: Aware time; the key counts its microseconds since 1970.
        batch_id: Settles a tie between hosts, so that no two batches share a place.
    """
    # Whole numbers only: as a float, two neighbouring microseconds may become one.
    moment = format((now - _EPOCH) // timedelta(microseconds=1), f"0{_WIDTH}x")
    # The last digit is never 0, or a key could be another's beginning followed by
    # zeros, and then no text would sort between the two.
    return moment + batch_id[:_ID_DIGITS] + _DIGITS[_BASE // 2]


def position_key_between(low: str | None, high: str | None) -> str:
    """Return a place behind `low` and before `high`, where ``None`` is the line's end.

    Without `high` it is the place right behind `low`, before all that is lined up
    later. Keys are read as hexadecimal fractions that never end in ``0``, so that
    there is always one more between two of them.

    Raises:
        ValueError: When `low` does not sort before `high`, or `high` ends in ``0`` so
            that nothing sorts before it.
    """
    if low is not None and high is not None and low >= high:
        message = f"{low!r} does not sort before {high!r}"
        raise ValueError(message)
    if high is None and low is not None and set(low) <= set(_DIGITS):
        return low + _DIGITS[_BASE // 2]
    key: list[str] = []
    lower = low or ""
    upper = high
    for place in range(len(lower) + len(upper or "") + 2):
        floor = _DIGITS.index(lower[place]) if place < len(lower) else 0
        ceiling = _ceiling(upper, place)
        if ceiling - floor > 1:
            key.append(_DIGITS[(floor + ceiling) // 2])
            return "".join(key)
        key.append(_DIGITS[floor])
        if ceiling > floor:
            # From here on any digit stays below `high`: only `low` still binds.
            upper = None
    message = f"there is no place before {high!r}"
    raise ValueError(message)


def moved_between(
    batch: GenerationBatch,
    ahead: GenerationBatch | None,
    behind: GenerationBatch | None,
) -> GenerationBatch:
    """Move a batch to the place between two others, where ``None`` is the line's end.

    It takes the priority of the one ahead, or else of the one behind: with another it
    would stand elsewhere. Without neighbours it stays as it is.

    Raises:
        BatchStatusError: When the batch does not wait in line.
    """
    neighbour = ahead or behind
    if neighbour is None:
        return batch.move(priority=batch.priority, position_key=batch.position_key)
    low = None if ahead is None else ahead.position_key
    # Where the neighbours differ in priority, the end of the former's stretch of the
    # line is between them.
    is_same_stretch = behind is not None and behind.priority == neighbour.priority
    high = behind.position_key if behind is not None and is_same_stretch else None
    return batch.move(
        priority=neighbour.priority, position_key=position_key_between(low, high)
    )


def _ceiling(upper: str | None, place: int) -> int:
    if upper is None:
        return _BASE
    return _DIGITS.index(upper[place]) if place < len(upper) else 0
