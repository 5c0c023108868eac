"""The gallery in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve

from comfy_assets.adapters.memory._timeline import Timeline
from comfy_assets.domain.paging import Page, PageKey, check_limit, cut
from comfy_assets.errors import AssetNotFoundError, RepositoryError
from comfy_assets.ports.asset_records import AssetRecords

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from comfy_assets.domain.assets import AssetQuery, GalleryAsset
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.domain.requests import AssetType, EntityRef

    #: World, entity and type: at most one asset of each is active.
    _Place: TypeAlias = tuple[str, EntityRef, AssetType]


class MemoryAssetRecords(AssetRecords):
    """The assets of a `MemoryAssetRepository`."""

    def __init__(self, enter: Callable[[str], Awaitable[None]]) -> None:
        """Begin empty.

        Args:
            enter: Awaited at the begin of each call; raises when the repository is
                closed.
        """
        self._enter = enter
        self._by_id: dict[str, GalleryAsset] = {}
        self._by_age = Timeline()
        self._active: dict[_Place, AssetId] = {}
        self._discarded: dict[AssetId, GalleryAsset] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._by_id.clear()
        self._by_age.clear()
        self._active.clear()
        self._discarded.clear()

    def insert(self, assets: Sequence[GalleryAsset], operation: str) -> None:
        """Store new assets, all or none, each as `add` does.

        Raises:
            RepositoryError: When an id belongs to another value, or was discarded.
        """
        for asset in assets:
            if asset.id in self._discarded:
                raise RepositoryError(operation, f"asset {asset.id} was deleted")
            stored = self._by_id.get(asset.id, asset)
            if evolve(stored, is_active=asset.is_active) != asset:
                raise RepositoryError(operation, f"another asset has the id {asset.id}")
        for asset in assets:
            if asset.id not in self._by_id:
                self._by_age.insert(asset)
                self._by_id[asset.id] = evolve(asset, is_active=False)
                if asset.is_active:
                    self._activate(asset)

    async def add(self, asset: GalleryAsset) -> None:
        """Store a new asset; quiet when the same value is stored under its id.

        Raises:
            RepositoryError: When the id belongs to another value, or was discarded.
        """
        operation = f"add asset {asset.id}"
        await self._enter(operation)
        self.insert([asset], operation)

    async def get(self, asset_id: AssetId) -> GalleryAsset:
        """Return an asset.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted.
        """
        await self._enter(f"read asset {asset_id}")
        return self._require(asset_id)

    async def find(
        self, query: AssetQuery, *, limit: int = 50, after: str | None = None
    ) -> Page[GalleryAsset]:
        """Return a page of the matching assets, newest first, ties by id descending.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        await self._enter("find assets")
        return self._by_age.page(
            self._by_id, lambda asset: _matches(query, asset), limit=limit, after=after
        )

    async def count(self, query: AssetQuery) -> int:
        """Return how many assets match."""
        await self._enter("count assets")
        return sum(_matches(query, asset) for asset in self._by_id.values())

    async def activate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset the active one of its world, entity and type; return it.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        await self._enter(f"activate asset {asset_id}")
        return self._activate(self._require(asset_id))

    async def deactivate(self, asset_id: AssetId) -> GalleryAsset:
        """Make an asset inactive, so that its entity has none; return it.

        Raises:
            AssetNotFoundError: When no asset has the id.
        """
        await self._enter(f"deactivate asset {asset_id}")
        return self._deactivate(self._require(asset_id))

    async def delete(self, asset_id: AssetId) -> GalleryAsset:
        """Take an asset out of the gallery, remember it as discarded, and return it.

        Raises:
            AssetNotFoundError: When no asset has the id, or it was deleted before.
        """
        await self._enter(f"delete asset {asset_id}")
        asset = self._require(asset_id)
        self._deactivate(asset)
        del self._by_id[asset_id]
        self._by_age.remove(asset)
        self._discarded[asset_id] = asset
        return asset

    async def discarded(
        self, *, limit: int = 50, after: str | None = None
    ) -> Page[GalleryAsset]:
        """Return a page of the assets that were deleted and not yet purged, by id.

        Raises:
            InvalidRequestError: When `limit` is out of range.
            PayloadError: When `after` is no cursor.
        """
        await self._enter("list discarded assets")
        check_limit(limit)
        last = "" if after is None else PageKey.from_cursor(after).id
        ids = sorted(asset_id for asset_id in self._discarded if asset_id > last)
        return cut([self._discarded[asset_id] for asset_id in ids[: limit + 1]], limit)

    async def purge(self, asset_id: AssetId) -> None:
        """Forget a discarded asset; quiet when none has the id."""
        await self._enter(f"purge asset {asset_id}")
        self._discarded.pop(asset_id, None)

    def _require(self, asset_id: AssetId) -> GalleryAsset:
        try:
            return self._by_id[asset_id]
        except KeyError:
            raise AssetNotFoundError(asset_id) from None

    def _activate(self, asset: GalleryAsset) -> GalleryAsset:
        before = self._active.get(_place(asset))
        if before is not None:
            self._deactivate(self._by_id[before])
        self._active[_place(asset)] = asset.id
        return self._store(evolve(asset, is_active=True))

    def _deactivate(self, asset: GalleryAsset) -> GalleryAsset:
        if self._active.get(_place(asset)) == asset.id:
            del self._active[_place(asset)]
        return self._store(evolve(asset, is_active=False))

    def _store(self, asset: GalleryAsset) -> GalleryAsset:
        self._by_id[asset.id] = asset
        return asset


def _place(asset: GalleryAsset) -> _Place:
    return asset.world_id, asset.entity, asset.asset_type


def _matches(query: AssetQuery, asset: GalleryAsset) -> bool:
    asked = (
        (query.world_id, asset.world_id),
        (query.entity, asset.entity),
        (query.asset_type, asset.asset_type),
        (query.is_active, asset.is_active),
        (query.workflow_slot, asset.workflow_slot),
        (query.batch_id, asset.batch_id),
        (query.style_reference_id, asset.style_reference_id),
    )
    return all(wanted is None or wanted == has for wanted, has in asked)
