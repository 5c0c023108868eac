"""What `MemoryImageStore` does beyond the contract of `ImageStore`."""

from __future__ import annotations

import subprocess
import sys

import pytest

from comfy_assets.adapters.memory.images import MemoryImageStore
from comfy_assets.errors import ImageNotFoundError, ImageStoreError
from comfy_assets.testing.small_png import small_png

pytestmark = pytest.mark.anyio


async def test_it_uses_the_same_paths_as_the_store_on_disk() -> None:
    """A host that changes to files later finds its records still true."""
    stored = await MemoryImageStore().save(small_png("cup"), key="item/cup")

    assert stored.file_path == "item/cup.png"
    assert stored.thumbnail_path == "item/cup.thumb.webp"


async def test_two_stores_share_nothing() -> None:
    """An image lies in the store that saved it."""
    await MemoryImageStore().save(small_png("cup"), key="item/cup")

    with pytest.raises(ImageNotFoundError):
        await MemoryImageStore().open("item/cup.png")


async def test_keys_that_windows_would_not_take_are_refused_here_too() -> None:
    """What works in memory works on every disk."""
    with pytest.raises(ImageStoreError, match="Windows"):
        await MemoryImageStore().save(small_png("cup"), key="item/nul")


async def test_its_repr_counts_and_shows_no_picture() -> None:
    """A log line with a store in it stays short."""
    store = MemoryImageStore()
    await store.save(small_png("cup"), key="item/cup")

    assert repr(store) == "MemoryImageStore(1 images)"


def test_importing_the_stores_does_not_load_pillow() -> None:
    """A host that paints nothing does not pay for Pillow."""
    code = (
        "import comfy_assets.adapters.files, comfy_assets.adapters.memory.images, sys;"
        "sys.exit('PIL' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=15)  # noqa: S603 - our own words
