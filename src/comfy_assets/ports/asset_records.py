"""`AssetRecords`: the gallery's facet of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from comfy_assets.domain.assets import AssetQuery, GalleryAsset
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.domain.paging import Page


class AssetRecords(Protocol):
    """The assets of the gallery.

    Deleting takes two steps, because the files lie elsewhere: `delete` takes the asset
    out of the gallery at once and remembers it as discarded, `purge` forgets it when
    its files are gone. So a crash between the two leaves no file that nobody knows.
    """

    async def add(self, asset: GalleryAsset) -> None:
        """Store a new asset; quiet when the same value is stored under its id.

        `is_active` does not count in that comparison, and an asset that is added
        active deactivates the one before, as `activate` does.

        Raises:
            RepositoryError: When the id belongs to another value, or was discarded.
        """
        ...

    async def get(self, asset_id: AssetId) -> GalleryAsset:
        """Return an asset.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted.
        """
        ...

    async def find(
        self, query: AssetQuery, *, limit: int = 50, after: str | None = None
    ) -> Page[GalleryAsset]:
        """Return a page of the matching assets, newest first, ties by id descending.

        Pages are cut by key: what is added or deleted meanwhile never makes an asset
        appear twice or be left out, and a page costs the same wherever it lies.

        Args:
            limit: 1 to 1,000.
            after: `Page.next` of the page before; ``None`` begins.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        ...

    async def count(self, query: AssetQuery) -> int:
        """Return how many assets match."""
        ...

    async def activate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset the active one of its world, entity and type; return it.

        Under any number of concurrent calls exactly one stays active.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        ...

    async def deactivate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset inactive, so that its entity has none; return it.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        ...

    async def delete(self, asset_id: AssetId) -> GalleryAsset:
        """Take an asset out of the gallery, remember it as discarded, and return it.

        It is returned as it stood, active or not, here and by `discarded`.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted before.
        """
        ...

    async def discarded(
        self, *, limit: int = 50, after: str | None = None
    ) -> Page[GalleryAsset]:
        """Return a page of the assets that were deleted and not yet purged, by id.

        Pages are cut by key, as in `find`: purging what a page held makes nothing be
        left out of the next.

        Args:
            limit: 1 to 1,000.
            after: `Page.next` of the page before; ``None`` begins.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        ...

    async def purge(self, asset_id: AssetId) -> None:
        """Forget a discarded asset, so that its id is free; quiet when none has it."""
        ...
