"""The queue in memory."""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve

from comfy_assets.adapters._leases import check_owner, lease_end
from comfy_assets.adapters.memory._timeline import Timeline
from comfy_assets.domain.batches import BatchStatus, Claim
from comfy_assets.domain.paging import check_limit
from comfy_assets.errors import (
    BatchNotFoundError,
    BatchStatusError,
    RepositoryError,
    StaleBatchError,
)
from comfy_assets.ports.batch_records import BatchRecords

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from comfy_assets.adapters.memory.assets import MemoryAssetRecords
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import BatchQuery, GenerationBatch
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.domain.paging import Page

    #: Priority negated, position key, time, id: ascending is the order of the line.
    _LineKey: TypeAlias = tuple[int, str, datetime, str]


class MemoryBatchRecords(BatchRecords):
    """The generation batches of a `MemoryAssetRepository`."""

    def __init__(
        self,
        enter: Callable[[str], Awaitable[None]],
        now: Callable[[], datetime],
        gallery: MemoryAssetRecords,
    ) -> None:
        """Begin empty.

        Args:
            enter: Awaited at the begin of each call; raises when the repository is
                closed.
            now: The clock of the leases.
            gallery: Takes the assets that a batch brings.
        """
        self._enter = enter
        self._now = now
        self._gallery = gallery
        self._by_id: dict[str, GenerationBatch] = {}
        self._by_age = Timeline()
        # Only batches that are not finished, so that a long history costs nothing.
        self._line: list[_LineKey] = []

    def clear(self) -> None:
        """Forget everything."""
        self._by_id.clear()
        self._by_age.clear()
        self._line.clear()

    async def add(self, batch: GenerationBatch) -> GenerationBatch:
        """Store a new batch and return it with its version, 1.

        Raises:
            RepositoryError: When the id belongs to another value.
        """
        operation = f"add batch {batch.id}"
        await self._enter(operation)
        stored = self._by_id.get(batch.id)
        if stored is None:
            return self._insert(evolve(batch, version=1))
        if _bare(stored) != _bare(batch):
            raise RepositoryError(operation, "the id belongs to another batch")
        return stored

    async def get(self, batch_id: BatchId) -> GenerationBatch:
        """Return a batch.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """
        await self._enter(f"read batch {batch_id}")
        return self._require(batch_id)

    async def find(
        self, query: BatchQuery, *, limit: int = 50, after: str | None = None
    ) -> Page[GenerationBatch]:
        """Return a page of the matching batches, newest first, ties by id descending.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        await self._enter("find batches")
        return self._by_age.page(
            self._by_id, lambda batch: _matches(query, batch), limit=limit, after=after
        )

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
        await self._enter(operation)
        stored = self._require(batch.id)
        if (stored.version, stored.fence) != (batch.version, batch.fence):
            raise StaleBatchError(batch.id)
        self._gallery.insert(assets, operation)
        self._remove(stored)
        return self._insert(evolve(batch, version=batch.version + 1))

    async def claim(self, owner: str, lease_seconds: float) -> GenerationBatch | None:
        """Give the caller the next batch of the line, or ``None`` when there is none.

        Raises:
            InvalidRequestError: When `owner` is empty or `lease_seconds` negative.
        """
        check_owner(owner)
        await self._enter("claim a batch")
        now = self._now()
        end = lease_end(now, lease_seconds)
        batch = next(self._unclaimed(now), None)
        if batch is None:
            return None
        fence = batch.fence + 1
        claim = Claim(owner=owner, lease_until=end, fence=fence)
        claimed = evolve(batch, claim=claim, fence=fence, version=batch.version + 1)
        self._by_id[batch.id] = claimed
        return claimed

    async def renew(
        self, batch_id: BatchId, claim: Claim, lease_seconds: float
    ) -> Claim:
        """Let a claim hold for `lease_seconds` from now, and return it so.

        Raises:
            StaleBatchError: When the batch is finished, unclaimed or deleted, or the
                claim's owner or fence are not the stored ones.
            InvalidRequestError: When `lease_seconds` is negative.
        """
        await self._enter(f"renew the claim on batch {batch_id}")
        end = lease_end(self._now(), lease_seconds)
        stored = self._by_id.get(batch_id)
        if stored is None or stored.is_finished or stored.claim is None:
            raise StaleBatchError(batch_id)
        held = stored.claim
        if (held.owner, held.fence) != (claim.owner, claim.fence):
            raise StaleBatchError(batch_id)
        renewed = evolve(held, lease_until=end)
        self._by_id[batch_id] = evolve(stored, claim=renewed)
        return renewed

    async def position(self, batch_id: BatchId) -> int:
        """Return how many queued, unclaimed batches stand before this one in line.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When the batch is not queued.
        """
        await self._enter(f"find the position of batch {batch_id}")
        batch = self._require(batch_id)
        if batch.status is not BatchStatus.QUEUED:
            hint = "Only queued batches stand in line."
            raise BatchStatusError(batch_id, batch.status, "find the place of", hint)
        end = bisect_left(self._line, _line_key(batch))
        return sum(1 for _ in self._waiting(self._now(), end))

    async def line(self, *, limit: int = 50) -> Sequence[GenerationBatch]:
        """Return the first queued, unclaimed batches in the order of the line.

        Raises:
            InvalidRequestError: When `limit` is out of range.
        """
        await self._enter("list the line")
        check_limit(limit)
        return list(islice(self._waiting(self._now(), len(self._line)), limit))

    async def delete(self, batch_id: BatchId) -> None:
        """Forget a batch; its assets stay.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """
        await self._enter(f"delete batch {batch_id}")
        self._remove(self._require(batch_id))

    def _require(self, batch_id: BatchId) -> GenerationBatch:
        try:
            return self._by_id[batch_id]
        except KeyError:
            raise BatchNotFoundError(batch_id) from None

    def _insert(self, batch: GenerationBatch) -> GenerationBatch:
        self._by_id[batch.id] = batch
        self._by_age.insert(batch)
        if not batch.is_finished:
            insort(self._line, _line_key(batch))
        return batch

    def _remove(self, batch: GenerationBatch) -> None:
        del self._by_id[batch.id]
        self._by_age.remove(batch)
        if not batch.is_finished:
            del self._line[bisect_left(self._line, _line_key(batch))]

    def _unclaimed(
        self, now: datetime, end: int | None = None
    ) -> Iterator[GenerationBatch]:
        for key in islice(self._line, end):
            batch = self._by_id[key[-1]]
            if batch.claim is None or batch.claim.lease_until <= now:
                yield batch

    def _waiting(self, now: datetime, end: int) -> Iterator[GenerationBatch]:
        for batch in self._unclaimed(now, end):
            if batch.status is BatchStatus.QUEUED:
                yield batch


def _line_key(batch: GenerationBatch) -> _LineKey:
    return -batch.priority, batch.position_key, batch.created_at, batch.id


def _bare(batch: GenerationBatch) -> GenerationBatch:
    return evolve(batch, version=0, fence=0, claim=None)


def _matches(query: BatchQuery, batch: GenerationBatch) -> bool:
    asked = (
        (query.world_id, batch.request.world_id),
        (query.entity, batch.request.entity),
        (query.owner, batch.claim and batch.claim.owner),
    )
    return all(wanted is None or wanted == has for wanted, has in asked) and (
        query.statuses is None or batch.status in query.statuses
    )
