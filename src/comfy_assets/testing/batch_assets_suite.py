"""The contract of `BatchRecords.save` as tests: a batch with assets that it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from attrs import evolve

from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.identity import AssetId
from comfy_assets.errors import (
    AssetNotFoundError,
    BatchNotFoundError,
    RepositoryError,
    StaleBatchError,
)
from comfy_assets.testing.opening import OpensRepository
from comfy_assets.testing.samples import NOON, make_asset, make_batch

if TYPE_CHECKING:
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.testing.opening import OpenRepository


class BatchAssetsSuite(OpensRepository):
    """Sentences of `BatchRecords.save` as tests; part of `AssetRepositorySuite`."""

    async def test_assets_are_stored_with_the_batch_that_brings_them(
        self, open_repository: OpenRepository
    ) -> None:
        """Each is there as if it was added, an active one takes its place."""
        async with open_repository(uuid4().hex) as repository:
            await repository.assets.add(make_asset(is_active=True))
            added = await repository.batches.add(make_batch(id=str(uuid4())))
            brought = _images(added, 2, is_active=True)
            saved = await repository.batches.save(added.start(NOON), assets=brought)
            assert await repository.batches.get(added.id) == saved
            for asset in brought:
                stored = await repository.assets.get(asset.id)
                assert evolve(stored, is_active=True) == asset
            query = AssetQuery(is_active=True)
            assert len((await repository.assets.find(query)).items) == 1

    async def test_assets_that_are_there_already_are_no_fault(
        self, open_repository: OpenRepository
    ) -> None:
        """`save` is quiet about equal values, as `AssetRecords.add` is."""
        async with open_repository(uuid4().hex) as repository:
            added = await repository.batches.add(make_batch(id=str(uuid4())))
            first, second = _images(added, 2)
            await repository.assets.add(first)
            saved = await repository.batches.save(
                added.start(NOON), assets=[first, second]
            )
            assert await repository.batches.get(added.id) == saved
            assert await repository.assets.get(first.id) == first
            assert await repository.assets.get(second.id) == second

    async def test_a_batch_that_is_not_saved_brings_no_asset(
        self, open_repository: OpenRepository
    ) -> None:
        """A stale or deleted batch raises, and nothing is stored."""
        async with open_repository(uuid4().hex) as repository:
            added = await repository.batches.add(make_batch(id=str(uuid4())))
            (asset,) = _images(added, 1)
            await repository.batches.save(added)
            with pytest.raises(StaleBatchError):
                await repository.batches.save(added, assets=[asset])
            await repository.batches.delete(added.id)
            with pytest.raises(BatchNotFoundError):
                await repository.batches.save(added, assets=[asset])
            with pytest.raises(AssetNotFoundError):
                await repository.assets.get(asset.id)

    async def test_an_asset_that_cannot_be_stored_keeps_the_batch_as_it_is(
        self, open_repository: OpenRepository
    ) -> None:
        """An id of another value, or a discarded one: all or nothing is stored."""
        async with open_repository(uuid4().hex) as repository:
            added = await repository.batches.add(make_batch(id=str(uuid4())))
            fine, taken, discarded = _images(added, 3)
            await repository.assets.add(evolve(taken, prompt="another"))
            await repository.assets.add(discarded)
            await repository.assets.delete(discarded.id)
            for wrong in (taken, discarded):
                with pytest.raises(RepositoryError):
                    await repository.batches.save(
                        added.start(NOON), assets=[fine, wrong]
                    )
            assert await repository.batches.get(added.id) == added
            with pytest.raises(AssetNotFoundError):
                await repository.assets.get(fine.id)


def _images(
    batch: GenerationBatch, count: int, *, is_active: bool = False
) -> list[GalleryAsset]:
    return [
        make_asset(
            id=AssetId(str(uuid4())),
            batch_id=batch.id,
            index=index,
            is_active=is_active,
        )
        for index in range(count)
    ]
