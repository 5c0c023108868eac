"""`ImageKeeper`: files and rows together, whatever is cut off when."""

from __future__ import annotations

import pytest

import comfy_assets as ca
from comfy_assets.domain.identity import asset_id_of
from comfy_assets.ports.comfy import OutputImage
from comfy_assets.services.keeping import ImageKeeper, utc_now
from comfy_assets.testing.samples import make_asset
from comfy_assets.testing.small_png import small_png
from tests.studio import open_studio

pytestmark = pytest.mark.anyio


def output(seed: str = "x") -> OutputImage:
    """Make what a run leaves."""
    return OutputImage(data=small_png(seed), filename="x.png", node_id="9")


async def test_times_are_aware() -> None:
    """The clock that we read is UTC."""
    assert utc_now().utcoffset().total_seconds() == 0


async def test_removing_takes_row_image_and_thumbnail() -> None:
    """Nothing of the asset is left."""
    async with open_studio() as studio:
        (asset,) = await studio.painted()
        await studio.system.assets.delete(asset.id)
        for path in (asset.file_path, asset.thumbnail_path):
            with pytest.raises(ca.ImageNotFoundError):
                await studio.images.open(path)
        assert await studio.system.assets.count() == 0
        assert (await studio.repository.assets.discarded()).items == ()


async def test_a_deletion_that_was_cut_off_is_finished_at_the_next_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A crash between row and files leaves no orphan for longer than the crash."""
    caplog.set_level("INFO", "comfy_assets.keeping")
    async with open_studio() as studio:
        (asset,) = await studio.painted()
        delete = studio.images.delete

        async def crash(key: str) -> None:
            raise ca.ImageStoreError("delete", f"crashed at {key}")

        studio.images.delete = crash
        with pytest.raises(ca.ImageStoreError):
            await studio.system.assets.delete(asset.id)
        with pytest.raises(ca.AssetNotFoundError):
            await studio.system.assets.get(asset.id)
        studio.images.delete = delete
        async with open_studio(repository=studio.repository, images=studio.images):
            assert (await studio.repository.assets.discarded()).items == ()
            with pytest.raises(ca.ImageNotFoundError):
                await studio.images.open(asset.file_path)
    assert f"Finishing the deletion of asset {asset.id}" in caplog.text


async def test_deletions_that_were_cut_off_are_all_finished_however_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More than are read at once are all gone after the start."""
    monkeypatch.setattr("comfy_assets.services.keeping._PAGE", 2)
    async with open_studio(works=False) as studio:
        for asset in [make_asset() for _ in range(5)]:
            await studio.repository.assets.add(asset)
            await studio.repository.assets.delete(asset.id)
        await ImageKeeper(studio.repository, studio.images).empty_discarded()
        assert (await studio.repository.assets.discarded()).items == ()


async def test_assets_of_a_batch_leave_out_what_was_deleted() -> None:
    """A person may throw an image away before the host asks for the result."""
    async with open_studio() as studio:
        first, second = await studio.painted(count=2)
        await studio.system.assets.delete(first.id)
        assert await studio.system.generation.result(second.batch_id) == (second,)


async def test_assets_of_a_batch_are_all_there_however_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More than are read at once come in the order of the images all the same."""
    monkeypatch.setattr("comfy_assets.services.keeping._PAGE", 2)
    async with open_studio() as studio:
        assets = await studio.painted(count=5)
    assert [asset.index for asset in assets] == [0, 1, 2, 3, 4]


async def test_the_row_of_the_first_image_tells_that_all_of_a_run_are_kept() -> None:
    """Cut off after the extra images, the run counts as not kept and is kept again."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        keeper = ImageKeeper(studio.repository, studio.images)
        add, added = studio.repository.assets.add, []

        async def crash_at_first(asset: ca.GalleryAsset) -> None:
            added.append(asset.id)
            if asset.id == asset_id_of(batch.id, index=0) and len(added) < 3:
                raise ca.RepositoryError("add", "crashed")
            await add(asset)

        studio.repository.assets.add = crash_at_first
        outputs = [output("a"), output("b")]
        with pytest.raises(ca.RepositoryError):
            await keeper.add(await keeper.keep(batch, 0, outputs, seed=None))
        assert await keeper.kept(batch, 0) == ()
        studio.repository.assets.add = add
        assets = await keeper.keep(batch, 0, outputs, seed=None)
        await keeper.add(assets)
        assert await keeper.kept(batch, 0) == tuple(asset.id for asset in assets)
        assert await studio.system.assets.count() == 2


async def test_a_sweep_keeps_images_that_have_their_row() -> None:
    """Only files without a row are swept."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        keeper = ImageKeeper(studio.repository, studio.images)
        (asset,) = assets = await keeper.keep(batch, 0, [output()], seed=None)
        await keeper.add(assets)
        await keeper.sweep(batch)
        assert await studio.system.assets.open_image(asset.id) == output().data


async def test_an_image_that_another_worker_stored_first_is_kept_as_it_is() -> None:
    """Who takes a batch over may be quicker: the row that stands wins."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        keeper = ImageKeeper(studio.repository, studio.images)
        (stored,) = await keeper.keep(batch, 0, [output()], seed=1)
        await keeper.add([stored])
        later = await keeper.keep(batch, 0, [output()], seed=1)
        assert later != (stored,)
        await keeper.add(later)
        assert await studio.system.assets.get(stored.id) == stored
