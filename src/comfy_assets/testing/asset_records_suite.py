"""The contract of `AssetRecords` as tests: all but its listings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from anyio import create_task_group
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.identity import AssetId
from comfy_assets.domain.requests import MAX_SEED, AssetType, EntityRef
from comfy_assets.errors import (
    AssetNotFoundError,
    RepositoryError,
)
from comfy_assets.testing.opening import OpensRepository, drawing
from comfy_assets.testing.samples import MARCUS, make_asset
from comfy_assets.testing.strategies import assets

if TYPE_CHECKING:
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.ports.asset_records import AssetRecords
    from comfy_assets.testing.opening import OpenRepository

_NOBODY = AssetId("7b1c5a52-6f0e-4a7e-9b1d-1f0c6f6a0000")
_STEPS = ("add", "activate", "deactivate", "delete", "purge")


class AssetRecordsSuite(OpensRepository):
    """Sentences of `AssetRecords` as tests; part of `AssetRepositorySuite`."""

    @drawing
    @given(asset=assets())
    async def test_an_added_asset_comes_back_equal(
        self, open_repository: OpenRepository, asset: GalleryAsset
    ) -> None:
        """Equal values come back, by id and by every field that can be asked for."""
        query = AssetQuery(
            world_id=asset.world_id,
            entity=asset.entity,
            asset_type=asset.asset_type,
            is_active=asset.is_active,
            workflow_slot=asset.workflow_slot,
            batch_id=asset.batch_id,
            style_reference_id=asset.style_reference_id,
        )
        async with open_repository(uuid4().hex) as repository:
            await repository.assets.add(asset)
            stored = await repository.assets.get(asset.id)
            assert stored == asset
            assert stored.created_at.utcoffset() is not None
            assert (await repository.assets.find(query)).items == (asset,)

    @pytest.mark.parametrize("seed", [None, 0, 2**53 + 1, 2**63, MAX_SEED])
    async def test_seeds_survive_exactly(
        self, open_repository: OpenRepository, seed: int | None
    ) -> None:
        """Seeds up to 2^64-1 come back as they were."""
        async with open_repository("main") as repository:
            asset = make_asset(seed=seed)
            await repository.assets.add(asset)
            assert (await repository.assets.get(asset.id)).seed == seed

    async def test_adding_the_same_asset_again_is_quiet(
        self, open_repository: OpenRepository
    ) -> None:
        """`add` of the same value changes nothing; `is_active` does not count."""
        asset = make_asset()
        rival = make_asset(is_active=True)
        async with open_repository("main") as repository:
            await repository.assets.add(asset)
            await repository.assets.add(rival)
            await repository.assets.add(asset)
            await repository.assets.add(evolve(asset, is_active=True))
            await repository.assets.add(evolve(rival, is_active=False))
            assert await repository.assets.get(asset.id) == asset
            assert await repository.assets.get(rival.id) == rival
            assert await repository.assets.count(AssetQuery()) == 2

    async def test_an_id_cannot_be_given_to_another_asset(
        self, open_repository: OpenRepository
    ) -> None:
        """`add` raises when the id belongs to another value, which stays."""
        asset = make_asset(prompt="one")
        async with open_repository("main") as repository:
            await repository.assets.add(asset)
            with pytest.raises(RepositoryError):
                await repository.assets.add(evolve(asset, prompt="another"))
            assert await repository.assets.get(asset.id) == asset

    async def test_the_id_of_a_deleted_asset_is_not_taken_again(
        self, open_repository: OpenRepository
    ) -> None:
        """`add` raises when the asset was discarded, so that it does not come back."""
        asset = make_asset()
        async with open_repository("main") as repository:
            await repository.assets.add(asset)
            await repository.assets.delete(asset.id)
            with pytest.raises(RepositoryError):
                await repository.assets.add(asset)
            assert await repository.assets.count(AssetQuery()) == 0

    async def test_an_asset_added_active_deactivates_the_one_before(
        self, open_repository: OpenRepository
    ) -> None:
        """An asset that is added active takes over as `activate` does."""
        before, after = make_asset(is_active=True), make_asset(is_active=True)
        async with open_repository("main") as repository:
            await repository.assets.add(before)
            await repository.assets.add(after)
            assert await repository.assets.get(after.id) == after
            assert await _active(repository.assets) == {after.id}

    @pytest.mark.parametrize("method", ["get", "activate", "deactivate", "delete"])
    async def test_an_unknown_or_deleted_asset_is_not_found(
        self, open_repository: OpenRepository, method: str
    ) -> None:
        """Methods for one asset raise when no asset has the id, or it was deleted."""
        gone = make_asset()
        async with open_repository("main") as repository:
            await repository.assets.add(gone)
            await repository.assets.delete(gone.id)
            for asset_id in (_NOBODY, gone.id):
                with pytest.raises(AssetNotFoundError) as caught:
                    await getattr(repository.assets, method)(asset_id)
                assert caught.value.asset_id == asset_id

    async def test_activating_leaves_one_active_a_place(
        self, open_repository: OpenRepository
    ) -> None:
        """One asset of a world, entity and type is active; other places keep theirs."""
        others = [
            make_asset(is_active=True, world_id="elsewhere"),
            make_asset(is_active=True, entity=EntityRef("Character", "lena")),
            make_asset(is_active=True, entity=EntityRef("Item", "marcus")),
            make_asset(is_active=True, asset_type=AssetType.SPRITE),
        ]
        first, second = make_asset(), make_asset()
        async with open_repository("main") as repository:
            for asset in (*others, first, second):
                await repository.assets.add(asset)
            for asset in (first, second, second, first):
                activated = await repository.assets.activate(asset.id)
                assert activated == evolve(asset, is_active=True)
                expected = {asset.id, *(other.id for other in others)}
                assert await _active(repository.assets) == expected

    async def test_concurrent_activations_leave_one_winner(
        self, open_repository: OpenRepository
    ) -> None:
        """Under any number of concurrent calls exactly one stays active."""
        rivals = [make_asset() for _ in range(8)]
        async with open_repository("main") as repository:
            for asset in rivals:
                await repository.assets.add(asset)
            async with create_task_group() as tasks:
                for asset in rivals * 2:
                    tasks.start_soon(repository.assets.activate, asset.id)
            active = await _active(repository.assets)
            assert len(active) == 1
            assert active < {asset.id for asset in rivals}

    async def test_deactivating_leaves_none_active(
        self, open_repository: OpenRepository
    ) -> None:
        """`deactivate` returns the asset inactive; of an inactive one it is quiet."""
        other, asset = make_asset(), make_asset(is_active=True)
        async with open_repository("main") as repository:
            await repository.assets.add(other)
            await repository.assets.add(asset)
            assert await repository.assets.deactivate(other.id) == other
            assert await _active(repository.assets) == {asset.id}
            for _ in range(2):
                inactive = evolve(asset, is_active=False)
                assert await repository.assets.deactivate(asset.id) == inactive
            assert await _active(repository.assets) == set()

    async def test_a_deleted_asset_is_remembered_until_it_is_purged(
        self, open_repository: OpenRepository
    ) -> None:
        """`delete` moves the asset to `discarded`, `purge` forgets it there."""
        kept, gone = make_asset(), make_asset(label="gone")
        async with open_repository("main") as repository:
            await repository.assets.add(kept)
            await repository.assets.add(gone)
            assert await repository.assets.delete(gone.id) == gone
            assert (await repository.assets.find(AssetQuery())).items == (kept,)
            assert (await repository.assets.discarded()).items == (gone,)
            await repository.assets.purge(gone.id)
            assert (await repository.assets.discarded()).items == ()

    async def test_deleting_the_active_asset_leaves_none_active(
        self, open_repository: OpenRepository
    ) -> None:
        """A deleted asset is active for nobody, and another can take its place."""
        gone, heir = make_asset(is_active=True), make_asset()
        async with open_repository("main") as repository:
            await repository.assets.add(gone)
            await repository.assets.add(heir)
            assert (await repository.assets.delete(gone.id)).id == gone.id
            assert await _active(repository.assets) == set()
            await repository.assets.activate(heir.id)
            assert await _active(repository.assets) == {heir.id}

    async def test_purging_touches_no_other_asset(
        self, open_repository: OpenRepository
    ) -> None:
        """`purge` is quiet when no discarded asset has the id; the others stay."""
        kept, gone = make_asset(), make_asset()
        async with open_repository("main") as repository:
            await repository.assets.add(kept)
            await repository.assets.add(gone)
            await repository.assets.delete(gone.id)
            await repository.assets.purge(_NOBODY)
            await repository.assets.purge(kept.id)
            assert await repository.assets.get(kept.id) == kept
            assert (await repository.assets.discarded()).items == (gone,)

    @drawing
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from(_STEPS),
                st.integers(0, 3),
            ),
            max_size=25,
        )
    )
    async def test_any_order_of_steps_agrees_with_a_simple_model(
        self, open_repository: OpenRepository, steps: list[tuple[str, int]]
    ) -> None:
        """After any steps, in any order, the gallery holds what a dict would."""
        # Two places with two assets each.
        mug = EntityRef("Item", "mug")
        pool = [make_asset(entity=entity) for entity in (MARCUS, MARCUS, mug, mug)]
        model: dict[str, GalleryAsset] = {}
        discarded: set[str] = set()
        async with open_repository(uuid4().hex) as repository:
            for step, number in steps:
                asset = pool[number]
                known = asset.id in model
                if step == "add" and asset.id in discarded:
                    with pytest.raises(RepositoryError):
                        await repository.assets.add(asset)
                elif step == "add":
                    await repository.assets.add(asset)
                    model.setdefault(asset.id, asset)
                elif step == "purge":
                    await repository.assets.purge(asset.id)
                    discarded.discard(asset.id)
                elif not known:
                    with pytest.raises(AssetNotFoundError):
                        await getattr(repository.assets, step)(asset.id)
                else:
                    await getattr(repository.assets, step)(asset.id)
                    _step_model(model, discarded, step, asset)
            found = (await repository.assets.find(AssetQuery())).items
            assert {it.id: it for it in found} == model
            gone = (await repository.assets.discarded()).items
            assert {it.id for it in gone} == discarded


def _step_model(
    model: dict[str, GalleryAsset], discarded: set[str], step: str, asset: GalleryAsset
) -> None:
    if step == "delete":
        del model[asset.id]
        discarded.add(asset.id)
        return
    if step == "activate":
        for other in model.values():
            if other.entity == asset.entity:
                model[other.id] = evolve(other, is_active=False)
    model[asset.id] = evolve(asset, is_active=step == "activate")


async def _active(records: AssetRecords) -> set[AssetId]:
    page = await records.find(AssetQuery(is_active=True))
    return {asset.id for asset in page.items}
