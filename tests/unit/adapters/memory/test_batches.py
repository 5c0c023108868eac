"""Leases in memory go by the clock that the repository was given."""

from __future__ import annotations

from datetime import timedelta

import pytest

from comfy_assets.adapters.memory import MemoryAssetRepository
from comfy_assets.domain.batches import BatchQuery
from comfy_assets.testing.samples import NOON, make_batch

pytestmark = pytest.mark.anyio


async def test_a_lease_holds_until_its_last_moment() -> None:
    """A claim is kept before its end and free from its end on."""
    time = NOON
    repository = MemoryAssetRepository(now=lambda: time)
    batch = await repository.batches.add(make_batch())
    claimed = await repository.batches.claim("one", 30)
    assert claimed is not None
    assert claimed.claim is not None
    assert claimed.claim.lease_until == NOON + timedelta(seconds=30)
    time = NOON + timedelta(seconds=30) - timedelta(microseconds=1)
    assert await repository.batches.claim("two", 30) is None
    assert list(await repository.batches.line()) == []
    time = NOON + timedelta(seconds=30)
    assert await repository.batches.position(batch.id) == 0
    assert [it.id for it in await repository.batches.line()] == [batch.id]
    assert await repository.batches.claim("two", 30) is not None


async def test_renewing_counts_from_now() -> None:
    """A renewed lease ends so many seconds from the renewal."""
    time = NOON
    repository = MemoryAssetRepository(now=lambda: time)
    await repository.batches.add(make_batch())
    claimed = await repository.batches.claim("one", 30)
    assert claimed is not None
    assert claimed.claim is not None
    time = NOON + timedelta(seconds=100)
    await repository.batches.renew(claimed.id, claimed.claim, 5)
    [stored] = (await repository.batches.find(BatchQuery(owner="one"))).items
    assert stored.claim is not None
    assert stored.claim.lease_until == NOON + timedelta(seconds=105)
