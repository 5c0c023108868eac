"""The contract of `BatchRecords` as tests: the line, claims and leases.

The suite has no power over the repository's clock: leases of 0 seconds have run out
at once, and those of minutes hold for as long as a test takes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest
from anyio import create_task_group
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.batches import BatchFailure, BatchStatus, Claim
from comfy_assets.errors import (
    BatchStatusError,
    InvalidRequestError,
    StaleBatchError,
)
from comfy_assets.testing.opening import OpensRepository, drawing
from comfy_assets.testing.samples import NOON, make_batch

if TYPE_CHECKING:
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.ports.batch_records import BatchRecords
    from comfy_assets.testing.opening import OpenRepository

_LONG: Final = 600.0
_FAILURE: Final = BatchFailure(message="no", error_type="ExecutionError")

_LINES = st.lists(
    st.builds(
        make_batch,
        id=st.uuids().map(str),
        priority=st.integers(-1, 1),
        # Sorted as text: "10" comes before "9", "Z" before "a".
        position_key=st.sampled_from(["1", "10", "9", "Z", "a", "\u00e4"]),
        created_at=st.integers(0, 1).map(lambda n: NOON + timedelta(microseconds=n)),
    ),
    max_size=10,
    unique_by=lambda batch: batch.id,
)


class BatchClaimsSuite(OpensRepository):
    """Claims and the line of `BatchRecords`; part of `AssetRepositorySuite`."""

    @drawing
    @given(batches=_LINES)
    async def test_batches_are_claimed_in_the_order_of_the_line(
        self, open_repository: OpenRepository, batches: list[GenerationBatch]
    ) -> None:
        """Higher priority first, then `position_key` as text, then age, then id."""
        expected = [batch.id for batch in sorted(batches, key=_line_key)]
        async with open_repository(uuid4().hex) as repository:
            records = repository.batches
            for batch in batches:
                await records.add(batch)
            if batches:
                assert [batch.id for batch in await records.line()] == expected
            places = [await records.position(batch_id) for batch_id in expected]
            assert places == list(range(len(expected)))
            claimed = [await records.claim("worker", _LONG) for _ in expected]
            assert [batch.id for batch in claimed if batch] == expected
            assert await records.claim("worker", _LONG) is None
            assert list(await records.line()) == []

    async def test_a_claimed_batch_bears_the_claim_and_is_else_as_it_was(
        self, open_repository: OpenRepository
    ) -> None:
        """The fence is one higher, the version counted up, the status as it was."""
        async with open_repository("main") as repository:
            added = await repository.batches.add(make_batch(fence=4))
            before = datetime.now(UTC)
            claimed = await repository.batches.claim("worker", _LONG)
            assert claimed is not None
            assert claimed.claim is not None
            assert (claimed.claim.owner, claimed.claim.fence) == ("worker", 5)
            # Half of the lease is left for a database whose clock differs from ours.
            lasts = claimed.claim.lease_until - before
            assert abs(lasts.total_seconds() - _LONG) < _LONG / 2
            expected = evolve(added, claim=claimed.claim, fence=5, version=2)
            assert claimed == expected
            assert await repository.batches.get(added.id) == claimed

    async def test_only_open_batches_are_up_for_claiming(
        self, open_repository: OpenRepository
    ) -> None:
        """Queued and processing batches are claimed, finished ones never."""
        batch = make_batch()
        painted = batch.start(NOON).record_image(0, ())
        finished = [
            batch.cancel(NOON),
            batch.fail(NOON, _FAILURE),
            painted.complete(NOON),
        ]
        async with open_repository("main") as repository:
            for other in finished:
                other_id = make_batch().id
                await repository.batches.add(evolve(other, id=other_id))
            assert await repository.batches.claim("worker", _LONG) is None
            processing = await repository.batches.add(batch.start(NOON))
            claimed = await repository.batches.claim("worker", _LONG)
            assert claimed is not None
            assert claimed.id == processing.id
            assert claimed.status is BatchStatus.PROCESSING

    async def test_a_lease_that_ran_out_frees_the_batch(
        self, open_repository: OpenRepository
    ) -> None:
        """A lease of 0 has run out at once; the fence tells the claims apart."""
        async with open_repository("main") as repository:
            batch = await repository.batches.add(make_batch())
            fences = []
            for owner in ("one", "two", "two"):
                claimed = await repository.batches.claim(owner, 0)
                assert claimed is not None
                assert claimed.claim is not None
                assert claimed.claim.owner == owner
                assert [it.id for it in await repository.batches.line()] == [batch.id]
                fences.append(claimed.fence)
            assert fences == [1, 2, 3]
            assert await repository.batches.claim("three", _LONG) is not None
            assert await repository.batches.claim("four", _LONG) is None

    async def test_a_batch_put_back_is_up_for_claiming_again(
        self, open_repository: OpenRepository
    ) -> None:
        """A batch saved without a claim is unclaimed, at its old place."""
        async with open_repository("main") as repository:
            first = await repository.batches.add(make_batch(position_key="1"))
            await repository.batches.add(make_batch(position_key="2"))
            claimed = await repository.batches.claim("worker", _LONG)
            assert claimed is not None
            await repository.batches.save(claimed.start(NOON).requeue())
            again = await repository.batches.claim("another", _LONG)
            assert again is not None
            assert (again.id, again.fence) == (first.id, 2)

    async def test_concurrent_claims_give_each_batch_once(
        self, open_repository: OpenRepository
    ) -> None:
        """Any number of callers get different batches, and all batches are given."""
        claimed: list[str] = []

        async def work(records: BatchRecords, owner: str) -> None:
            while batch := await records.claim(owner, _LONG):
                claimed.append(batch.id)

        async with open_repository("main") as repository:
            batches = [await repository.batches.add(make_batch()) for _ in range(24)]
            async with create_task_group() as tasks:
                for number in range(6):
                    tasks.start_soon(work, repository.batches, f"worker {number}")
        assert sorted(claimed) == sorted(batch.id for batch in batches)

    async def test_a_renewed_claim_holds_longer(
        self, open_repository: OpenRepository
    ) -> None:
        """`renew` moves the end of the lease, nothing else, and returns the claim."""
        async with open_repository("main") as repository:
            await repository.batches.add(make_batch())
            claimed = await repository.batches.claim("worker", _LONG)
            assert claimed is not None
            assert claimed.claim is not None
            claim = await repository.batches.renew(
                claimed.id, claimed.claim, 10 * _LONG
            )
            renewed = await repository.batches.get(claimed.id)
            assert renewed.claim == claim
            gained = claim.lease_until - claimed.claim.lease_until
            assert gained > timedelta(seconds=8 * _LONG)
            assert evolve(renewed, claim=claimed.claim) == claimed
            await repository.batches.renew(claimed.id, claimed.claim, 0)
            assert await repository.batches.claim("another", _LONG) is not None

    async def test_a_lease_that_ran_out_can_be_renewed(
        self, open_repository: OpenRepository
    ) -> None:
        """`renew` is good after the lease ran out while nobody took the batch."""
        async with open_repository("main") as repository:
            await repository.batches.add(make_batch())
            claimed = await repository.batches.claim("worker", 0)
            assert claimed is not None
            assert claimed.claim is not None
            await repository.batches.renew(claimed.id, claimed.claim, _LONG)
            assert await repository.batches.claim("another", _LONG) is None

    async def test_a_claim_that_is_lost_cannot_be_renewed(
        self, open_repository: OpenRepository
    ) -> None:
        """`renew` raises when owner or fence are not the stored ones."""
        async with open_repository("main") as repository:
            await repository.batches.add(make_batch())
            late = await repository.batches.claim("worker", 0)
            heir = await repository.batches.claim("worker", _LONG)
            assert late is not None
            assert late.claim is not None
            assert heir is not None
            assert heir.claim is not None
            for claim in (late.claim, evolve(heir.claim, owner="another")):
                with pytest.raises(StaleBatchError) as caught:
                    await repository.batches.renew(heir.id, claim, _LONG)
                assert caught.value.batch_id == heir.id
            assert await repository.batches.get(heir.id) == heir

    async def test_only_a_claim_on_an_open_batch_can_be_renewed(
        self, open_repository: OpenRepository
    ) -> None:
        """`renew` raises when the batch is finished, unclaimed or deleted."""
        claim = Claim(owner="worker", lease_until=NOON, fence=1)
        queued = make_batch(fence=1)
        async with open_repository("main") as repository:
            finished = evolve(queued.cancel(NOON), id=make_batch().id, claim=claim)
            await repository.batches.add(finished)
            await repository.batches.add(queued)
            deleted = await repository.batches.add(make_batch(claim=claim))
            await repository.batches.delete(deleted.id)
            for batch in (finished, queued, deleted):
                with pytest.raises(StaleBatchError):
                    await repository.batches.renew(batch.id, claim, _LONG)

    async def test_claimed_and_processing_batches_do_not_count_in_line(
        self, open_repository: OpenRepository
    ) -> None:
        """Only queued, unclaimed batches stand before another, or in the line."""
        async with open_repository("main") as repository:
            records = repository.batches
            claimed, processing, waiting, last = [
                await records.add(make_batch(position_key=str(n))) for n in range(4)
            ]
            await records.save(processing.start(NOON))
            await records.claim("worker", _LONG)
            assert await records.position(last.id) == 1
            assert await records.position(waiting.id) == 0
            assert await records.position(claimed.id) == 0
            assert list(await records.line()) == [waiting, last]
            assert list(await records.line(limit=1)) == [waiting]

    async def test_a_claim_that_ran_out_counts_as_none_in_line(
        self, open_repository: OpenRepository
    ) -> None:
        """A batch whose lease ran out stands in line again."""
        async with open_repository("main") as repository:
            first, last = [
                await repository.batches.add(make_batch(position_key=str(n)))
                for n in range(2)
            ]
            await repository.batches.claim("worker", 0)
            assert await repository.batches.position(last.id) == 1
            line = await repository.batches.line()
            assert [batch.id for batch in line] == [first.id, last.id]

    async def test_only_a_queued_batch_has_a_position(
        self, open_repository: OpenRepository
    ) -> None:
        """`position` raises `BatchStatusError` when the batch is not queued."""
        async with open_repository("main") as repository:
            for batch in (make_batch().start(NOON), make_batch().cancel(NOON)):
                await repository.batches.add(batch)
                with pytest.raises(BatchStatusError) as caught:
                    await repository.batches.position(batch.id)
                assert caught.value.batch_id == batch.id
                assert caught.value.status == batch.status.value

    async def test_a_moved_batch_is_claimed_at_its_new_place(
        self, open_repository: OpenRepository
    ) -> None:
        """`save` moves a batch in line: by its priority and by its position key."""
        async with open_repository("main") as repository:
            records = repository.batches
            a, b, c = [await records.add(make_batch(position_key=key)) for key in "abc"]
            await records.save(c.move(priority=0, position_key="B"))
            assert [it.id for it in await records.line()] == [c.id, a.id, b.id]
            await records.save(b.move(priority=1, position_key="z"))
            assert [it.id for it in await records.line()] == [b.id, c.id, a.id]
            assert await records.position(a.id) == 2

    async def test_a_claim_needs_an_owner_and_a_lease(
        self, open_repository: OpenRepository
    ) -> None:
        """An empty owner and a lease that is negative or endless are refused."""
        async with open_repository("main") as repository:
            batch = await repository.batches.add(make_batch())
            with pytest.raises(InvalidRequestError):
                await repository.batches.claim("", _LONG)
            for lease_seconds in (-1.0, float("inf"), float("nan")):
                with pytest.raises(InvalidRequestError):
                    await repository.batches.claim("worker", lease_seconds)
            assert await repository.batches.get(batch.id) == batch


def _line_key(batch: GenerationBatch) -> tuple[int, str, datetime, str]:
    return -batch.priority, batch.position_key, batch.created_at, batch.id
