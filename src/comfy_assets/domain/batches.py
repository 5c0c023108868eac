"""The generation batch, its steps, its claim, its failure, and the query for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from comfy_assets.domain.batch_status import BatchStatus, check_step
from comfy_assets.domain.identity import asset_id_of, require_uuid
from comfy_assets.domain.requests import frozen_mapping
from comfy_assets.domain.times import aware
from comfy_assets.errors import BatchStatusError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from comfy_assets.domain.identity import AssetId, BatchId
    from comfy_assets.domain.requests import EntityRef, GenerationRequest

__all__ = ["BatchFailure", "BatchQuery", "BatchStatus", "Claim", "GenerationBatch"]


@frozen(kw_only=True)
class Claim:
    """A worker's right to work on a batch, until it runs out or is renewed."""

    #: The worker's name.
    owner: str
    #: When the claim runs out; aware, UTC.
    lease_until: datetime = field(validator=aware)
    #: Counts the claims that the batch has seen; only the newest may write.
    fence: int


@frozen(kw_only=True)
class BatchFailure:
    """Why a batch failed, in plain values."""

    #: A sentence for a person.
    message: str
    #: The error's class, such as ``"WorkflowRejectedError"``.
    error_type: str
    #: What the error knows beyond that; JSON values.
    details: Mapping[str, Any] = field(factory=dict[str, Any], converter=frozen_mapping)


