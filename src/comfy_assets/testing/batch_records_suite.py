"""The contract of `BatchRecords` as tests: storing and finding batches."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.batches import BatchQuery, BatchStatus, Claim
from comfy_assets.domain.identity import BatchId
from comfy_assets.domain.requests import EntityRef
from comfy_assets.errors import (
    BatchNotFoundError,
    InvalidRequestError,
    PayloadError,
    RepositoryError,
    StaleBatchError,
)
from comfy_assets.testing.opening import OpensRepository, drawing
from comfy_assets.testing.samples import MARCUS, NOON, make_batch, make_request
from comfy_assets.testing.strategies import batches

if TYPE_CHECKING:
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.testing.opening import OpenRepository

_NOBODY = BatchId("7b1c5a52-6f0e-4a7e-9b1d-1f0c6f6a0000")
_LENA = EntityRef("Character", "lena")

_QUERIES = st.builds(
    BatchQuery,
    statuses=st.none() | st.frozensets(st.sampled_from(BatchStatus)),
    world_id=st.sampled_from([None, "vale", "elsewhere"]),
    entity=st.sampled_from([None, MARCUS, _LENA]),
    owner=st.sampled_from([None, "anna", "ben"]),
)
_CLAIMS = st.sampled_from(
    [None, *(Claim(owner=name, lease_until=NOON, fence=1) for name in ("anna", "ben"))]
)
# Few values each, so that batches share worlds, entities and times.
_BATCHES = st.lists(
    st.builds(
        make_batch,
        id=st.uuids().map(str),
        request=st.builds(
            make_request,
            world_id=st.sampled_from(["vale", "elsewhere"]),
            entity=st.sampled_from([MARCUS, _LENA]),
        ),
        status=st.sampled_from(BatchStatus),
        claim=_CLAIMS,
        created_at=st.integers(0, 3).map(lambda n: NOON + timedelta(microseconds=n)),
    ),
    max_size=12,
    unique_by=lambda batch: batch.id,
)


class BatchRecordsSuite(OpensRepository):
    """Sentences of `BatchRecords` as tests; part of `AssetRepositorySuite`."""

    @drawing
    @given(batch=batches())
    async def test_an_added_batch_comes_back_equal(
        self, open_repository: OpenRepository, batch: GenerationBatch
    ) -> None:
        """`add` returns the batch with version 1, and equal values come back."""
        async with open_repository(uuid4().hex) as repository:
            added = await repository.batches.add(batch)
            assert added == evolve(batch, version=1)
            assert await repository.batches.get(batch.id) == added

    @drawing
    @given(first=batches(), second=batches())
    async def test_a_saved_batch_comes_back_equal(
        self,
        open_repository: OpenRepository,
        first: GenerationBatch,
        second: GenerationBatch,
    ) -> None:
        """`save` stores every field, the claim as given, and counts the version up."""
        async with open_repository(uuid4().hex) as repository:
            added = await repository.batches.add(first)
            changed = evolve(second, id=first.id, version=1, fence=added.fence)
            saved = await repository.batches.save(changed)
            assert saved == evolve(changed, version=2)
            assert await repository.batches.get(first.id) == saved
            query = BatchQuery(
                statuses=[second.status],
                world_id=second.request.world_id,
                entity=second.request.entity,
                owner=None if second.claim is None else second.claim.owner,
            )
            assert (await repository.batches.find(query)).items == (saved,)

    async def test_adding_the_same_batch_again_returns_the_stored_one(
        self, open_repository: OpenRepository
    ) -> None:
        """`add` is quiet for a batch equal but for version, fence and claim."""
        batch = make_batch()
        async with open_repository("main") as repository:
            await repository.batches.add(batch)
            claimed = await repository.batches.claim("worker", 600)
            assert claimed is not None
            assert await repository.batches.add(batch) == claimed
            assert await repository.batches.get(batch.id) == claimed

    async def test_an_id_cannot_be_given_to_another_batch(
        self, open_repository: OpenRepository
    ) -> None:
        """`add` raises when the id belongs to another value, which stays."""
        batch = make_batch(seed=1)
        async with open_repository("main") as repository:
            added = await repository.batches.add(batch)
            with pytest.raises(RepositoryError):
                await repository.batches.add(evolve(batch, seed=2))
            assert await repository.batches.get(batch.id) == added

    async def test_an_unknown_or_deleted_batch_is_not_found(
        self, open_repository: OpenRepository
    ) -> None:
        """`get`, `save`, `position` and `delete` raise when no batch has the id."""
        gone = make_batch()
        async with open_repository("main") as repository:
            records = repository.batches
            gone = await records.add(gone)
            await records.delete(gone.id)
            for batch in (gone, make_batch(id=_NOBODY)):
                with pytest.raises(BatchNotFoundError) as caught:
                    await records.get(batch.id)
                assert caught.value.batch_id == batch.id
                with pytest.raises(BatchNotFoundError):
                    await records.save(batch)
                with pytest.raises(BatchNotFoundError):
                    await records.position(batch.id)
                with pytest.raises(BatchNotFoundError):
                    await records.delete(batch.id)

    async def test_of_two_writers_of_one_version_one_gets_through(
        self, open_repository: OpenRepository
    ) -> None:
        """`save` raises `StaleBatchError` when the version is not the stored one."""
        async with open_repository("main") as repository:
            read = await repository.batches.add(make_batch())
            saved = await repository.batches.save(read.start(NOON))
            for version in (0, 1, 3):
                with pytest.raises(StaleBatchError) as caught:
                    await repository.batches.save(
                        evolve(read.cancel(NOON), version=version)
                    )
                assert caught.value.batch_id == read.id
            assert await repository.batches.get(read.id) == saved

    async def test_a_worker_whose_claim_was_taken_over_can_write_no_more(
        self, open_repository: OpenRepository
    ) -> None:
        """`save` raises `StaleBatchError` when the fence is not the stored one."""
        async with open_repository("main") as repository:
            await repository.batches.add(make_batch())
            late = await repository.batches.claim("late", 0)
            heir = await repository.batches.claim("heir", 600)
            assert late is not None
            assert heir is not None
            for version in (late.version, heir.version):
                with pytest.raises(StaleBatchError):
                    await repository.batches.save(
                        evolve(late.start(NOON), version=version)
                    )
            assert await repository.batches.get(heir.id) == heir

    async def test_a_deleted_batch_is_gone(
        self, open_repository: OpenRepository
    ) -> None:
        """`delete` forgets that batch, in the line too, and no other."""
        gone, kept = make_batch(position_key="1"), make_batch(position_key="2")
        async with open_repository("main") as repository:
            await repository.batches.add(gone)
            kept = await repository.batches.add(kept)
            await repository.batches.delete(gone.id)
            assert (await repository.batches.find(BatchQuery())).items == (kept,)
            assert list(await repository.batches.line()) == [kept]
            assert await repository.batches.position(kept.id) == 0

    @drawing
    @given(batches=_BATCHES, query=_QUERIES, limit=st.integers(1, 5))
    async def test_batch_pages_cover_what_matches_exactly_once(
        self,
        open_repository: OpenRepository,
        batches: list[GenerationBatch],
        query: BatchQuery,
        limit: int,
    ) -> None:
        """Pages hold the matching batches, newest first, ties by id descending."""
        async with open_repository(uuid4().hex) as repository:
            stored = [await repository.batches.add(batch) for batch in batches]
            expected = sorted(
                (batch for batch in stored if _fits(query, batch)),
                key=lambda batch: (batch.created_at, batch.id),
                reverse=True,
            )
            found: list[GenerationBatch] = []
            after: str | None = None
            while True:
                page = await repository.batches.find(query, limit=limit, after=after)
                assert len(page.items) <= limit
                found += page.items
                after = page.next
                if after is None:
                    break
            assert found == expected

    async def test_batch_pages_are_stable_while_batches_come_and_go(
        self, open_repository: OpenRepository
    ) -> None:
        """What is added or deleted meanwhile makes nothing appear twice or left out."""
        async with open_repository("main") as repository:
            old = [
                await repository.batches.add(
                    make_batch(created_at=NOON + timedelta(seconds=n))
                )
                for n in range(5)
            ]
            first = await repository.batches.find(BatchQuery(), limit=2)
            await repository.batches.add(
                make_batch(created_at=NOON + timedelta(days=1))
            )
            await repository.batches.delete(first.items[-1].id)
            rest = await repository.batches.find(BatchQuery(), after=first.next)
            assert [*first.items, *rest.items] == old[::-1]

    @pytest.mark.parametrize("limit", [0, -1, 1001, True])
    async def test_batch_limits_out_of_range_are_refused(
        self, open_repository: OpenRepository, limit: int
    ) -> None:
        """`find` and `line` take limits from 1 to 1,000."""
        async with open_repository("main") as repository:
            with pytest.raises(InvalidRequestError):
                await repository.batches.find(BatchQuery(), limit=limit)
            with pytest.raises(InvalidRequestError):
                await repository.batches.line(limit=limit)
            assert (await repository.batches.find(BatchQuery(), limit=1000)).items == ()
            assert list(await repository.batches.line(limit=1000)) == []

    async def test_a_text_that_is_no_batch_cursor_is_refused(
        self, open_repository: OpenRepository
    ) -> None:
        """`find` raises `PayloadError` when `after` is no cursor."""
        async with open_repository("main") as repository:
            with pytest.raises(PayloadError):
                await repository.batches.find(BatchQuery(), after="nonsense")


def _fits(query: BatchQuery, batch: GenerationBatch) -> bool:
    owner = batch.claim and batch.claim.owner
    return (
        (query.statuses is None or batch.status in query.statuses)
        and query.world_id in {None, batch.request.world_id}
        and query.entity in {None, batch.request.entity}
        and query.owner in {None, owner}
    )
