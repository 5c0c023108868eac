"""Copying all that one repository remembers into another, and checking it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar

from attrs import define, evolve

from comfy_assets.cli._failures import CommandError
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery
from comfy_assets.errors import (
    AssetNotFoundError,
    BatchNotFoundError,
    WorkflowNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
    from comfy_assets.domain.identity import AssetId
    from comfy_assets.domain.paging import Page
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.ports.repository import AssetRepository

T = TypeVar("T")

_PAGE: Final = 200


@define
class Tally:
    """How many of one kind were copied."""

    #: What is counted, such as ``"assets"``.
    kind: str
    #: Stored by this copy.
    copied: int = 0
    #: There from an earlier one.
    present: int = 0

    def __str__(self) -> str:
        return f"{self.kind}: {self.copied} copied, {self.present} were there"


@define
class Copy:
    """One copy from a repository to another; begun again, it goes on.

    What lies in the target under an id of the source's and is something else is never
    touched: the copy stops there.
    """

    #: Where it comes from; nobody else writes there meanwhile.
    source: AssetRepository
    #: Where it goes.
    target: AssetRepository

    async def workflows(self) -> Tally:
        """Copy the workflow configurations.

        Raises:
            CommandError: When a slot of the target has another one.
        """
        tally = Tally("workflows")
        for configuration in await self.source.workflows.find():
            found = await _or_none(
                self.target.workflows.get(configuration.slot), WorkflowNotFoundError
            )
            _compare(f"the workflow of slot {configuration.slot}", configuration, found)
            if found is None:
                await self.target.workflows.save(configuration)
            _count(tally, found)
        return tally

    async def batches(self) -> Tally:
        """Copy the batches; the target counts their versions anew.

        Raises:
            CommandError: When the target has another batch of an id.
        """
        tally = Tally("batches")
        async for batch in _All(self._batch_page):
            found = await _or_none(
                self.target.batches.get(batch.id), BatchNotFoundError
            )
            if found is not None:
                found = evolve(found, version=batch.version)
            _compare(f"batch {batch.id}", batch, found)
            if found is None:
                await self.target.batches.add(batch)
            _count(tally, found)
        return tally

    async def discarded(self) -> Tally:
        """Copy the assets that were deleted, and whose files may still lie about.

        To be done before `assets`, as such an asset may have been the active one.

        Raises:
            CommandError: When the target has another asset of an id.
        """
        tally = Tally("deleted assets")
        known = await self._discarded_in_target()
        async for asset in _All(self._discarded_page):
            found = known.get(asset.id)
            _compare(f"the deleted asset {asset.id}", asset, found)
            if found is None:
                await self._discard(asset)
            _count(tally, found)
        return tally

    async def assets(self) -> Tally:
        """Copy the gallery, and which assets are active.

        Raises:
            CommandError: When the target has another asset of an id.
        """
        tally = Tally("assets")
        async for asset in _All(self._asset_page):
            found = await _or_none(self.target.assets.get(asset.id), AssetNotFoundError)
            if found is None:
                await self.target.assets.add(asset)
            else:
                chosen = evolve(found, is_active=asset.is_active)
                _demand(f"asset {asset.id}", asset, chosen)
                await self._choose_as(asset, found)
            _count(tally, found)
        return tally

    async def check(self) -> int:
        """Read everything again on both sides; return how many things are equal.

        Raises:
            CommandError: When something is missing or different.
        """
        number = 0
        for configuration in await self.source.workflows.find():
            copy = await _or_none(
                self.target.workflows.get(configuration.slot), WorkflowNotFoundError
            )
            _demand(f"the workflow of slot {configuration.slot}", configuration, copy)
            number += 1
        async for batch in _All(self._batch_page):
            stored = await _or_none(
                self.target.batches.get(batch.id), BatchNotFoundError
            )
            if stored is not None:
                stored = evolve(stored, version=batch.version)
            _demand(f"batch {batch.id}", batch, stored)
            number += 1
        known = await self._discarded_in_target()
        async for asset in _All(self._discarded_page):
            _demand(f"the deleted asset {asset.id}", asset, known.get(asset.id))
            number += 1
        async for asset in _All(self._asset_page):
            copied = await _or_none(
                self.target.assets.get(asset.id), AssetNotFoundError
            )
            _demand(f"asset {asset.id}", asset, copied)
            number += 1
        return number

    async def _discard(self, asset: GalleryAsset) -> None:
        records = self.target.assets
        await records.add(asset)
        # Quiet for one that an earlier copy found alive, perhaps not active then.
        await self._choose_as(asset, await records.get(asset.id))
        await records.delete(asset.id)

    async def _choose_as(self, asset: GalleryAsset, found: GalleryAsset) -> None:
        """Make the target's asset active, or not, as the source's is."""
        if found.is_active is not asset.is_active:
            # An earlier copy was interrupted, or the host chose anew since.
            records = self.target.assets
            choose = records.activate if asset.is_active else records.deactivate
            await choose(asset.id)

    async def _discarded_in_target(self) -> dict[AssetId, GalleryAsset]:
        # There is no way to ask for one; and what was deleted is there for a moment
        # only, so that there are not many.
        async def page(after: str | None) -> Page[GalleryAsset]:
            return await self.target.assets.discarded(limit=_PAGE, after=after)

        return {asset.id: asset async for asset in _All(page)}

    async def _discarded_page(self, after: str | None) -> Page[GalleryAsset]:
        return await self.source.assets.discarded(limit=_PAGE, after=after)

    async def _batch_page(self, after: str | None) -> Page[GenerationBatch]:
        return await self.source.batches.find(BatchQuery(), limit=_PAGE, after=after)

    async def _asset_page(self, after: str | None) -> Page[GalleryAsset]:
        return await self.source.assets.find(AssetQuery(), limit=_PAGE, after=after)


class _All(Generic[T]):
    """All items of a listing, page after page.

    An iterator and no generator, which would have to be closed when a copy stops.
    """

    def __init__(self, page: Callable[[str | None], Awaitable[Page[T]]]) -> None:
        """Begin with the first page.

        Args:
            page: Returns the page after a cursor.
        """
        self._page = page
        self._items: Iterator[T] = iter(())
        self._after: str | None = None
        self._is_last = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while True:
            for item in self._items:
                return item
            if self._is_last:
                raise StopAsyncIteration
            found = await self._page(self._after)
            self._items, self._after = iter(found.items), found.next
            self._is_last = found.next is None


async def _or_none(call: Awaitable[T], missing: type[Exception]) -> T | None:
    try:
        return await call
    except missing:
        return None


def _compare(
    name: str,
    wanted: GalleryAsset | GenerationBatch | WorkflowConfiguration,
    found: object | None,
) -> None:
    if found is not None:
        _demand(name, wanted, found)


def _demand(name: str, wanted: object, found: object) -> None:
    if found != wanted:
        sentence = (
            f"The target has something else for {name}: nothing of it was changed. "
            "Stop all hosts while you copy, and copy into a database of its own."
        )
        raise CommandError(sentence)


def _count(tally: Tally, found: object | None) -> None:
    if found is None:
        tally.copied += 1
    else:
        tally.present += 1
