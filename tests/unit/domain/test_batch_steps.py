"""A batch under any order of steps agrees with a simple model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from comfy_assets.domain.batches import BatchFailure, BatchStatus, GenerationBatch
from comfy_assets.domain.identity import BatchId, asset_id_of
from comfy_assets.domain.requests import AssetType, EntityRef, GenerationRequest
from comfy_assets.errors import BatchStatusError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ID = BatchId("3f2a5b1c-0000-4000-8000-000000000001")
COUNT = 3

# Written out a second time on purpose: what each step leads to, by status.
NEXT = {
    ("start", "queued"): "processing",
    ("record_image", "processing"): "processing",
    ("complete", "processing"): "complete",
    ("fail", "queued"): "failed",
    ("fail", "processing"): "failed",
    ("cancel", "queued"): "cancelled",
    ("cancel", "processing"): "cancelled",
    ("requeue", "queued"): "queued",
    ("requeue", "processing"): "queued",
    ("move", "queued"): "queued",
    ("retry", "failed"): "queued",
    ("retry", "cancelled"): "queued",
}


class BatchSteps(RuleBasedStateMachine):
    """Takes steps on a batch and on a model of three plain variables."""

    def __init__(self) -> None:
        super().__init__()
        self.status = "queued"
        self.done: set[int] = set()
        self.attempts = 1
        request = GenerationRequest(
            world_id="vale",
            entity=EntityRef("Character", "marcus"),
            asset_type=AssetType.PORTRAIT,
            prompt="",
            count=COUNT,
        )
        self.batch = GenerationBatch(
            id=ID,
            request=request,
            status=BatchStatus.QUEUED,
            seed=1,
            priority=0,
            position_key="8",
            created_at=NOW,
        )

    def take(self, step: str, *args: object, **options: object) -> bool:
        """Take a step on both; return whether it was allowed."""
        following = NEXT.get((step, self.status))
        if step == "complete" and len(self.done) < COUNT:
            following = None
        if following is None:
            with pytest.raises(BatchStatusError):
                getattr(self.batch, step)(*args, **options)
            return False
        self.batch = getattr(self.batch, step)(*args, **options)
        self.status = following
        return True

    @rule()
    def start(self) -> None:
        """Begin to paint."""
        self.take("start", NOW)

    @rule(index=st.integers(0, COUNT - 1))
    def record_image(self, index: int) -> None:
        """Store an image, again perhaps."""
        if self.take("record_image", index, [asset_id_of(ID, index=index)]):
            self.done.add(index)

    @rule()
    def complete(self) -> None:
        """End it well."""
        self.take("complete", NOW)

    @rule()
    def fail(self) -> None:
        """End it badly."""
        self.take("fail", NOW, BatchFailure(message="m", error_type="E"))

    @rule()
    def cancel(self) -> None:
        """Call it off."""
        self.take("cancel", NOW)

    @rule()
    def requeue(self) -> None:
        """Put it back."""
        self.take("requeue")

    @rule(priority=st.integers(-1000, 1000))
    def move(self, priority: int) -> None:
        """Give it another place."""
        self.take("move", priority=priority, position_key="88")

    @rule()
    def retry(self) -> None:
        """Line it up once more."""
        if self.take("retry", position_key="9"):
            self.attempts += 1

    @invariant()
    def agrees_with_the_model(self) -> None:
        """Status, images and attempts are what the steps say."""
        batch = self.batch
        assert batch.status == self.status
        assert batch.attempts == self.attempts
        assert batch.completed_indexes == tuple(sorted(self.done))
        assert batch.completed_count == len(batch.completed_indexes)
        assert set(batch.missing_indexes) == set(range(COUNT)) - self.done

    @invariant()
    def is_sound(self) -> None:
        """An end has a time, a failure has a reason, a complete batch all images."""
        batch = self.batch
        assert batch.is_finished == (batch.finished_at is not None)
        assert (batch.failure is not None) == (batch.status is BatchStatus.FAILED)
        assert batch.status is not BatchStatus.COMPLETE or not batch.missing_indexes
        assert batch.asset_ids == tuple(
            asset_id_of(ID, index=index) for index in batch.completed_indexes
        )
        assert batch.version == 0


TestBatchSteps = BatchSteps.TestCase
