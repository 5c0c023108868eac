"""Whether a database is open: brought up to date once, before the first call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import Lock

from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Opening:
    """Opens a database at the first call, for all that come at once, and for good.

    An opening that fails is begun again by the next call.
    """

    def __init__(self, prepare: Callable[[], Awaitable[None]]) -> None:
        """Begin unopened.

        Args:
            prepare: Brings the database up to date.
        """
        self._prepare = prepare
        self._lock = Lock()
        self._is_ready = False
        self._is_closed = False

    async def enter(self, operation: str) -> None:
        """Return when the database is up to date.

        Raises:
            RepositoryError: When it was closed, or cannot be opened.
        """
        if not self._is_ready:
            async with self._lock:
                if not self._is_ready:
                    self.check_not_closed(operation)
                    await self._prepare()
                    self._is_ready = True
        self.check_not_closed(operation)

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True

    def check_not_closed(self, operation: str) -> None:
        """Check that it was not closed.

        Raises:
            RepositoryError: When it was.
        """
        if self._is_closed:
            raise RepositoryError(operation, "it was closed; open a new one")
