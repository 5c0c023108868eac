"""How the sentence of an error lists many things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# How many candidates or problems a sentence lists before it only counts them.
_LISTED: Final = 8


def listed(items: Sequence[str], separator: str = ", ") -> str:
    """Join the first items and count the others."""
    shown = separator.join(items[:_LISTED])
    rest = len(items) - _LISTED
    return f"{shown} (and {rest} more)" if rest > 0 else shown
