"""One connection, used by one thread at a time, away from the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from anyio import CancelScope, CapacityLimiter, to_thread

from comfy_assets.adapters.sqlite._errors import translated
from comfy_assets.adapters.sqlite._opening import open_database, transaction
from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")


class Database:
    """Runs pieces of work on the database, each in one transaction.

    A call that is cancelled while it waits for its turn does nothing; one whose work
    has begun ends it, so that it is stored as a whole.
    """

    def __init__(self, path: Path) -> None:
        """Open nothing yet: the first call does."""
        self._path = path
        self._limiter = CapacityLimiter(1)
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False

    async def read(self, operation: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns, which sees one state of the database.

        Args:
            operation: What is tried, for the sentence of an error.

        Raises:
            RepositoryError: When the database cannot be opened or read, or is closed.
        """
        return await self._run(operation, work, writes=False)

    async def write(self, operation: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns; what it wrote is stored, all or nothing.

        Raises:
            RepositoryError: When the database cannot be opened or written, or is
                closed.
        """
        return await self._run(operation, work, writes=True)

    async def aclose(self) -> None:
        """Close the connection; quiet when there is none."""
        self._is_closed = True
        # Not timed: what runs in the thread has limits of its own (`BUSY_SECONDS`),
        # and a connection must not be closed under it.
        with CancelScope(shield=True):
            await to_thread.run_sync(self._close, limiter=self._limiter)

    async def _run(
        self, operation: str, work: Callable[[sqlite3.Connection], T], *, writes: bool
    ) -> T:
        def run_in_thread() -> T:
            if self._is_closed:
                raise RepositoryError(operation, "it was closed; open a new one")
            if self._connection is None:
                self._connection = open_database(self._path)
            connection = self._connection
            with translated(operation), transaction(connection, writes=writes):
                return work(connection)

        return await to_thread.run_sync(run_in_thread, limiter=self._limiter)

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with translated("close the database"):
                connection.close()
