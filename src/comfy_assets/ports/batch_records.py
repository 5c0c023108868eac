"""`BatchRecords`: the queue's facet of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import BatchQuery, Claim, GenerationBatch
    from comfy_assets.domain.identity import BatchId
    from comfy_assets.domain.paging import Page


class BatchRecords(Protocol):
    """The generation batches, and who works on which.

    The line is the order in which batches are claimed: higher `priority` first, then
    `position_key` as text, then `created_at`, then `id`.
    """

    async def add(self, batch: GenerationBatch) -> GenerationBatch:
        """Store a new batch and return it with its version, 1.

        Quiet when a batch with this id, equal but for version, fence and claim, is
        stored: returns the stored one.

        Raises:
            RepositoryError: When the id belongs to another value.
        """
        ...

    async def get(self, batch_id: BatchId) -> GenerationBatch:
        """Return a batch.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """
        ...

    async def find(
        self, query: BatchQuery, *, limit: int = 50, after: str | None = None
    ) -> Page[GenerationBatch]:
        """Return a page of the matching batches, newest first, ties by id descending.

        Pages are cut by key, as in `AssetRecords.find`.

        Args:
            limit: 1 to 1,000.
            after: `Page.next` of the page before; ``None`` begins.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        ...

    async def save(
        self, batch: GenerationBatch, *, assets: Sequence[GalleryAsset] = ()
    ) -> GenerationBatch:
        """Store a changed batch and return it with its version counted up by one.

        The batch must stem from what is stored: same `version` and same `fence`.
        So of two writers who read the same version one gets through, and a worker
        whose claim was taken over can write no more. `claim` is stored as given.

        Args:
            assets: New assets of the gallery that the change brings. They are stored
                with it, all or nothing, each as by `AssetRecords.add`.

        Raises:
            StaleBatchError: When version or fence differ from the stored ones.
            BatchNotFoundError: When no batch has the id.
            RepositoryError: When an asset's id belongs to another value, or was
                discarded.
        """
        ...

    async def claim(self, owner: str, lease_seconds: float) -> GenerationBatch | None:
        """Give the caller the next batch of the line, or ``None`` when there is none.

        Up for claiming are the queued and the processing batches that are unclaimed
        or whose lease ran out. The claim is atomic: any number of callers in any
        number of processes get different batches. The batch returned bears the new
        `Claim`, a fence one higher than before, and a version counted up by one; its
        status is as it was.

        Args:
            owner: The caller's name; not empty.
            lease_seconds: How long the claim holds unless renewed; 0 or more. A lease
                of 0 has run out at once.

        Raises:
            InvalidRequestError: When `owner` is empty, or `lease_seconds` is negative
                or not finite.
        """
        ...

    async def renew(
        self, batch_id: BatchId, claim: Claim, lease_seconds: float
    ) -> Claim:
        """Let a claim hold for `lease_seconds` from now, and return it so.

        The batch's version stays: whoever holds the batch puts the claim returned
        into it, or its next `save` would store the older end of the lease. Also good
        after the lease ran out, as long as nobody else took the batch.

        Raises:
            InvalidRequestError: When `lease_seconds` is negative or not finite.
            StaleBatchError: When the batch is finished, unclaimed or deleted, or the
                claim's owner or fence are not the stored ones.
        """
        ...

    async def position(self, batch_id: BatchId) -> int:
        """Return how many queued, unclaimed batches stand before this one in line.

        A claim whose lease ran out counts as none.

        Raises:
            BatchNotFoundError: When no batch has the id.
            BatchStatusError: When the batch is not queued.
        """
        ...

    async def line(self, *, limit: int = 50) -> Sequence[GenerationBatch]:
        """Return the first queued, unclaimed batches in the order of the line.

        Args:
            limit: 1 to 1,000.

        Raises:
            InvalidRequestError: When `limit` is out of range.
        """
        ...

    async def delete(self, batch_id: BatchId) -> None:
        """Forget a batch; its assets stay.

        Raises:
            BatchNotFoundError: When no batch has the id.
        """
        ...
