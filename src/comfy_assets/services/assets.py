"""`AssetService`: the host's verbs on the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.events import AssetActivated, AssetDeleted

if TYPE_CHECKING:
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.domain.paging import Page
    from comfy_assets.domain.requests import AssetType, EntityRef
    from comfy_assets.ports.images import ImageStore
    from comfy_assets.ports.repository import AssetRepository
    from comfy_assets.services.events import EventHub
    from comfy_assets.services.keeping import ImageKeeper


@define(eq=False, kw_only=True)
class AssetService:
    """Look through the gallery, choose active assets, read images, delete."""

    repository: AssetRepository
    images: ImageStore
    keeper: ImageKeeper
    hub: EventHub

    async def get(self, asset_id: AssetId) -> GalleryAsset:
        """Return an asset.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        return await self.repository.assets.get(asset_id)

    async def find(
        self,
        query: AssetQuery | None = None,
        *,
        limit: int = 50,
        after: str | None = None,
    ) -> Page[GalleryAsset]:
        """Return a page of assets, newest first; without a query, of all.

        Args:
            limit: 1 to 1,000.
            after: `Page.next` of the page before.

        Raises:
            InvalidRequestError: When `limit` or `after` is not usable.
        """
        return await self.repository.assets.find(
            query or AssetQuery(), limit=limit, after=after
        )

    async def count(self, query: AssetQuery | None = None) -> int:
        """Return how many assets match; without a query, how many there are."""
        return await self.repository.assets.count(query or AssetQuery())

    async def activate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset the one that its entity shows, and return it.

        Tells `AssetActivated`; the one before is no longer active.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        asset = await self.repository.assets.activate(asset_id)
        self.hub.publish(
            AssetActivated(
                asset_id=asset.id, entity=asset.entity, asset_type=asset.asset_type
            )
        )
        return asset

    async def deactivate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset inactive, so that its entity shows none, and return it.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        return await self.repository.assets.deactivate(asset_id)

    async def active_for(
        self, world_id: str, entity: EntityRef, asset_type: AssetType
    ) -> GalleryAsset | None:
        """Return the asset that an entity shows, or ``None`` when it shows none."""
        query = AssetQuery(
            world_id=world_id, entity=entity, asset_type=asset_type, is_active=True
        )
        page = await self.repository.assets.find(query, limit=1)
        return page.items[0] if page.items else None

    async def delete(self, asset_id: AssetId) -> None:
        """Remove an asset, its image and its thumbnail; tells `AssetDeleted`.

        Should the host crash in between, the next start finishes the work.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        asset = await self.keeper.remove(asset_id)
        self.hub.publish(
            AssetDeleted(
                asset_id=asset.id, entity=asset.entity, asset_type=asset.asset_type
            )
        )

    async def open_image(self, asset_id: AssetId) -> bytes:
        """Return the encoded image of an asset, as ComfyUI made it.

        Raises:
            AssetNotFoundError: When no asset has the id.
            ImageNotFoundError: When its file is gone.
        """
        asset = await self.repository.assets.get(asset_id)
        return await self.images.open(asset.file_path)

    async def open_thumbnail(self, asset_id: AssetId) -> bytes:
        """Return the thumbnail of an asset: WebP, at most 512 pixels an edge.

        Raises:
            AssetNotFoundError: When no asset has the id.
            ImageNotFoundError: When its file is gone.
        """
        asset = await self.repository.assets.get(asset_id)
        return await self.images.open(asset.thumbnail_path)