@frozen(kw_only=True)
class GenerationBatch:
    """A request on its way: an immutable value, changed by steps that return a new one.

    Steps do not touch `version`: `BatchRecords.save` counts it up.
    """

    #: Its id.
    id: BatchId = field()
    #: What was asked for.
    request: GenerationRequest
    #: Where it stands.
    status: BatchStatus
    #: Seed of image 0, drawn when the batch was made if the request has none.
    seed: int
    #: How many of the request's `count` images are painted and stored.
    completed_count: int = 0
    #: Why it failed; ``None`` unless it did.
    failure: BatchFailure | None = None
    #: The attempt that runs or ran, from 1; `retry` counts it up.
    attempts: int = 1
    #: Runs before those of lower priority; the request's, until it is moved.
    priority: int
    #: Its place among batches of the same priority; texts that sort.
    position_key: str
    #: When it was submitted; aware, UTC.
    created_at: datetime = field(validator=aware)
    #: When its first image of this attempt was begun; aware, UTC.
    started_at: datetime | None = field(default=None, validator=aware)
    #: When it ended; aware, UTC.
    finished_at: datetime | None = field(default=None, validator=aware)
    #: Its assets, in the order of the images.
    asset_ids: tuple[AssetId, ...] = ()
    #: The indexes of the images that are stored, ascending.
    completed_indexes: tuple[int, ...] = ()
    #: Counts the times that it was saved, from 0 for one that never was.
    version: int = 0
    #: The fence of the newest claim that it ever had, 0 before the first.
    fence: int = 0
    #: The worker that holds it; ``None`` while nobody does.
    claim: Claim | None = None

    def __attrs_post_init__(self) -> None:
        """Check the id: runs and assets derive theirs from it."""
        require_uuid("id", self.id)

    @property
    def error_message(self) -> str | None:
        """The sentence of the failure, or ``None``."""
        return self.failure.message if self.failure else None

    @property
    def error_details(self) -> Mapping[str, Any] | None:
        """What the failure knows beyond its sentence, or ``None``."""
        return self.failure.details if self.failure else None

    @property
    def is_finished(self) -> bool:
        """Whether it is complete, failed or cancelled."""
        return self.status.is_final

    @property
    def missing_indexes(self) -> tuple[int, ...]:
        """The images that are still to be painted, ascending."""
        done = set(self.completed_indexes)
        return tuple(i for i in range(self.request.count) if i not in done)

    def start(self, now: datetime) -> GenerationBatch:
        """Take it out of the line and begin to paint.

        Raises:
            BatchStatusError: When it is not queued.
        """
        self._check("start")
        return evolve(self, status=BatchStatus.PROCESSING, started_at=now)

    def record_image(self, index: int, asset_ids: Sequence[AssetId]) -> GenerationBatch:
        """Note that image `index` is stored; noting it twice changes nothing.

        Args:
            index: 0 to ``request.count - 1``.
            asset_ids: The assets of its run, usually one.

        Raises:
            BatchStatusError: When it is not processing.
            InvalidRequestError: When the request asks for no such image.
        """
        self._check("record_image")
        if not 0 <= index < self.request.count:
            problem = f"must be from 0 to {self.request.count - 1}, not {index}"
            raise InvalidRequestError("index", problem)
        if index in self.completed_indexes:
            return self
        indexes = tuple(sorted({*self.completed_indexes, index}))
        return evolve(
            self,
            completed_indexes=indexes,
            completed_count=len(indexes),
            asset_ids=self._in_image_order(indexes, asset_ids),
        )

    def complete(self, now: datetime) -> GenerationBatch:
        """End it well.

        Raises:
            BatchStatusError: When it is not processing, or images are missing.
        """
        self._check("complete")
        if self.missing_indexes:
            hint = f"Images {self.missing_indexes} are still missing."
            raise BatchStatusError(self.id, self.status, "complete", hint)
        return self._end(BatchStatus.COMPLETE, now)

    def fail(self, now: datetime, failure: BatchFailure) -> GenerationBatch:
        """End it because an image could not be painted; finished images stay.

        Raises:
            BatchStatusError: When it has already ended.
        """
        self._check("fail")
        return evolve(self._end(BatchStatus.FAILED, now), failure=failure)

    def cancel(self, now: datetime) -> GenerationBatch:
        """End it because the host wishes so; finished images stay.

        Raises:
            BatchStatusError: When it has already ended.
        """
        self._check("cancel")
        return self._end(BatchStatus.CANCELLED, now)

    def requeue(self) -> GenerationBatch:
        """Put it back into line at its old place, unclaimed, in the same attempt.

        Raises:
            BatchStatusError: When it has already ended.
        """
        self._check("requeue")
        return evolve(self, status=BatchStatus.QUEUED, claim=None)

    def move(self, *, priority: int, position_key: str) -> GenerationBatch:
        """Give it another place in line.

        Raises:
            BatchStatusError: When it is not queued.
        """
        self._check("move")
        return evolve(self, priority=priority, position_key=position_key)

    def retry(self, *, position_key: str) -> GenerationBatch:
        """Line it up again, as a new attempt, for the images that are missing.

        Raises:
            BatchStatusError: When it neither failed nor was cancelled.
        """
        self._check("retry")
        return evolve(
            self,
            status=BatchStatus.QUEUED,
            attempts=self.attempts + 1,
            position_key=position_key,
            failure=None,
            started_at=None,
            finished_at=None,
        )

    def _check(self, step: str) -> None:
        check_step(self.id, self.status, step)

    def _end(self, status: BatchStatus, now: datetime) -> GenerationBatch:
        return evolve(self, status=status, finished_at=now, claim=None)

    def _in_image_order(
        self, indexes: Sequence[int], added: Sequence[AssetId]
    ) -> tuple[AssetId, ...]:
        # Images end in any order, several servers paint at once. The first asset of
        # image i is known by its derived id; extra ones follow their first.
        groups: dict[int, list[AssetId]] = {}
        first_ids = {asset_id_of(self.id, index=i): i for i in indexes}
        current = indexes[0]
        for asset_id in (*self.asset_ids, *added):
            current = first_ids.get(asset_id, current)
            groups.setdefault(current, []).append(asset_id)
        return tuple(a for i in sorted(groups) for a in groups[i])


def _frozen_statuses(
    statuses: Iterable[BatchStatus] | None,
) -> frozenset[BatchStatus] | None:
    return None if statuses is None else frozenset(statuses)


@frozen(kw_only=True)
class BatchQuery:
    """Which batches to find; ``None`` leaves a field open."""

    #: In one of these statuses.
    statuses: frozenset[BatchStatus] | None = field(
        default=None,
        converter=_frozen_statuses,
    )
    #: Of this world.
    world_id: str | None = None
    #: Of this entity.
    entity: EntityRef | None = None
    #: Claimed by this worker, whether or not its lease has run out.
    owner: str | None = None
