"""Batches: what each step changes, which are refused, and the order of assets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.batch_status import ALLOWED_STEPS, BatchStatus
from comfy_assets.domain.batches import (
    BatchFailure,
    BatchQuery,
    Claim,
    GenerationBatch,
)
from comfy_assets.domain.identity import AssetId, BatchId, asset_id_of
from comfy_assets.domain.requests import AssetType, EntityRef, GenerationRequest
from comfy_assets.errors import BatchStatusError, InvalidRequestError

ID = BatchId("3f2a5b1c-0000-4000-8000-000000000001")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
FAILURE = BatchFailure(message="It failed.", error_type="ExecutionError")
CLAIM = Claim(owner="host", lease_until=LATER, fence=1)

STEPS = {
    "start": lambda batch: batch.start(LATER),
    "record_image": lambda batch: batch.record_image(0, [asset_of(0)]),
    "complete": lambda batch: batch.complete(LATER),
    "fail": lambda batch: batch.fail(LATER, FAILURE),
    "cancel": lambda batch: batch.cancel(LATER),
    "requeue": lambda batch: batch.requeue(),
    "move": lambda batch: batch.move(priority=5, position_key="a8"),
    "retry": lambda batch: batch.retry(position_key="b8"),
}


def asset_of(index: int, extra: int = 0) -> AssetId:
    """Return the id of an asset of the batch."""
    return asset_id_of(ID, index=index, extra=extra)


def make_batch(count: int = 2, **changes: Any) -> GenerationBatch:
    """Return a queued batch of so many images, with the given fields changed."""
    request = GenerationRequest(
        world_id="vale",
        entity=EntityRef("Character", "marcus"),
        asset_type=AssetType.PORTRAIT,
        prompt="a grizzled bartender",
        count=count,
    )
    fields: dict[str, Any] = {
        "id": ID,
        "request": request,
        "status": BatchStatus.QUEUED,
        "seed": 7,
        "priority": 0,
        "position_key": "88",
        "created_at": NOW,
    }
    return GenerationBatch(**(fields | changes))


def with_all_images(batch: GenerationBatch) -> GenerationBatch:
    """Return the batch with every image recorded."""
    for index in range(batch.request.count):
        batch = batch.record_image(index, [asset_of(index)])
    return batch


@pytest.mark.parametrize("status", BatchStatus)
@pytest.mark.parametrize("step", ALLOWED_STEPS)
def test_a_step_is_taken_from_the_statuses_of_the_table_only(
    step: str, status: BatchStatus
) -> None:
    """Every step outside the table is refused, telling batch, status and step."""
    batch = with_all_images(make_batch(status=BatchStatus.PROCESSING))
    batch = evolve(batch, status=status)

    if status in ALLOWED_STEPS[step]:
        STEPS[step](batch)
        return
    with pytest.raises(BatchStatusError, match=f"cannot {step} it") as caught:
        STEPS[step](batch)
    assert (caught.value.batch_id, caught.value.status, caught.value.step) == (
        ID,
        status,
        step,
    )


def test_every_step_stands_in_the_table() -> None:
    """The table names the methods that a batch has, and all of these tests' steps."""
    assert set(ALLOWED_STEPS) == set(STEPS)
    assert all(callable(getattr(GenerationBatch, step)) for step in ALLOWED_STEPS)


@pytest.mark.parametrize("status", BatchStatus)
def test_a_batch_is_finished_when_its_status_is_final(status: BatchStatus) -> None:
    """Then no worker will touch it unless it is retried."""
    assert make_batch(status=status).is_finished is status.is_final


def test_starting_notes_the_time_and_keeps_the_claim() -> None:
    """A batch that is started is processing since then, in its worker's hands."""
    batch = make_batch(claim=CLAIM).start(LATER)

    assert batch.status is BatchStatus.PROCESSING
    assert batch.started_at == LATER
    assert batch.claim == CLAIM


def test_completing_needs_every_image() -> None:
    """A batch with a missing image cannot be complete; the hint names the image."""
    batch = make_batch(count=2).start(NOW).record_image(1, [asset_of(1)])

    assert batch.missing_indexes == (0,)
    with pytest.raises(BatchStatusError, match=r"Images \(0,\) are still missing"):
        batch.complete(LATER)


def test_completing_ends_the_batch_and_its_claim() -> None:
    """A complete batch has its time and belongs to nobody."""
    batch = with_all_images(make_batch(claim=CLAIM).start(NOW)).complete(LATER)

    assert batch.status is BatchStatus.COMPLETE
    assert batch.finished_at == LATER
    assert batch.claim is None
    assert batch.missing_indexes == ()


