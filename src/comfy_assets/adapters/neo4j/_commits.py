"""What to do when nobody knows whether a transaction was committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")
RowsT = TypeVar("RowsT")


class UnsureError(Exception):
    """The connection broke while a transaction was committed: it is stored, or not."""


def once(take: Callable[[RowsT], T]) -> Callable[[RowsT], T]:
    """Return `take`, to be called until it has returned for the first time.

    A transaction ends with it: where the driver begins that again, the server refused
    the commit, or said so. A server that is shutting down says so of what it has
    stored, too (seen in 2026.08.1).

    Raises:
        UnsureError: When it is called once more.
    """
    has_returned = False

    def take_once(rows: RowsT) -> T:
        nonlocal has_returned
        if has_returned:
            raise UnsureError
        taken = take(rows)
        has_returned = True
        return taken

    return take_once


async def again_when_unsure(
    operation: str,
    call: Callable[[], Awaitable[T]],
    settle: Callable[[], Awaitable[T]] | None = None,
) -> T:
    """Return what `call` returns, which is one transaction.

    Args:
        operation: What is tried, for the sentence of an error.
        call: Raises `UnsureError` when nobody knows whether it was stored.
        settle: Called then; without it `call` is called again, so it must be one that
            can be repeated.

    Raises:
        RepositoryError: When the connection broke at the second commit, too.
    """
    try:
        return await call()
    except UnsureError:
        pass
    try:
        return await (settle or call)()
    except UnsureError as error:
        problem = "the connection broke at the last moment, twice; try again"
        raise RepositoryError(operation, problem) from error
