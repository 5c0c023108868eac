"""Ids as people write them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from comfy_assets.adapters.memory.repository import MemoryAssetRepository
from comfy_assets.cli._failures import CommandError
from comfy_assets.cli._ids import each, find_asset, find_batch
from comfy_assets.cli._stores import NoComfyUI
from comfy_assets.errors import AssetNotFoundError, BatchNotFoundError
from comfy_assets.system import AssetSystem
from comfy_assets.testing.samples import make_asset, make_batch

pytestmark = pytest.mark.anyio

_IDS = (
    "aaaa0000-0000-4000-8000-000000000000",
    "aaaa1111-0000-4000-8000-000000000000",
    "bbbb0000-0000-4000-8000-000000000000",
)


@asynccontextmanager
async def _filled() -> AsyncIterator[AssetSystem]:
    repository = MemoryAssetRepository()
    for written in _IDS:
        await repository.batches.add(make_batch(id=written))
        await repository.assets.add(make_asset(id=written))
    system = AssetSystem(comfy=NoComfyUI(), repository=repository, works=False)
    async with system:
        yield system


@pytest.mark.parametrize(
    "written, whole",
    [("b", _IDS[2]), ("AAAA1", _IDS[1]), (_IDS[0], _IDS[0])],
)
async def test_a_clear_beginning_is_enough(written: str, whole: str) -> None:
    """In small letters or capitals."""
    async with _filled() as system:
        assert await find_batch(system, written) == whole
        assert await find_asset(system, written) == whole


@pytest.mark.parametrize("written", ["c", ""])
async def test_a_beginning_of_none_is_not_found(written: str) -> None:
    """Nor is an empty text everybody's beginning."""
    async with _filled() as system:
        with pytest.raises(BatchNotFoundError):
            await find_batch(system, written)
        with pytest.raises(AssetNotFoundError):
            await find_asset(system, written)


async def test_a_beginning_of_several_is_refused() -> None:
    """An order to the wrong batch is worse than none."""
    async with _filled() as system:
        with pytest.raises(CommandError, match="2 ids begin with 'aaaa'") as caught:
            await find_batch(system, "aaaa")
    assert caught.value.exit_code == 2
    assert _IDS[0] in str(caught.value)


async def test_all_pages_are_read() -> None:
    """One after the other, to the last."""
    async with _filled() as system:
        pages = each(lambda after: system.assets.find(limit=1, after=after))
        assert {asset.id async for asset in pages} == set(_IDS)
