"""Ids as people write them: the first letters are enough where they are clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from comfy_assets.cli._failures import USAGE, CommandError
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.paging import MAX_PAGE
from comfy_assets.errors import AssetNotFoundError, BatchNotFoundError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from comfy_assets.domain.paging import Page
    from comfy_assets.system import AssetSystem

# The length of a UUID: such an id needs no search.
_WHOLE: Final = 36


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_ItemT = TypeVar("_ItemT")
_KnownT = TypeVar("_KnownT", bound=_HasId)


async def find_batch(system: AssetSystem, written: str) -> BatchId:
    """Return the id of the one batch that begins so.

    Raises:
        BatchNotFoundError: When none does.
        CommandError: When several do.
    """
    found = await _beginning(
        written, lambda after: system.generation.find(limit=MAX_PAGE, after=after)
    )
    if found is None:
        raise BatchNotFoundError(written)
    return BatchId(found)


async def find_asset(system: AssetSystem, written: str) -> AssetId:
    """Return the id of the one asset that begins so.

    Raises:
        AssetNotFoundError: When none does.
        CommandError: When several do.
    """
    found = await _beginning(
        written, lambda after: system.assets.find(limit=MAX_PAGE, after=after)
    )
    if found is None:
        raise AssetNotFoundError(written)
    return AssetId(found)


async def each(
    find: Callable[[str | None], Awaitable[Page[_ItemT]]],
) -> AsyncIterator[_ItemT]:
    """Yield the items of all pages.

    Args:
        find: Returns the page behind a cursor.
    """
    after: str | None = None
    while True:
        page = await find(after)
        for item in page.items:
            yield item
        after = page.next
        if after is None:
            return


async def _beginning(
    written: str, find: Callable[[str | None], Awaitable[Page[_KnownT]]]
) -> str | None:
    if len(written) >= _WHOLE:
        return written
    start = written.lower()
    found = [item.id async for item in each(find) if item.id.startswith(start)]
    if written and len(found) > 1:
        names = ", ".join(found[:4])
        sentence = f"{len(found)} ids begin with {written!r}: {names} ..."
        raise CommandError(sentence, exit_code=USAGE)
    return found[0] if written and found else None
