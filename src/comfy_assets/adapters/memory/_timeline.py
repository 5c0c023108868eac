"""What is stored, by age: the keys of a listing in order, cut into pages."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from comfy_assets.domain.paging import Page, PageKey, check_limit, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from comfy_assets.domain.paging import Aged, AgedT


class Timeline:
    """The (time, id) keys of some values in ascending order."""

    def __init__(self) -> None:
        """Begin empty."""
        self._keys: list[tuple[datetime, str]] = []

    def clear(self) -> None:
        """Forget everything."""
        self._keys.clear()

    def insert(self, value: Aged) -> None:
        """Take up a value that is not there yet."""
        insort(self._keys, (value.created_at, value.id))

    def remove(self, value: Aged) -> None:
        """Take out a value that is there."""
        del self._keys[bisect_left(self._keys, (value.created_at, value.id))]

    def page(
        self,
        values: Mapping[str, AgedT],
        matches: Callable[[AgedT], bool],
        *,
        limit: int,
        after: str | None,
    ) -> Page[AgedT]:
        """Return a page of the matching values, newest first.

        Args:
            values: The values by id.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        check_limit(limit)
        end = len(self._keys)
        if after is not None:
            key = PageKey.from_cursor(after)
            end = bisect_left(self._keys, (key.created_at, key.id))
        found: list[AgedT] = []
        for place in range(end - 1, -1, -1):
            value = values[self._keys[place][1]]
            if matches(value):
                found.append(value)
            if len(found) > limit:
                break
        return cut(found, limit)
