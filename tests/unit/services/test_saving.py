"""`BatchSaver`: what waits is saved together, and each fails by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio import wait_all_tasks_blocked
from attrs import evolve

import comfy_assets as ca
from comfy_assets.domain.identity import asset_id_of
from comfy_assets.services.keeping import ImageKeeper
from comfy_assets.services.running import KeptImage, RunningBatch
from comfy_assets.services.saving import BatchSaver
from comfy_assets.testing.samples import NOON, make_asset, make_batch, make_request

if TYPE_CHECKING:
    from comfy_assets.domain.batches import GenerationBatch

pytestmark = pytest.mark.anyio


class Desk:
    """A batch of four at work, its saver, and what the repository was asked to save."""

    def __init__(self) -> None:
        self.repository: Any = ca.MemoryAssetRepository()
        keeper = ImageKeeper(self.repository, ca.MemoryImageStore())
        self.saver = BatchSaver(batches=self.repository.batches, keeper=keeper)
        #: How many images each save had recorded.
        self.saves: list[int] = []
        self.may_save = anyio.Event()

    async def open(self) -> RunningBatch:
        """Return the batch, claimed and begun; its saves wait for `may_save`."""
        await self.repository.batches.add(make_batch(request=make_request(count=4)))
        claimed = await self.repository.batches.claim("host", 600)
        assert claimed is not None
        batch = await self.repository.batches.save(claimed.start(NOON))
        save = self.repository.batches.save

        async def note(changed: GenerationBatch, **with_it: Any) -> GenerationBatch:
            self.saves.append(changed.completed_count)
            await self.may_save.wait()
            saved: GenerationBatch = await save(changed, **with_it)
            return saved

        self.repository.batches.save = note
        return RunningBatch(batch=batch)


def kept(running: RunningBatch, index: int) -> KeptImage:
    """Make an image whose files are kept."""
    batch = running.batch
    asset = make_asset(
        id=asset_id_of(batch.id, index=index), batch_id=batch.id, index=index
    )
    return KeptImage(index=index, asset_ids=(asset.id,), assets=(asset,))


async def test_images_that_wait_are_recorded_together() -> None:
    """While one save is under way the others gather, and the next takes them all."""
    desk = Desk()
    running = await desk.open()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.saver.record, running, kept(running, 0))
        await wait_all_tasks_blocked()
        for index in (1, 2, 3):
            tasks.start_soon(desk.saver.record, running, kept(running, index))
        await wait_all_tasks_blocked()
        desk.may_save.set()
    assert desk.saves == [1, 4]
    stored = await desk.repository.batches.get(running.batch.id)
    assert stored == running.batch
    assert stored.completed_indexes == (0, 1, 2, 3)
    # The last of them took the end with it, and what is told of it is at hand.
    assert stored.status is ca.BatchStatus.COMPLETE
    assert [asset.index for asset in running.assets] == [0, 1, 2, 3]
    assert await desk.repository.assets.count(ca.AssetQuery()) == 4


async def test_an_image_that_cannot_be_added_fails_alone() -> None:
    """One whose asset was deleted raises; those that waited with it are recorded."""
    desk = Desk()
    running = await desk.open()
    outcomes: dict[int, str] = {}
    images = [kept(running, index) for index in range(4)]
    await desk.repository.assets.add(images[2].assets[0])
    await desk.repository.assets.delete(images[2].assets[0].id)

    async def record(image: KeptImage) -> None:
        try:
            await desk.saver.record(running, image)
        except ca.RepositoryError:
            outcomes[image.index] = "failed"
        else:
            outcomes[image.index] = "recorded"

    async with anyio.create_task_group() as tasks:
        for image in images:
            tasks.start_soon(record, image)
        await wait_all_tasks_blocked()
        desk.may_save.set()
    assert outcomes == {0: "recorded", 1: "recorded", 2: "failed", 3: "recorded"}
    assert running.batch.completed_indexes == (0, 1, 3)


async def test_a_batch_that_is_somebody_elses_leaves_no_file_without_a_row() -> None:
    """Every image that waited raises, and its asset is in the gallery."""
    desk = Desk()
    running = await desk.open()
    desk.may_save.set()
    running.batch = evolve(running.batch, version=1)
    images = [kept(running, index) for index in range(2)]
    errors: list[str] = []

    async def record(image: KeptImage) -> None:
        with pytest.raises(ca.StaleBatchError):
            await desk.saver.record(running, image)
        errors.append(image.asset_ids[0])

    async with anyio.create_task_group() as tasks:
        for image in images:
            tasks.start_soon(record, image)
    assert len(errors) == 2
    for image in images:
        assert await desk.repository.assets.get(image.asset_ids[0]) == image.assets[0]


async def test_who_is_cut_off_while_it_waits_is_not_recorded() -> None:
    """Its caller was told that it failed: the next save leaves it out."""
    desk = Desk()
    running = await desk.open()
    impatient = anyio.CancelScope()

    async def record_impatiently() -> None:
        with impatient:
            await desk.saver.record(running, kept(running, 1))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.saver.record, running, kept(running, 0))
        await wait_all_tasks_blocked()
        tasks.start_soon(record_impatiently)
        tasks.start_soon(desk.saver.record, running, kept(running, 2))
        await wait_all_tasks_blocked()
        impatient.cancel()
        await wait_all_tasks_blocked()
        desk.may_save.set()
    assert running.batch.completed_indexes == (0, 2)
    assert running.unrecorded == []
