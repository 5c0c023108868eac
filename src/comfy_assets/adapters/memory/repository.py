"""`MemoryAssetRepository`: a database that lives as long as the object does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

from comfy_assets.adapters._leases import utc_now
from comfy_assets.adapters.memory.assets import MemoryAssetRecords
from comfy_assets.adapters.memory.batches import MemoryBatchRecords
from comfy_assets.adapters.memory.workflows import MemoryWorkflowRecords
from comfy_assets.errors import RepositoryError
from comfy_assets.ports.repository import AssetRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class MemoryAssetRepository(AssetRepository):
    """Keeps everything in memory; the default, for tests and short-lived hosts.

    Nothing is durable: what was stored is gone with the object, and `aclose` forgets
    it. For one event loop; no method waits between reading and writing, so calls of
    many tasks need no lock.
    """

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        """Begin empty.

        Args:
            now: The clock of the leases; returns aware times.
        """
        self._is_closed = False
        self._assets = MemoryAssetRecords(self._enter)
        self._batches = MemoryBatchRecords(self._enter, now, self._assets)
        self._workflows = MemoryWorkflowRecords(self._enter)

    @property
    def assets(self) -> MemoryAssetRecords:
        """The gallery."""
        return self._assets

    @property
    def batches(self) -> MemoryBatchRecords:
        """The queue and its history."""
        return self._batches

    @property
    def workflows(self) -> MemoryWorkflowRecords:
        """The workflow configurations."""
        return self._workflows

    async def aclose(self) -> None:
        """Forget everything; quiet when it is closed already."""
        if self._is_closed:
            return
        self._is_closed = True
        self._assets.clear()
        self._batches.clear()
        self._workflows.clear()

    async def _enter(self, operation: str) -> None:
        # Other tasks get their turn, and a cancelled caller is told, before anything
        # is read: as with a database whose calls really wait.
        await checkpoint()
        if self._is_closed:
            raise RepositoryError(operation, "it was closed; open a new one")
