"""The gallery in Neo4j."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from comfy_assets.adapters.neo4j._adding import (
    GET,
    TAKE_PLACE,
    check_none_discarded,
    creation,
    leave_out_stored,
    locks_for,
    parameters_of,
)
from comfy_assets.adapters.neo4j._asset_nodes import read_asset
from comfy_assets.adapters.neo4j._listings import asset_count, asset_page
from comfy_assets.adapters.neo4j._locks import LOCK_PLACES, lock
from comfy_assets.adapters.neo4j._session import TakenError
from comfy_assets.domain.paging import PageKey, check_limit, cut
from comfy_assets.errors import AssetNotFoundError
from comfy_assets.ports.asset_records import AssetRecords

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from comfy_assets.adapters.neo4j._hosts import HostEntities
    from comfy_assets.adapters.neo4j._session import Server
    from comfy_assets.domain.assets import AssetQuery, GalleryAsset
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.domain.paging import Page

    Nodes = Sequence[Mapping[str, Any]]

ACTIVATE: Final = f"""
{LOCK_PLACES}
WITH places
MATCH (a:GalleryAsset {{id: $id}})
{TAKE_PLACE}
WITH a
"""
DEACTIVATE: Final = f"""
{LOCK_PLACES}
WITH places
MATCH (a:GalleryAsset {{id: $id}})
SET a.is_active = false REMOVE a.active_place
WITH a
"""
DELETE: Final = f"""
{LOCK_PLACES}
WITH places
MATCH (a:GalleryAsset {{id: $id}})
REMOVE a:GalleryAsset, a.active_place SET a:DiscardedAsset
WITH a
CALL (a) {{ MATCH ()-[tie:HAS_ASSET]->(a) DELETE tie }}
"""
RETURN_NODE: Final = "RETURN properties(a) AS node"
GET_DISCARDED: Final = "MATCH (a:DiscardedAsset {id: $id}) RETURN properties(a) AS node"
DISCARDED: Final = """
MATCH (a:DiscardedAsset) USING INDEX SEEK a:DiscardedAsset(id)
WHERE a.id > $last
RETURN properties(a) AS node ORDER BY a.id LIMIT $limit
"""
PURGE: Final = f"""
MATCH (a:DiscardedAsset {{id: $id}})
CALL (a) {{
    MATCH (b:GenerationBatch)-[:PRODUCED]->(a)
    {lock("b")}
}}
CALL (a) {{
    MATCH (a)-[:STYLED_BY]-(other)
    WITH DISTINCT other ORDER BY other.id
    {lock("other")}
}}
DETACH DELETE a
"""


class Neo4jAssetRecords(AssetRecords):
    """The assets of a `Neo4jAssetRepository`."""

    def __init__(self, server: Server, hosts: HostEntities) -> None:
        """Read and write on `server`."""
        self._server = server
        self._hosts = hosts

    async def add(self, asset: GalleryAsset) -> None:
        """Store a new asset; quiet when the same value is stored under its id.

        Raises:
            RepositoryError: When the id belongs to another value, or was discarded.
        """
        operation = f"add asset {asset.id}"
        try:
            await self._server.write(
                operation,
                statement_for(asset, self._hosts),
                parameters_of([asset], self._hosts),
                lambda rows: check_none_discarded(rows[0]["discarded"], operation),
            )
        except TakenError as error:
            await leave_out_stored(self._server, [asset], operation, error)

    async def get(self, asset_id: AssetId) -> GalleryAsset:
        """Return an asset.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted.
        """
        return await self._server.read(
            f"read asset {asset_id}", GET, {"id": asset_id}, _only(asset_id)
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
        page = asset_page(query, limit=limit, after=after)
        found = await self._server.read("find assets", page.text, page.parameters, _all)
        return cut(found, limit)

    async def count(self, query: AssetQuery) -> int:
        """Return how many assets match."""
        count = asset_count(query)
        return await self._server.read(
            "count assets",
            count.text,
            count.parameters,
            lambda rows: int(rows[0]["number"]),
        )

    async def activate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset the active one of its world, entity and type; return it.

        The host's node of its entity names it from then on.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        statement = f"{ACTIVATE} {self._hosts.tie()} {RETURN_NODE}"
        return await self._change(f"activate asset {asset_id}", statement, asset_id)

    async def deactivate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset inactive, so that its entity has none; return it.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        statement = f"{DEACTIVATE} {self._hosts.unname()} {RETURN_NODE}"
        return await self._change(f"deactivate asset {asset_id}", statement, asset_id)

    async def delete(self, asset_id: AssetId) -> GalleryAsset:
        """Take an asset out of the gallery, remember it as discarded, and return it.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted before.
        """
        operation = f"delete asset {asset_id}"
        statement = f"{DELETE} {self._hosts.unname()} {RETURN_NODE}"

        async def settle() -> GalleryAsset:
            try:
                return await self._change(operation, statement, asset_id)
            except AssetNotFoundError:
                # The first try was stored.
                return await self._server.read(
                    operation, GET_DISCARDED, {"id": asset_id}, _only(asset_id)
                )

        return await self._change(operation, statement, asset_id, settle)

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
        parameters = {"last": last, "limit": limit + 1}
        found = await self._server.read(
            "list discarded assets", DISCARDED, parameters, _all
        )
        return cut(found, limit)

    async def purge(self, asset_id: AssetId) -> None:
        """Forget a discarded asset; quiet when none has the id."""
        await self._server.write(
            f"purge asset {asset_id}", PURGE, {"id": asset_id}, lambda _: None
        )

    async def _change(
        self,
        operation: str,
        statement: str,
        asset_id: AssetId,
        when_unsure: Callable[[], Awaitable[GalleryAsset]] | None = None,
    ) -> GalleryAsset:
        parameters = {"id": asset_id, **self._hosts.parameters}
        return await self._server.write(
            operation,
            statement,
            parameters,
            _only(asset_id),
            when_unsure=when_unsure,
        )


def statement_for(asset: GalleryAsset, hosts: HostEntities) -> str:
    """Return the statement that adds an asset."""
    return (
        f"{locks_for([asset])} {creation([asset], hosts)} "
        "RETURN CASE WHEN was_discarded THEN [a.id] ELSE [] END AS discarded"
    )


def _all(rows: Nodes) -> list[GalleryAsset]:
    return [read_asset(row["node"]) for row in rows]


def _only(asset_id: AssetId) -> Callable[[Nodes], GalleryAsset]:
    def take(rows: Nodes) -> GalleryAsset:
        if not rows:
            raise AssetNotFoundError(asset_id)
        return read_asset(rows[0]["node"])

    return take
