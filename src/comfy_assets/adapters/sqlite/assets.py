"""The gallery in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from comfy_assets.adapters.sqlite._documents import (
    from_document,
    to_document,
    to_microseconds,
)
from comfy_assets.adapters.sqlite._pages import NEWEST_FIRST, Conditions
from comfy_assets.domain.assets import GalleryAsset
from comfy_assets.domain.paging import PageKey, check_limit, cut
from comfy_assets.errors import AssetNotFoundError, RepositoryError
from comfy_assets.ports.asset_records import AssetRecords

if TYPE_CHECKING:
    import sqlite3

    from comfy_assets.adapters.sqlite._database import Database
    from comfy_assets.adapters.sqlite._pages import SqlValue
    from comfy_assets.domain.assets import AssetQuery
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.domain.paging import Page

_COLUMNS = "document, is_active"
_GET = "SELECT document, is_active FROM assets WHERE id = ?"
_INSERT = """
INSERT INTO assets (
    id, world_id, entity_type, entity_id, asset_type, workflow_slot, is_active,
    batch_id, style_reference_id, created_at, document
)
SELECT ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?
WHERE NOT EXISTS (SELECT 1 FROM discarded_assets WHERE id = ?)
ON CONFLICT (id) DO NOTHING
"""
_CLEAR_PLACE = """
UPDATE assets SET is_active = 0
WHERE world_id = ? AND entity_type = ? AND entity_id = ? AND asset_type = ?
AND is_active = 1
"""
_SET_ACTIVE = "UPDATE assets SET is_active = ? WHERE id = ?"
_DISCARD = """
INSERT INTO discarded_assets (id, is_active, document)
SELECT id, is_active, document FROM assets WHERE id = ?
"""
_DELETE = "DELETE FROM assets WHERE id = ?"
#: A page of what was deleted; parameters: the last id of the page before, a limit.
DISCARDED = """
SELECT document, is_active FROM discarded_assets WHERE id > ? ORDER BY id LIMIT ?
"""
_PURGE = "DELETE FROM discarded_assets WHERE id = ?"


class SqliteAssetRecords(AssetRecords):
    """The assets of a `SqliteAssetRepository`."""

    def __init__(self, database: Database) -> None:
        """Read and write in `database`."""
        self._database = database

    async def add(self, asset: GalleryAsset) -> None:
        """Store a new asset; quiet when the same value is stored under its id.

        Raises:
            RepositoryError: When the id belongs to another value, or was discarded.
        """
        operation = f"add asset {asset.id}"
        await self._database.write(
            operation, lambda sql: insert_asset(sql, asset, operation)
        )

    async def get(self, asset_id: AssetId) -> GalleryAsset:
        """Return an asset.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted.
        """
        return await self._database.read(
            f"read asset {asset_id}", lambda sql: _require(sql, asset_id)
        )

    async def find(
        self, query: AssetQuery, *, limit: int = 50, after: str | None = None
    ) -> Page[GalleryAsset]:
        """Return a page of the matching assets, newest first, ties by id descending.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        check_limit(limit)
        statement, parameters = page_statement(query, limit=limit, after=after)

        def work(sql: sqlite3.Connection) -> list[GalleryAsset]:
            return [_asset(row) for row in sql.execute(statement, parameters)]

        return cut(await self._database.read("find assets", work), limit)

    async def count(self, query: AssetQuery) -> int:
        """Return how many assets match."""
        conditions = _conditions(query)
        statement = conditions.select("count(*)", "assets")

        def work(sql: sqlite3.Connection) -> int:
            number: int = sql.execute(statement, conditions.parameters).fetchone()[0]
            return number

        return await self._database.read("count assets", work)

    async def activate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset the active one of its world, entity and type; return it.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """

        def work(sql: sqlite3.Connection) -> GalleryAsset:
            asset = _require(sql, asset_id)
            _activate(sql, asset)
            return evolve(asset, is_active=True)

        return await self._database.write(f"activate asset {asset_id}", work)

    async def deactivate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset inactive, so that its entity has none; return it.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """

        def work(sql: sqlite3.Connection) -> GalleryAsset:
            asset = _require(sql, asset_id)
            sql.execute(_SET_ACTIVE, [0, asset_id])
            return evolve(asset, is_active=False)

        return await self._database.write(f"deactivate asset {asset_id}", work)

    async def delete(self, asset_id: AssetId) -> GalleryAsset:
        """Take an asset out of the gallery, remember it as discarded, and return it.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted before.
        """

        def work(sql: sqlite3.Connection) -> GalleryAsset:
            asset = _require(sql, asset_id)
            sql.execute(_DISCARD, [asset_id])
            sql.execute(_DELETE, [asset_id])
            return asset

        return await self._database.write(f"delete asset {asset_id}", work)

    async def discarded(
        self, *, limit: int = 50, after: str | None = None
    ) -> Page[GalleryAsset]:
        """Return a page of the assets that were deleted and not yet purged, by id.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        check_limit(limit)
        last = "" if after is None else PageKey.from_cursor(after).id

        def work(sql: sqlite3.Connection) -> list[GalleryAsset]:
            rows = sql.execute(DISCARDED, [last, limit + 1])
            return [_asset(row) for row in rows]

        return cut(await self._database.read("list discarded assets", work), limit)

    async def purge(self, asset_id: AssetId) -> None:
        """Forget a discarded asset; quiet when none has the id."""
        row = [asset_id]
        await self._database.write(
            f"purge asset {asset_id}", lambda sql: sql.execute(_PURGE, row)
        )


def page_statement(
    query: AssetQuery, *, limit: int, after: str | None
) -> tuple[str, tuple[SqlValue, ...]]:
    """Return the SQL for a page and one row beyond it, and its parameters.

    Raises:
        PayloadError: When `after` is no cursor.
    """
    conditions = _conditions(query).before(after)
    statement = f"{conditions.select(_COLUMNS, 'assets')} {NEWEST_FIRST}"
    return statement, (*conditions.parameters, limit + 1)


def _conditions(query: AssetQuery) -> Conditions:
    conditions = Conditions().equal("world_id", query.world_id)
    if query.entity is not None:
        conditions = conditions.equal("entity_type", query.entity.entity_type).equal(
            "entity_id", query.entity.entity_id
        )
    return (
        conditions.equal("asset_type", query.asset_type and query.asset_type.value)
        .equal("is_active", None if query.is_active is None else int(query.is_active))
        .equal("workflow_slot", query.workflow_slot)
        .equal("batch_id", query.batch_id)
        .equal("style_reference_id", query.style_reference_id)
    )


def insert_asset(sql: sqlite3.Connection, asset: GalleryAsset, operation: str) -> None:
    """Store a new asset; quiet when the same value is stored under its id.

    Raises:
        RepositoryError: When the id belongs to another value, or was discarded.
    """
    if sql.execute(_INSERT, (*_row(asset), asset.id)).rowcount:
        if asset.is_active:
            _activate(sql, asset)
        return
    stored = _get(sql, asset.id)
    if stored is None:
        raise RepositoryError(operation, f"asset {asset.id} was deleted")
    if evolve(stored, is_active=asset.is_active) != asset:
        raise RepositoryError(operation, f"another asset has the id {asset.id}")


def _row(asset: GalleryAsset) -> tuple[SqlValue, ...]:
    return (
        asset.id,
        *_place(asset),
        asset.workflow_slot,
        asset.batch_id,
        asset.style_reference_id,
        to_microseconds(asset.created_at),
        # Whether it is active changes without the document: the column alone tells.
        to_document(evolve(asset, is_active=False)),
    )


def _place(asset: GalleryAsset) -> tuple[SqlValue, ...]:
    return (
        asset.world_id,
        asset.entity.entity_type,
        asset.entity.entity_id,
        asset.asset_type.value,
    )


def _asset(row: tuple[str, int]) -> GalleryAsset:
    document, is_active = row
    return evolve(from_document(document, GalleryAsset), is_active=bool(is_active))


def _get(sql: sqlite3.Connection, asset_id: AssetId) -> GalleryAsset | None:
    row = sql.execute(_GET, [asset_id]).fetchone()
    return None if row is None else _asset(row)


def _require(sql: sqlite3.Connection, asset_id: AssetId) -> GalleryAsset:
    asset = _get(sql, asset_id)
    if asset is None:
        raise AssetNotFoundError(asset_id)
    return asset


def _activate(sql: sqlite3.Connection, asset: GalleryAsset) -> None:
    sql.execute(_CLEAR_PLACE, _place(asset))
    sql.execute(_SET_ACTIVE, [1, asset.id])
