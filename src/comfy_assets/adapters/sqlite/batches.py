"""The queue in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from comfy_assets.adapters._leases import check_owner, lease_end
from comfy_assets.adapters.sqlite import _line
from comfy_assets.adapters.sqlite._batch_rows import (
    get_batch,
    page_statement,
    read_row,
    require_batch,
    without_claim,
    write_row,
)
from comfy_assets.adapters.sqlite.assets import insert_asset
from comfy_assets.domain.paging import check_limit, cut
from comfy_assets.errors import (
    BatchNotFoundError,
    RepositoryError,
    StaleBatchError,
)
from comfy_assets.ports.batch_records import BatchRecords

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from comfy_assets.adapters.sqlite._database import Database
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import BatchQuery, Claim, GenerationBatch
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.domain.paging import Page

_INSERT = """
INSERT INTO batches VALUES (
    :id, :world_id, :entity_type, :entity_id, :status, :place, :position_key,
    :created_at, :owner, :lease_until, :claim_fence, :fence, :version, :document
)
"""
# Most steps change nothing that an index holds: SQLite then writes one page of the
# file instead of five.
_UPDATE_DOCUMENT = """
UPDATE batches SET
    claim_fence = :claim_fence, version = version + 1, document = :document
WHERE id = :id AND version = :version AND fence = :fence
AND world_id = :world_id AND entity_type = :entity_type AND entity_id = :entity_id
AND status = :status AND place = :place AND position_key = :position_key
AND created_at = :created_at AND owner IS :owner AND lease_until IS :lease_until
"""
_UPDATE = """
UPDATE batches SET
    world_id = :world_id, entity_type = :entity_type, entity_id = :entity_id,
    status = :status, place = :place, position_key = :position_key,
    created_at = :created_at, owner = :owner, lease_until = :lease_until,
    claim_fence = :claim_fence, version = version + 1, document = :document
WHERE id = :id AND version = :version AND fence = :fence
"""
_EXISTS = "SELECT 1 FROM batches WHERE id = ?"
_DELETE = "DELETE FROM batches WHERE id = ?"


class SqliteBatchRecords(BatchRecords):
    """The generation batches of a `SqliteAssetRepository`."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        """Read and write in `database`.

        Args:
            now: The clock of the leases; called in a worker thread.
        """
        self._database = database
        self._now = now

    async def add(self, batch: GenerationBatch) -> GenerationBatch:
        """Store a new batch and return it with its version, 1.

        Raises:
            RepositoryError: When the id belongs to another value.
        """
        operation = f"add batch {batch.id}"
        added = evolve(batch, version=1)
        row = write_row(added)

        def work(sql: sqlite3.Connection) -> GenerationBatch:
            stored = get_batch(sql, batch.id)
            if stored is None:
                sql.execute(_INSERT, row)
                return added
            if without_claim(stored) != without_claim(batch):
                raise RepositoryError(operation, "the id belongs to another batch")
            return stored

        return await self._database.write(operation, work)

    async def get(self, batch_id: BatchId) -> GenerationBatch:
        """Return a batch.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """
        return await self._database.read(
            f"read batch {batch_id}", lambda sql: require_batch(sql, batch_id)
        )

    async def find(
        self, query: BatchQuery, *, limit: int = 50, after: str | None = None
    ) -> Page[GenerationBatch]:
        """Return a page of the matching batches, newest first, ties by id descending.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        check_limit(limit)
        statement, parameters = page_statement(query, limit=limit, after=after)

        def work(sql: sqlite3.Connection) -> list[GenerationBatch]:
            # The last two columns are there for the order only.
            return [read_row(row[:-2]) for row in sql.execute(statement, parameters)]

        return cut(await self._database.read("find batches", work), limit)

    async def save(
        self, batch: GenerationBatch, *, assets: Sequence[GalleryAsset] = ()
    ) -> GenerationBatch:
        """Store a changed batch, with the assets that it brings.

        Raises:
            StaleBatchError: When version or fence differ from the stored ones.
            BatchNotFoundError: When no batch has the id.
            RepositoryError: When an asset's id belongs to another value, or was
                discarded.
        """
        operation = f"save batch {batch.id}"
        row = write_row(batch)

        def work(sql: sqlite3.Connection) -> GenerationBatch:
            is_saved = any(
                sql.execute(update, row).rowcount
                for update in (_UPDATE_DOCUMENT, _UPDATE)
            )
            if is_saved:
                for asset in assets:
                    insert_asset(sql, asset, operation)
                return evolve(batch, version=batch.version + 1)
            if sql.execute(_EXISTS, [row["id"]]).fetchone():
                raise StaleBatchError(batch.id)
            raise BatchNotFoundError(batch.id)

        return await self._database.write(operation, work)

    async def claim(self, owner: str, lease_seconds: float) -> GenerationBatch | None:
        """Give the caller the next batch of the line, or ``None`` when there is none.

        Raises:
            InvalidRequestError: When `owner` is empty or `lease_seconds` negative.
        """
        check_owner(owner)

        def work(sql: sqlite3.Connection) -> GenerationBatch | None:
            # The clock is read once the write lock is held: waiting for it must not
            # eat up the lease.
            now = self._now()
            return _line.claim_next(
                sql, owner, now=now, lease_until=lease_end(now, lease_seconds)
            )

        return await self._database.write("claim a batch", work)

    async def renew(
        self, batch_id: BatchId, claim: Claim, lease_seconds: float
    ) -> Claim:
        """Let a claim hold for `lease_seconds` from now, and return it so.

        Raises:
            StaleBatchError: When the batch is finished, unclaimed or deleted, or the
                claim's owner or fence are not the stored ones.
            InvalidRequestError: When `lease_seconds` is negative.
        """

        def work(sql: sqlite3.Connection) -> Claim:
            lease_until = lease_end(self._now(), lease_seconds)
            if not _line.renew(sql, batch_id, claim, lease_until=lease_until):
                raise StaleBatchError(batch_id)
            return evolve(claim, lease_until=lease_until)

        return await self._database.write(f"renew the claim on batch {batch_id}", work)

    async def position(self, batch_id: BatchId) -> int:
        """Return how many queued, unclaimed batches stand before this one in line.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When the batch is not queued.
        """
        return await self._database.read(
            f"find the position of batch {batch_id}",
            lambda sql: _line.count_before(sql, batch_id, now=self._now()),
        )

    async def line(self, *, limit: int = 50) -> Sequence[GenerationBatch]:
        """Return the first queued, unclaimed batches in the order of the line.

        Raises:
            InvalidRequestError: When `limit` is out of range.
        """
        check_limit(limit)
        return await self._database.read(
            "list the line",
            lambda sql: _line.first_waiting(sql, now=self._now(), limit=limit),
        )

    async def delete(self, batch_id: BatchId) -> None:
        """Forget a batch; its assets stay.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """

        def work(sql: sqlite3.Connection) -> None:
            if sql.execute(_DELETE, [batch_id]).rowcount == 0:
                raise BatchNotFoundError(batch_id)

        await self._database.write(f"delete batch {batch_id}", work)