@pytest.mark.parametrize("step", ["fail", "cancel"])
def test_what_ends_badly_keeps_its_images(step: str) -> None:
    """Finished images stay with a failed or cancelled batch, its claim does not."""
    batch = make_batch(claim=CLAIM).start(NOW).record_image(1, [asset_of(1)])

    ended = STEPS[step](batch)

    assert ended.asset_ids == (asset_of(1),)
    assert ended.finished_at == LATER
    assert ended.claim is None
    assert ended.failure == (FAILURE if step == "fail" else None)


def test_a_failure_tells_its_sentence_and_details() -> None:
    """The batch repeats what its failure says, and nothing without one."""
    failure = BatchFailure(message="m", error_type="E", details={"node_id": "3"})
    failed = make_batch().fail(LATER, failure)

    assert failed.error_message == "m"
    assert failed.error_details == {"node_id": "3"}
    assert make_batch().error_message is None
    assert make_batch().error_details is None


def test_the_details_of_a_failure_are_a_copy() -> None:
    """Nobody changes a failure by changing what it was made from."""
    details = {"node_id": "3"}
    failure = BatchFailure(message="m", error_type="E", details=details)
    details["node_id"] = "4"

    assert failure.details == {"node_id": "3"}


def test_requeueing_returns_to_the_old_place() -> None:
    """A batch put back has its place, its images and its attempt, but no worker."""
    before = make_batch(claim=CLAIM).start(NOW).record_image(0, [asset_of(0)])

    after = before.requeue()

    assert after.status is BatchStatus.QUEUED
    assert after.claim is None
    assert after.position_key == before.position_key
    assert after.attempts == before.attempts
    assert after.completed_indexes == (0,)


def test_moving_changes_the_place_only() -> None:
    """A moved batch differs by priority and position key alone."""
    before = make_batch()

    after = before.move(priority=5, position_key="a8")

    assert (after.priority, after.position_key) == (5, "a8")
    assert evolve(after, priority=0, position_key="88") == before


def test_retrying_lines_up_a_new_attempt_for_what_is_missing() -> None:
    """A retried batch forgets how it ended and keeps what was painted."""
    failed = make_batch(count=3).start(NOW).record_image(1, [asset_of(1)])
    failed = failed.fail(LATER, FAILURE)

    again = failed.retry(position_key="c8")

    assert again.status is BatchStatus.QUEUED
    assert again.attempts == 2
    assert again.position_key == "c8"
    assert again.missing_indexes == (0, 2)
    assert (again.failure, again.started_at, again.finished_at) == (None, None, None)


def test_recording_an_image_twice_changes_nothing() -> None:
    """The second note of an image, even with other assets, returns the same batch."""
    once = make_batch().start(NOW).record_image(0, [asset_of(0)])

    assert once.record_image(0, [asset_of(0)]) is once
    assert once.record_image(0, [asset_of(0, 1)]) is once


@pytest.mark.parametrize("index", [-1, 2, 64])
def test_an_image_that_nobody_asked_for_is_refused(index: int) -> None:
    """An index outside the request cannot be recorded."""
    with pytest.raises(InvalidRequestError, match="from 0 to 1") as caught:
        make_batch(count=2).start(NOW).record_image(index, [asset_of(0)])

    assert caught.value.field == "index"


@given(st.data())
def test_assets_stand_in_the_order_of_the_images(data: st.DataObject) -> None:
    """Whatever order images end in, extra assets follow the first of their image."""
    counts = data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=8))
    order = data.draw(st.permutations(range(len(counts))))
    batch = make_batch(count=len(counts)).start(NOW)

    for index in order:
        ids = [asset_of(index, extra) for extra in range(counts[index])]
        batch = batch.record_image(index, ids)

    assert batch.asset_ids == tuple(
        asset_of(index, extra)
        for index, count in enumerate(counts)
        for extra in range(count)
    )
    assert batch.completed_indexes == tuple(range(len(counts)))


def test_a_batch_needs_a_uuid() -> None:
    """An id that runs and assets cannot derive theirs from is refused."""
    with pytest.raises(InvalidRequestError) as caught:
        make_batch(id="batch-1")

    assert caught.value.field == "id"


@pytest.mark.parametrize(
    "statuses", [[BatchStatus.QUEUED], (BatchStatus.QUEUED,), {BatchStatus.QUEUED}]
)
def test_a_query_takes_statuses_from_any_collection(statuses: Any) -> None:
    """However the statuses are listed, the query holds them as a set."""
    query = BatchQuery(statuses=statuses)

    assert query.statuses == frozenset({BatchStatus.QUEUED})
    assert BatchQuery().statuses is None
