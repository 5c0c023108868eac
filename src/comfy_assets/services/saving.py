"""`BatchSaver`: brings the steps of a batch at work into the repository, in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio
from attrs import define

from comfy_assets.errors import ComfyAssetsError, RepositoryError
from comfy_assets.services.keeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.ports.batch_records import BatchRecords
    from comfy_assets.services.keeping import ImageKeeper
    from comfy_assets.services.running import KeptImage, RunningBatch

#: Seconds that one save may take.
SAVING_SECONDS: Final = 30.0


@define(eq=False, kw_only=True)
class BatchSaver:
    """Saves one step of a batch after the other, as each counts its version up."""

    batches: BatchRecords
    keeper: ImageKeeper
    now: Callable[[], datetime] = utc_now

    async def save(
        self,
        running: RunningBatch,
        step: Callable[[GenerationBatch], GenerationBatch],
        *,
        on_turn: Callable[[], None] = lambda: None,
    ) -> None:
        """Save what the step makes of the batch.

        Args:
            on_turn: Called when it is this save's turn: later ones come after it.

        Raises:
            RepositoryError: When the repository cannot be written, or hangs.
            StaleBatchError: When the batch was changed by someone else.
            BatchNotFoundError: When the batch was deleted by someone else.
        """
        async with running.saving:
            on_turn()
            await self._save(running, step(running.batch))

    async def record(self, running: RunningBatch, image: KeptImage) -> None:
        """Record an image that is kept, its assets with it.

        Images that end while another is being saved are then saved together: where
        the repository is slower than the servers, it takes more at a time. The last
        one is saved together with the batch's end.

        Raises:
            ComfyAssetsError: As `save`; or when an asset cannot be added, such as one
                that was deleted.
        """
        running.unrecorded.append(image)
        try:
            async with running.saving:
                if image in running.unrecorded:
                    await self._record_all(running)
        finally:
            # Still there when the time of whoever waits for it ran out.
            if image in running.unrecorded:
                running.unrecorded.remove(image)
        if image.error is not None:
            raise image.error

    async def _record_all(self, running: RunningBatch) -> None:
        images = tuple(running.unrecorded)
        new = [asset for image in images for asset in image.assets]
        batch = _with(running.batch, images)
        try:
            if not batch.missing_indexes:
                # Before the save: between it and the telling nothing may fail.
                running.assets = await self.keeper.assets_of(batch, new=new)
                batch = batch.complete(self.now())
            await self._save(running, batch, assets=new)
        except ComfyAssetsError:
            for image in images:
                image.error = await self._record_apart(running, image)
                running.unrecorded.remove(image)
        else:
            del running.unrecorded[: len(images)]

    async def _record_apart(
        self, running: RunningBatch, image: KeptImage
    ) -> ComfyAssetsError | None:
        """Record one image and return what is wrong with it, so that others go on."""
        try:
            # Apart from the batch: no file stays without a row when the batch is
            # somebody else's by now, who may have added the image as well.
            await self.keeper.add(image.assets)
            await self._save(running, _with(running.batch, [image]))
        except ComfyAssetsError as error:
            return error
        return None

    async def _save(
        self,
        running: RunningBatch,
        batch: GenerationBatch,
        *,
        assets: Sequence[GalleryAsset] = (),
    ) -> None:
        """Save, whole: a write that we did not hear of would count as another's."""
        try:
            with anyio.fail_after(SAVING_SECONDS, shield=True):
                running.batch = await self.batches.save(batch, assets=assets)
        except TimeoutError as error:
            operation = f"save batch {batch.id}"
            problem = f"it took longer than {SAVING_SECONDS:g} s"
            raise RepositoryError(operation, problem) from error


def _with(batch: GenerationBatch, images: Sequence[KeptImage]) -> GenerationBatch:
    for image in images:
        batch = batch.record_image(image.index, image.asset_ids)
    return batch
