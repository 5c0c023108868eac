"""Workers that note what a repository acknowledged, and a look at what is left of it.

For tests and benchmarks that kill the server while they work.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import anyio
from attrs import define, evolve, field

from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery, BatchStatus
from comfy_assets.domain.identity import asset_id_of
from comfy_assets.domain.requests import EntityRef
from comfy_assets.errors import RepositoryError, StaleBatchError
from comfy_assets.testing.samples import NOON, make_asset, make_batch, make_request

if TYPE_CHECKING:
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import AssetId, BatchId
    from comfy_assets.ports.repository import AssetRepository

#: So long nobody takes over what a worker holds that the server's death cut off.
LEASE_SECONDS: Final = 3.0
WORKERS: Final = 4
_IMAGES: Final = 2
#: Few, so that workers fight about which asset is active.
_ENTITIES: Final = 3
#: Many times what a lease and a batch take, on a machine that is busy.
_STUCK_SECONDS: Final = 30.0


@define(eq=False)
class Ledger:
    """What calls returned for: it must be there whatever happens to the server."""

    #: Each batch as the last call that returned for it left it.
    batches: dict[BatchId, GenerationBatch] = field(factory=dict)
    #: Each asset that a call returned for.
    assets: dict[AssetId, GalleryAsset] = field(factory=dict)
    #: How many calls returned, by kind.
    calls: Counter[str] = field(factory=Counter)
    _changed: anyio.Event = field(factory=anyio.Event)

    def note(
        self, kind: str, batch: GenerationBatch, *assets: GalleryAsset
    ) -> GenerationBatch:
        """Write down what a call returned for, and return the batch."""
        self.calls[kind] += 1
        known = self.batches.get(batch.id, batch)
        if batch.version >= known.version:
            self.batches[batch.id] = batch
        self.assets.update((asset.id, asset) for asset in assets)
        self._changed.set()
        return batch

    async def more(self, calls: int) -> None:
        """Wait until so many more calls have returned."""
        wanted = self.calls.total() + calls
        while self.calls.total() < wanted:
            self._changed = anyio.Event()
            await self._changed.wait()


async def work_until_it_fails(
    repository: AssetRepository, ledger: Ledger, owner: str
) -> None:
    """Submit, claim, paint and end batches until the server is gone."""
    try:
        while True:
            number = ledger.calls.total()
            entity = EntityRef("Character", f"{number % _ENTITIES}")
            request = make_request(entity=entity, count=_IMAGES)
            batch = make_batch(request=request, priority=number % 3)
            ledger.note("add", await repository.batches.add(batch))
            await _paint_next(repository, ledger, owner)
    except RepositoryError:
        # What the test waits for: it kills the server.
        return


async def drain(repository: AssetRepository, ledger: Ledger) -> None:
    """Work off all that is left, also what dead workers hold until their leases end.

    Raises:
        TimeoutError: When a batch is stuck.
    """
    while await _is_any_open(repository):
        with anyio.fail_after(_STUCK_SECONDS):
            # Held by the dead: nothing tells when a lease ends but the clock.
            while not await _paint_next(repository, ledger, "drain"):  # noqa: ASYNC110
                await anyio.sleep(0.05)


async def check(repository: AssetRepository, ledger: Ledger) -> None:
    """Check that all that was acknowledged is there.

    Raises:
        AssertionError: When something is missing or older than it was.
    """
    for batch in ledger.batches.values():
        stored = await repository.batches.get(batch.id)
        assert stored.version >= batch.version, f"batch {batch.id} fell back"
        assert set(stored.asset_ids) >= set(batch.asset_ids)
        assert not batch.is_finished or stored.status is batch.status
        if stored.version == batch.version:
            assert stored == batch
    for asset in ledger.assets.values():
        found = await repository.assets.get(asset.id)
        assert evolve(found, is_active=asset.is_active) == asset
    await _check_active(repository)


async def check_done(repository: AssetRepository, ledger: Ledger) -> None:
    """Check that every acknowledged batch is complete, with its assets and no more.

    Raises:
        AssertionError: When it is not so.
    """
    for batch_id in ledger.batches:
        batch = await repository.batches.get(batch_id)
        assert batch.status is BatchStatus.COMPLETE
        assert batch.completed_indexes == tuple(range(_IMAGES))
        for asset_id in batch.asset_ids:
            assert (await repository.assets.get(asset_id)).batch_id == batch_id
        count = await repository.assets.count(AssetQuery(batch_id=batch_id))
        assert count == len(batch.asset_ids) == _IMAGES


async def _paint_next(repository: AssetRepository, ledger: Ledger, owner: str) -> bool:
    """Claim the next batch and paint it to its end; tell whether there was one."""
    batch = await repository.batches.claim(owner, LEASE_SECONDS)
    if batch is None:
        return False
    ledger.note("claim", batch)
    try:
        if batch.status is BatchStatus.QUEUED:
            started = batch.start(NOON)
            batch = ledger.note("start", await repository.batches.save(started))
        for index in batch.missing_indexes:
            asset = _asset_of(batch, index)
            kept = batch.record_image(index, [asset.id])
            if index:
                saved = await repository.batches.save(kept, assets=[asset])
            else:
                # In two steps: the first may be all that is left.
                await repository.assets.add(asset)
                saved = await repository.batches.save(kept)
            batch = ledger.note("image", saved, asset)
        ended = await repository.batches.save(batch.complete(NOON))
        ledger.note("end", ended)
    except StaleBatchError:
        # On a machine that is busy the lease may end before the work.
        ledger.calls["stale"] += 1
    return True


def _asset_of(batch: GenerationBatch, index: int) -> GalleryAsset:
    asset_id = asset_id_of(batch.id, index=index)
    return make_asset(
        id=asset_id,
        entity=batch.request.entity,
        file_path=f"portrait/{asset_id}.png",
        thumbnail_path=f"portrait/{asset_id}.thumb.webp",
        batch_id=batch.id,
        index=index,
        is_active=index == 0,
    )


async def _is_any_open(repository: AssetRepository) -> bool:
    query = BatchQuery(statuses=[BatchStatus.QUEUED, BatchStatus.PROCESSING])
    return bool((await repository.batches.find(query, limit=1)).items)


async def _check_active(repository: AssetRepository) -> None:
    active = await repository.assets.find(AssetQuery(is_active=True), limit=1000)
    entities = [asset.entity for asset in active.items]
    assert len(entities) == len(set(entities)), "two assets of an entity are active"
