"""Pages of a long listing, cut by key: in its order, stable under inserts."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Generic, Protocol, TypeVar

from attrs import frozen

from comfy_assets.errors import InvalidRequestError, PayloadError


class Aged(Protocol):
    """What stands in a listing by its age: an asset, a batch."""

    @property
    def id(self) -> str:
        """Its id, which settles a tie."""

    @property
    def created_at(self) -> datetime:
        """When it was made; aware, UTC."""


ItemT = TypeVar("ItemT")
#: What the items of a page are where its cursor is made out of the last of them.
AgedT = TypeVar("AgedT", bound=Aged)

#: The most items that one page may hold.
MAX_PAGE: Final = 1000


@frozen
class Page(Generic[ItemT]):
    """Some items of a listing and the way to the next ones."""

    #: The items, in the order of the listing.
    items: tuple[ItemT, ...]
    #: Pass this as `after` for the next page; ``None`` on the last one.
    next: str | None = None


@frozen
class PageKey:
    """The place in a listing after which a page begins."""

    #: When the last item of the page before was made; aware, UTC.
    created_at: datetime
    #: Its id, which settles a tie.
    id: str

    def to_cursor(self) -> str:
        """Return the key as an opaque, URL-safe text."""
        plain = json.dumps([self.created_at.isoformat(), self.id])
        return base64.urlsafe_b64encode(plain.encode()).decode("ascii")

    @classmethod
    def from_cursor(cls, cursor: str) -> PageKey:
        """Read what `to_cursor` wrote.

        Raises:
            PayloadError: When the text is anything else.
        """
        try:
            made, identifier = json.loads(base64.urlsafe_b64decode(cursor.encode()))
            created_at = datetime.fromisoformat(made)
            # Fails for what is no text, and for half a surrogate pair, which no
            # database takes.
            str.encode(identifier)
        except (ValueError, TypeError, binascii.Error, RecursionError) as error:
            raise PayloadError("cursor", ["pass the 'next' of a page back"]) from error
        if created_at.tzinfo is None:
            raise PayloadError("cursor", ["pass the 'next' of a page back"])
        return cls(created_at, identifier)


def cut(found: Sequence[AgedT], limit: int) -> Page[AgedT]:
    """Return a page of the first `limit` values; one value more tells that it goes on.

    Args:
        found: In the order of the listing.
        limit: 1 or more.
    """
    items = tuple(found[:limit])
    if len(found) <= limit:
        return Page(items)
    return Page(items, PageKey(items[-1].created_at, items[-1].id).to_cursor())


def check_limit(limit: int) -> None:
    """Check the length of a page.

    Raises:
        InvalidRequestError: When it is not from 1 to `MAX_PAGE`.
    """
    # The exact type, for a bool is an int to Python, and never a length.
    if type(limit) is not int or not 1 <= limit <= MAX_PAGE:
        problem = f"must be a whole number from 1 to {MAX_PAGE}, not {limit!r}"
        raise InvalidRequestError("limit", problem)
