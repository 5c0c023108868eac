"""Copying all that one repository remembers into another, and checking it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from attrs import define, evolve

from comfy_assets.cli._failures import CommandError
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery
from comfy_assets.domain.paging import MAX_PAGE
from comfy_assets.errors import (
    AssetNotFoundError,
    BatchNotFoundError,
    WorkflowNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
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
        async for batch in _all(self._batch_page):
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
            CommandError: When there are too many to be listed.
        """
        tally = Tally("deleted assets")
        gone = await self.source.assets.discarded(limit=MAX_PAGE)
        there = await self.target.assets.discarded(limit=MAX_PAGE)
        if MAX_PAGE in {len(gone), len(there)}:
            sentence = (
                f"{MAX_PAGE} or more deleted assets wait for the end of their files: "
                "start a host on the database, which sees to it, and copy then."
            )
            raise CommandError(sentence)
        known = {asset.id: asset for asset in there}
        for asset in gone:
            found = known.get(asset.id)
            _compare(f"the deleted asset {asset.id}", asset, found)
            if found is None:
                await self.target.assets.add(asset)
                await self.target.assets.delete(asset.id)
            _count(tally, found)
        return tally

    async def assets(self) -> Tally:
        """Copy the gallery, and which assets are active.

        Raises:
            CommandError: When the target has another asset of an id.
        """
        tally = Tally("assets")
        async for asset in _all(self._asset_page):
            found = await _or_none(self.target.assets.get(asset.id), AssetNotFoundError)
            if found is not None and found.is_active is not asset.is_active:
                found = evolve(found, is_active=asset.is_active)
                # An earlier copy was interrupted, or the host chose anew since.
                records = self.target.assets
                choose = records.activate if asset.is_active else records.deactivate
                await choose(asset.id)
            _compare(f"asset {asset.id}", asset, found)
            if found is None:
                await self.target.assets.add(asset)
            _count(tally, found)
        return tally

    async def check(self) -> int:
        """Read everything again on both sides; return how many things are equal.

        Raises:
            CommandError: When something is missing or different.
        """
        number = 0
        for configuration in await self.source.workflows.find():
            copy = await self.target.workflows.get(configuration.slot)
            _demand(f"the workflow of slot {configuration.slot}", configuration, copy)
            number += 1
        async for batch in _all(self._batch_page):
            stored = await self.target.batches.get(batch.id)
            _demand(f"batch {batch.id}", batch, evolve(stored, version=batch.version))
            number += 1
        async for asset in _all(self._asset_page):
            copied = await self.target.assets.get(asset.id)
            _demand(f"asset {asset.id}", asset, copied)
            number += 1
        return number

    async def _batch_page(self, after: str | None) -> Page[GenerationBatch]:
        return await self.source.batches.find(BatchQuery(), limit=_PAGE, after=after)

    async def _asset_page(self, after: str | None) -> Page[GalleryAsset]:
        return await self.source.assets.find(AssetQuery(), limit=_PAGE, after=after)


async def _all(
    page: Callable[[str | None], Awaitable[Page[T]]],
) -> AsyncIterator[T]:
    after = None
    while True:
        found = await page(after)
        for item in found.items:
            yield item
        after = found.next
        if after is None:
            return


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
