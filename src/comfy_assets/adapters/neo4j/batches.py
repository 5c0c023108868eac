"""The queue in Neo4j."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from attrs import evolve

from comfy_assets.adapters._leases import check_owner, lease_end, utc_now
from comfy_assets.adapters.neo4j import _line
from comfy_assets.adapters.neo4j._batch_nodes import read_batch, write_batch
from comfy_assets.adapters.neo4j._listings import batch_page
from comfy_assets.adapters.neo4j._locks import lock
from comfy_assets.adapters.neo4j._saving import GET, save
from comfy_assets.adapters.neo4j._session import TakenError
from comfy_assets.domain.batches import BatchStatus
from comfy_assets.domain.paging import check_limit, cut
from comfy_assets.errors import (
    BatchNotFoundError,
    BatchStatusError,
    RepositoryError,
    StaleBatchError,
)
from comfy_assets.ports.batch_records import BatchRecords

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from comfy_assets.adapters.neo4j._hosts import HostEntities
    from comfy_assets.adapters.neo4j._session import Server
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import BatchQuery, Claim, GenerationBatch
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.domain.paging import Page

    Nodes = Sequence[Mapping[str, Any]]

_MICROSECOND: Final = timedelta(microseconds=1)
_CLAIMING: Final = "claim a batch"

# A batch and its assets, or its workflow, may come in any order: both ends tie.
CREATE: Final = f"""
CREATE (b:GenerationBatch) SET b = $properties
WITH b
CALL (b) {{
    MATCH (a:GalleryAsset) USING INDEX SEEK a:GalleryAsset(batch_id, age_key)
    WHERE a.batch_id = b.id AND a.age_key < '~'
    WITH a, b ORDER BY a.id
    {lock("a")}
    CREATE (b)-[:PRODUCED {{index: a.index}}]->(a)
}}
CALL (b) {{
    MATCH (w:WorkflowConfiguration {{slot: b.workflow_slot}})
    {lock("w")}
    CREATE (w)-[:USED_BY]->(b)
}}
"""
DELETE: Final = f"""
MATCH (b:GenerationBatch {{id: $id}})
{lock("b")}
WITH b
CALL (b) {{
    MATCH (b)-[:PRODUCED]->(a)
    WITH a ORDER BY a.id
    {lock("a")}
}}
DETACH DELETE b
RETURN true AS was_there
"""


class Neo4jBatchRecords(BatchRecords):
    """The generation batches of a `Neo4jAssetRepository`."""

    def __init__(self, server: Server, hosts: HostEntities) -> None:
        """Read and write on `server`."""
        self._server = server
        self._hosts = hosts

    async def add(self, batch: GenerationBatch) -> GenerationBatch:
        """Store a new batch and return it with its version, 1.

        Raises:
            RepositoryError: When the id belongs to another value.
        """
        operation = f"add batch {batch.id}"
        added = evolve(batch, version=1)
        parameters = {"properties": write_batch(added)}
        try:
            await self._server.write(operation, CREATE, parameters, lambda _: None)
        except TakenError as error:
            stored = await self.get(batch.id)
            if _without_claim(stored) != _without_claim(batch):
                problem = "the id belongs to another batch"
                raise RepositoryError(operation, problem) from error
            return stored
        return added

    async def get(self, batch_id: BatchId) -> GenerationBatch:
        """Return a batch.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """

        def take(rows: Nodes) -> GenerationBatch:
            if not rows:
                raise BatchNotFoundError(batch_id)
            return read_batch(rows[0]["node"])

        return await self._server.read(
            f"read batch {batch_id}", GET, {"id": batch_id}, take
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
        page = batch_page(query, limit=limit, after=after)
        found = await self._server.read(
            "find batches", page.text, page.parameters, _all
        )
        return cut(found, limit)

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
        return await save(self._server, self._hosts, batch, assets)

    async def claim(self, owner: str, lease_seconds: float) -> GenerationBatch | None:
        """Give the caller the next batch of the line, or ``None`` when there is none.

        Raises:
            InvalidRequestError: When `owner` is empty or `lease_seconds` negative.
        """
        check_owner(owner)
        parameters = {
            "owner": owner,
            "lease": _microseconds(lease_seconds),
            "token": uuid4().hex,
        }

        async def write(
            when_unsure: Callable[[], Awaitable[GenerationBatch | None]] | None = None,
        ) -> GenerationBatch | None:
            return await self._server.write(
                _CLAIMING,
                _line.CLAIM,
                parameters,
                _take_claimed,
                when_unsure=when_unsure,
            )

        async def settle() -> GenerationBatch | None:
            # Claimed a second time the first batch would lie until its lease is over.
            claimed = await self._server.read(
                _CLAIMING, _line.CLAIMED, {"token": parameters["token"]}, _take_claimed
            )
            return claimed or await write()

        while True:
            try:
                return await write(settle)
            except _SavedMeanwhileError:
                # Somebody saved the very batch at that moment: look anew.
                continue

    async def renew(
        self, batch_id: BatchId, claim: Claim, lease_seconds: float
    ) -> Claim:
        """Let a claim hold for `lease_seconds` from now, and return it so.

        Raises:
            StaleBatchError: When the batch is finished, unclaimed or deleted, or the
                claim's owner or fence are not the stored ones.
            InvalidRequestError: When `lease_seconds` is negative.
        """
        parameters = {
            "id": batch_id,
            "owner": claim.owner,
            "fence": claim.fence,
            "lease": _microseconds(lease_seconds),
        }

        def take(rows: Nodes) -> datetime:
            if not rows or not rows[0]["is_held"]:
                raise StaleBatchError(batch_id)
            until: datetime = rows[0]["lease_until"]
            return until

        operation = f"renew the claim on batch {batch_id}"
        until = await self._server.write(operation, _line.RENEW, parameters, take)
        return evolve(claim, lease_until=until)

    async def position(self, batch_id: BatchId) -> int:
        """Return how many queued, unclaimed batches stand before this one in line.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When the batch is not queued.
        """

        def take(rows: Nodes) -> int:
            if not rows:
                raise BatchNotFoundError(batch_id)
            status = BatchStatus(rows[0]["status"])
            if status is not BatchStatus.QUEUED:
                hint = "Only queued batches stand in line."
                raise BatchStatusError(batch_id, status, "find the place of", hint)
            return int(rows[0]["position"])

        operation = f"find the position of batch {batch_id}"
        return await self._server.read(
            operation, _line.POSITION, {"id": batch_id}, take
        )

    async def line(self, *, limit: int = 50) -> Sequence[GenerationBatch]:
        """Return the first queued, unclaimed batches in the order of the line.

        Raises:
            InvalidRequestError: When `limit` is out of range.
        """
        check_limit(limit)
        return await self._server.read(
            "list the line", _line.LINE, {"limit": limit}, _all
        )

    async def delete(self, batch_id: BatchId) -> None:
        """Forget a batch; its assets stay.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """

        def check(rows: Nodes) -> None:
            if not rows:
                raise BatchNotFoundError(batch_id)

        operation, parameters = f"delete batch {batch_id}", {"id": batch_id}

        async def settle() -> None:
            await self._server.write(operation, DELETE, parameters, lambda _: None)

        await self._server.write(
            operation, DELETE, parameters, check, when_unsure=settle
        )


class _SavedMeanwhileError(Exception):
    """The batch that was next is not free any more."""


def _take_claimed(rows: Nodes) -> GenerationBatch | None:
    if not rows:
        return None
    if not rows[0]["is_free"]:
        raise _SavedMeanwhileError
    return read_batch(rows[0]["node"])


def _all(rows: Nodes) -> list[GenerationBatch]:
    return [read_batch(row["node"]) for row in rows]


def _without_claim(batch: GenerationBatch) -> GenerationBatch:
    """Return what a batch is, whoever works on it and however often it was saved."""
    return evolve(batch, version=0, fence=0, claim=None)


def _microseconds(lease_seconds: float) -> int:
    now = utc_now()
    return (lease_end(now, lease_seconds) - now) // _MICROSECOND
