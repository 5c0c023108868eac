"""Conditions and pages of a listing: SQL out of fixed parts, values as parameters."""

from __future__ import annotations

from typing import TypeAlias

from attrs import field, frozen

from comfy_assets.adapters.sqlite._documents import to_microseconds
from comfy_assets.domain.paging import PageKey

#: What SQLite stores and compares.
SqlValue: TypeAlias = str | int | None


@frozen
class Conditions:
    """What rows must fulfil: SQL terms, all of which hold, and their parameters."""

    #: Terms with a ``?`` a parameter, made of our own words only.
    terms: tuple[str, ...] = ()
    #: Their parameters, in order.
    parameters: tuple[SqlValue, ...] = field(default=())

    def equal(self, column: str, value: SqlValue) -> Conditions:
        """Return these and one more, unless the value is ``None``."""
        if value is None:
            return self
        return self.and_(f"{column} = ?", value)

    def before(self, cursor: str | None) -> Conditions:
        """Return these and that a row comes after the page that ended in `cursor`.

        Raises:
            PayloadError: When it is no cursor.
        """
        if cursor is None:
            return self
        key = PageKey.from_cursor(cursor)
        made = to_microseconds(key.created_at)
        return self.and_("(created_at, id) < (?, ?)", made, key.id)

    def and_(self, term: str, *parameters: SqlValue) -> Conditions:
        """Return these and one more."""
        return Conditions((*self.terms, term), (*self.parameters, *parameters))

    def select(self, columns: str, table: str) -> str:
        """Return the query for the rows that fulfil them."""
        where = ["WHERE", " AND ".join(self.terms)] if self.terms else []
        return " ".join(["SELECT", columns, "FROM", table, *where])


#: The order of every listing.
NEWEST_FIRST = "ORDER BY created_at DESC, id DESC LIMIT ?"
