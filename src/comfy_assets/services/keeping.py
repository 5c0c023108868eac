"""`ImageKeeper`: from painted bytes to an asset of the gallery, and back to nothing."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from comfy_assets.domain.assets import AssetQuery, GalleryAsset, image_key
from comfy_assets.domain.identity import asset_id_of
from comfy_assets.errors import AssetNotFoundError, RepositoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.ports.comfy import OutputImage
    from comfy_assets.ports.images import ImageStore
    from comfy_assets.ports.repository import AssetRepository

_logger = logging.getLogger("comfy_assets.keeping")

_PAGE: Final = 200


def utc_now() -> datetime:
    """Return the time; aware, UTC."""
    return datetime.now(UTC)


class ImageKeeper:
    """Keeps files and rows together: no file without a row, no row without a file."""

    def __init__(
        self,
        repository: AssetRepository,
        images: ImageStore,
        *,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._assets = repository.assets
        self._images = images
        self._now = now

    async def kept(self, batch: GenerationBatch, index: int) -> tuple[AssetId, ...]:
        """Return the assets of image `index` that an earlier, cut off run has kept.

        Extra images of a run are stored before its first one, so that the first one's
        row tells that all are there.
        """
        first = asset_id_of(batch.id, index=index)
        if not await self._exists(first):
            return ()
        ids = [first]
        extra = asset_id_of(batch.id, index=index, extra=1)
        while await self._exists(extra):
            ids.append(extra)
            extra = asset_id_of(batch.id, index=index, extra=len(ids))
        return tuple(ids)

    async def keep(
        self,
        batch: GenerationBatch,
        index: int,
        outputs: Sequence[OutputImage],
        seed: int | None,
    ) -> tuple[GalleryAsset, ...]:
        """Store the files of one run, and return the assets that are yet to be added.

        Raises:
            InvalidImageError: When an output is no picture.
            StorageError: When a store cannot be written.
        """
        return tuple(
            [
                await self._keep_one(batch, index, extra, output.data, seed)
                for extra, output in enumerate(outputs)
            ]
        )

    async def add(self, assets: Sequence[GalleryAsset]) -> None:
        """Add assets one by one, those left out that another worker has added.

        Raises:
            RepositoryError: When they cannot be added, such as one that was deleted.
        """
        # The first image last: its row is the sign that all are kept.
        for asset in reversed(assets):
            try:
                await self._assets.add(asset)
            except RepositoryError:
                if not await self._exists(asset.id):
                    raise

    async def assets_of(
        self, batch: GenerationBatch, *, new: Sequence[GalleryAsset] = ()
    ) -> tuple[GalleryAsset, ...]:
        """Return a batch's assets in the order of the images, without deleted ones.

        Args:
            new: Those that are yet to be added.
        """
        found = {asset.id: asset for asset in new}
        if found.keys() >= set(batch.asset_ids):
            return tuple(found[id_] for id_ in batch.asset_ids)
        query, after = AssetQuery(batch_id=batch.id), None
        while True:
            page = await self._assets.find(query, limit=_PAGE, after=after)
            found.update((asset.id, asset) for asset in page.items)
            after = page.next
            if after is None:
                break
        return tuple(found[id_] for id_ in batch.asset_ids if id_ in found)

    async def sweep(self, batch: GenerationBatch) -> None:
        """Remove files of images that a crash left without a row.

        Called when a batch ends without all its images; while it may still go on, the
        same image is painted and kept again under the same key.
        """
        request = batch.request
        for index in batch.missing_indexes:
            asset_id = asset_id_of(batch.id, index=index)
            if not await self._exists(asset_id):
                key = image_key(request.asset_type, request.entity, asset_id)
                await self._images.delete(key)

    async def remove(self, asset_id: AssetId) -> GalleryAsset:
        """Remove an asset, its image and its thumbnail; return what it was.

        The row goes first and is remembered as discarded until the files are gone:
        a crash in between leaves work for `empty_discarded`, never an orphan.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        asset = await self._assets.delete(asset_id)
        await self._discard(asset)
        return asset

    async def empty_discarded(self) -> None:
        """Remove the files of assets whose deletion was cut off by a crash."""
        after = None
        while True:
            page = await self._assets.discarded(limit=_PAGE, after=after)
            for asset in page.items:
                _logger.info("Finishing the deletion of asset %s", asset.id)
                await self._discard(asset)
            after = page.next
            if after is None:
                break

    async def _discard(self, asset: GalleryAsset) -> None:
        await self._images.delete(asset.image_key)
        await self._assets.purge(asset.id)

    async def _exists(self, asset_id: AssetId) -> bool:
        try:
            await self._assets.get(asset_id)
        except AssetNotFoundError:
            return False
        return True

    async def _keep_one(
        self,
        batch: GenerationBatch,
        index: int,
        extra: int,
        data: bytes,
        seed: int | None,
    ) -> GalleryAsset:
        request = batch.request
        asset_id = asset_id_of(batch.id, index=index, extra=extra)
        if extra:
            # It may be there from a run that was cut off before the first was added.
            with suppress(AssetNotFoundError):
                return await self._assets.get(asset_id)
        key = image_key(request.asset_type, request.entity, asset_id)
        stored = await self._images.save(data, key=key)
        return GalleryAsset(
            id=asset_id,
            world_id=request.world_id,
            entity=request.entity,
            asset_type=request.asset_type,
            file_path=stored.file_path,
            thumbnail_path=stored.thumbnail_path,
            prompt=request.prompt,
            negative_prompt=request.negative_prompt,
            workflow_slot=request.workflow_slot,
            created_at=self._now(),
            batch_id=batch.id,
            index=index,
            seed=seed,
            width=stored.width,
            height=stored.height,
            media_type=stored.media_type,
            size_bytes=stored.size_bytes,
            sha256=stored.sha256,
            style_reference_id=request.style_reference_id,
            overrides=request.overrides,
        )
