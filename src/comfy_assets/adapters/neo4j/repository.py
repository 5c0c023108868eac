"""`Neo4jAssetRepository`: the repository on a server, beside the host's own graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.adapters.neo4j._address import Address
from comfy_assets.adapters.neo4j._hosts import HostEntities
from comfy_assets.adapters.neo4j._lineage import Lineage, read_lineage
from comfy_assets.adapters.neo4j._migration import prepare
from comfy_assets.adapters.neo4j._session import Server
from comfy_assets.adapters.neo4j.assets import Neo4jAssetRecords
from comfy_assets.adapters.neo4j.batches import Neo4jBatchRecords
from comfy_assets.adapters.neo4j.workflows import Neo4jWorkflowRecords
from comfy_assets.ports.repository import AssetRepository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.domain.identity import AssetId


class Neo4jAssetRepository(AssetRepository):
    """Keeps everything in a Neo4j database, which many machines may share.

    Assets, batches and workflow configurations are nodes that people and other
    programs can read: `GalleryAsset`, `GenerationBatch`, `WorkflowConfiguration`.
    Needs Neo4j 5.26 or later, Community Edition or better, and asyncio.
    """

    def __init__(
        self,
        uri: str,
        *,
        auth: tuple[str, str] | None = None,
        database: str | None = None,
        entity_labels: Mapping[str, tuple[str, str]] | None = None,
        pool_size: int = 32,
        connect_seconds: float = 5.0,
        retry_seconds: float = 15.0,
        call_seconds: float = 60.0,
    ) -> None:
        """Note the address; connect to nothing yet: the first call does.

        Args:
            uri: ``neo4j://host:7687`` for a cluster, ``bolt://host:7687`` for one
                server; with ``+s`` over TLS, with ``+ssc`` over TLS with a
                certificate that nobody signed.
            auth: Name and password.
            database: The database; ``None`` is the user's home database.
            entity_labels: The host's own nodes by entity type, as label and property
                with the id: ``{"Character": ("Character", "id")}``. Such a node gets a
                relationship ``HAS_ASSET`` to each of its assets, and the id of its
                active one in ``portrait_asset``, ``sprite_asset``, ``backdrop_asset``
                or ``item_asset``. The property needs an index or constraint of the
                host's.
            pool_size: The most connections at once.
            connect_seconds: How long a connection may take.
            retry_seconds: How long a call tries again while the server is away or
                busy. The last try may begin when this is over.
            call_seconds: How long one call may take with all that.

        Raises:
            InvalidRequestError: When the URI, a label or a property cannot be.
        """
        self._address = Address(
            uri=uri,
            auth=auth,
            database=database,
            pool_size=pool_size,
            connect_seconds=connect_seconds,
            retry_seconds=retry_seconds,
            call_seconds=call_seconds,
        )
        self._server = Server(self._address, prepare)
        hosts = HostEntities(entity_labels or {})
        self._assets = Neo4jAssetRecords(self._server, hosts)
        self._batches = Neo4jBatchRecords(self._server, hosts)
        self._workflows = Neo4jWorkflowRecords(self._server)

    def __repr__(self) -> str:
        return (
            f"Neo4jAssetRepository({self._address.uri!r}, "
            f"database={self._address.database!r})"
        )

    @property
    def assets(self) -> Neo4jAssetRecords:
        """The gallery."""
        return self._assets

    @property
    def batches(self) -> Neo4jBatchRecords:
        """The queue and its history."""
        return self._batches

    @property
    def workflows(self) -> Neo4jWorkflowRecords:
        """The workflow configurations."""
        return self._workflows

    async def lineage(self, asset_id: AssetId) -> Lineage:
        """Return the assets whose style an asset took, and those that took its own.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        return await read_lineage(self._server, asset_id)

    async def aclose(self) -> None:
        """Close all connections; quiet when closed or never opened."""
        await self._server.aclose()
