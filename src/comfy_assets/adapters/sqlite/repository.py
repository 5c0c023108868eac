"""`SqliteAssetRepository`: the durable repository that needs no server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from comfy_assets.adapters._leases import utc_now
from comfy_assets.adapters.sqlite._database import Database
from comfy_assets.adapters.sqlite.assets import SqliteAssetRecords
from comfy_assets.adapters.sqlite.batches import SqliteBatchRecords
from comfy_assets.adapters.sqlite.workflows import SqliteWorkflowRecords
from comfy_assets.errors import InvalidRequestError
from comfy_assets.ports.repository import AssetRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class SqliteAssetRepository(AssetRepository):
    """Keeps everything in one SQLite file, which many processes may share.

    The file and its folder are made at the first call. It must lie on a disk of the
    machine: SQLite's locks do not hold on network drives. Beside it lie, while it is
    open, ``-wal`` and ``-shm``, which belong to it. Needs SQLite 3.35 (2021).
    """

    def __init__(
        self, path: str | Path, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        """Note the path; open nothing yet.

        Args:
            path: The file, such as ``"game.db"``; relative to the folder that is
                current now.
            now: The clock of the leases; returns aware times, and is called in a
                worker thread.

        Raises:
            InvalidRequestError: When the path is empty or ``":memory:"``.
        """
        if str(path) in {"", ".", ":memory:"}:
            problem = "name a file, or use MemoryAssetRepository() to keep nothing"
            raise InvalidRequestError("path", problem)
        # Absolute: a host that changes its folder later goes on with the same file,
        # and SQLite never takes the path for a URI.
        self._path = Path(path).absolute()
        self._database = Database(self._path)
        self._assets = SqliteAssetRecords(self._database)
        self._batches = SqliteBatchRecords(self._database, now)
        self._workflows = SqliteWorkflowRecords(self._database)

    def __repr__(self) -> str:
        return f"SqliteAssetRepository({str(self._path)!r})"

    @property
    def assets(self) -> SqliteAssetRecords:
        """The gallery."""
        return self._assets

    @property
    def batches(self) -> SqliteBatchRecords:
        """The queue and its history."""
        return self._batches

    @property
    def workflows(self) -> SqliteWorkflowRecords:
        """The workflow configurations."""
        return self._workflows

    async def aclose(self) -> None:
        """Close the file; quiet when it is closed or was never opened."""
        await self._database.aclose()
