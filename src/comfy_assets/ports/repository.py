"""`AssetRepository`: one database with three facets, for assets, batches, workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from comfy_assets.ports.asset_records import AssetRecords
    from comfy_assets.ports.batch_records import BatchRecords
    from comfy_assets.ports.workflow_records import WorkflowRecords


class AssetRepository(Protocol):
    """A database for all that the library remembers, opened and closed as one.

    It opens by itself at the first call. Many systems, in many processes, may use one
    database at once. All methods may be called from many tasks at once, and are not
    torn by cancellation: a call that is cancelled has stored all or nothing. What a
    call that returned has stored survives a crash of the host. Equal values come
    back: times to the microsecond and aware, seeds up to 2^64-1, any
    text of UTF-8.

    Every method may raise `RepositoryError`: When the database cannot be opened, read
    or written, or was closed by `aclose`.
    """

    @property
    def assets(self) -> AssetRecords:
        """The gallery."""
        ...

    @property
    def batches(self) -> BatchRecords:
        """The queue and its history."""
        ...

    @property
    def workflows(self) -> WorkflowRecords:
        """The workflow configurations."""
        ...

    async def aclose(self) -> None:
        """Close the database; quiet when it is closed or was never opened."""
        ...
