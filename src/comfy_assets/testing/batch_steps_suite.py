"""`BatchRecords` under any order of steps, beside a model of a few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.batches import BatchQuery, BatchStatus, Claim
from comfy_assets.domain.identity import BatchId
from comfy_assets.errors import BatchNotFoundError, StaleBatchError
from comfy_assets.testing.opening import OpensRepository, drawing
from comfy_assets.testing.samples import NOON, make_batch

if TYPE_CHECKING:
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.ports.batch_records import BatchRecords
    from comfy_assets.testing.opening import OpenRepository

_LONG: Final = 600.0
_STEPS: Final = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "claim", "claim briefly", "renew", "save", "save stale", "delete"]
        ),
        st.integers(0, 3),
        st.sampled_from(["start", "cancel", "requeue", "drop"]),
    ),
    max_size=30,
)


@define
class _Model:
    """What the repository must hold: batches by id, and which leases still hold."""

    batches: dict[str, GenerationBatch] = field(factory=dict)
    holding: set[str] = field(factory=set)

    def next_in_line(self) -> GenerationBatch | None:
        free = [
            batch
            for batch in self.batches.values()
            if not batch.is_finished
            and (batch.claim is None or batch.id not in self.holding)
        ]
        return min(free, key=_line_key, default=None)

    def waiting(self) -> list[str]:
        free = [
            batch
            for batch in self.batches.values()
            if batch.status is BatchStatus.QUEUED
            and (batch.claim is None or batch.id not in self.holding)
        ]
        return [batch.id for batch in sorted(free, key=_line_key)]


class BatchStepsSuite(OpensRepository):
    """`BatchRecords` beside a model; part of `AssetRepositorySuite`."""

    @drawing
    @given(steps=_STEPS)
    async def test_any_order_of_steps_agrees_with_a_model(
        self, open_repository: OpenRepository, steps: list[tuple[str, int, str]]
    ) -> None:
        """After any steps, in any order, the queue holds what a dict would."""
        pool = [
            make_batch(priority=priority, position_key=key)
            for priority, key in [(0, "2"), (0, "1"), (1, "3"), (0, "2")]
        ]
        model = _Model()
        async with open_repository(uuid4().hex) as repository:
            records = repository.batches
            for step, number, change in steps:
                await _take(records, model, step, pool[number], change)
                assert [it.id for it in await records.line()] == model.waiting()
            found = (await records.find(BatchQuery())).items
            assert {it.id: _no_lease(it) for it in found} == {
                it.id: _no_lease(it) for it in model.batches.values()
            }


async def _take(
    records: BatchRecords,
    model: _Model,
    step: str,
    batch: GenerationBatch,
    change: str,
) -> None:
    """Take one step in both, and compare what comes back or is raised."""
    stored = model.batches.get(batch.id)
    if step in {"claim", "claim briefly"}:
        await _claim(records, model, briefly=step == "claim briefly")
    elif step == "renew":
        await _renew(records, model, batch.id)
    elif stored is None and step == "add":
        model.batches[batch.id] = await records.add(batch)
        assert model.batches[batch.id] == evolve(batch, version=1)
    elif stored is None:
        with pytest.raises(BatchNotFoundError):
            await (
                records.delete(batch.id) if step == "delete" else records.save(batch)
            )
    elif step == "delete":
        await records.delete(batch.id)
        del model.batches[batch.id]
    elif step == "save":
        changed = _changed(stored, change)
        model.batches[batch.id] = await records.save(changed)
        expected = evolve(changed, version=stored.version + 1)
        assert _no_lease(model.batches[batch.id]) == _no_lease(expected)
    elif step == "save stale":
        with pytest.raises(StaleBatchError):
            await records.save(evolve(stored, version=stored.version - 1))


async def _claim(records: BatchRecords, model: _Model, *, briefly: bool) -> None:
    expected = model.next_in_line()
    claimed = await records.claim("worker", 0 if briefly else _LONG)
    if expected is None:
        assert claimed is None
        return
    assert claimed is not None
    fence = expected.fence + 1
    claim = Claim(owner="worker", lease_until=NOON, fence=fence)
    version = expected.version + 1
    wanted = evolve(expected, claim=claim, fence=fence, version=version)
    assert _no_lease(claimed) == wanted
    model.batches[claimed.id] = claimed
    (model.holding.discard if briefly else model.holding.add)(claimed.id)


async def _renew(records: BatchRecords, model: _Model, batch_id: BatchId) -> None:
    stored = model.batches.get(batch_id)
    if stored is None or stored.claim is None or stored.is_finished:
        claim = Claim(owner="worker", lease_until=NOON, fence=1)
        with pytest.raises(StaleBatchError):
            await records.renew(batch_id, claim, _LONG)
        return
    await records.renew(batch_id, stored.claim, _LONG)
    model.batches[batch_id] = await records.get(batch_id)
    model.holding.add(batch_id)


def _changed(batch: GenerationBatch, change: str) -> GenerationBatch:
    """Return the batch after a step, or as it is where the step is not allowed."""
    if change == "start" and batch.status is BatchStatus.QUEUED:
        return batch.start(NOON)
    if change == "cancel" and not batch.is_finished:
        return batch.cancel(NOON)
    if change == "requeue" and not batch.is_finished:
        return batch.requeue()
    if change == "drop":
        return evolve(batch, claim=None)
    return batch


def _no_lease(batch: GenerationBatch) -> GenerationBatch:
    """Leave out the end of the lease, which goes by the repository's clock."""
    if batch.claim is None:
        return batch
    return evolve(batch, claim=evolve(batch.claim, lease_until=NOON))


def _line_key(batch: GenerationBatch) -> tuple[int, str, str]:
    return -batch.priority, batch.position_key, batch.id
