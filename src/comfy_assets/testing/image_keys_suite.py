"""`ImageKeysSuite`: which keys an `ImageStore` takes, and what is under none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.errors import ImageNotFoundError, ImageStoreError
from comfy_assets.testing.image_checks import is_whole
from comfy_assets.testing.image_samples import WEBP
from comfy_assets.testing.image_store_opening import (
    OpenImageStore,
    OpensImageStore,
    drawing_images,
)
from comfy_assets.testing.small_png import small_png

#: Keys that the port allows.
image_keys: st.SearchStrategy[str] = st.lists(
    st.from_regex(r"[a-z0-9_-]([a-z0-9._-]{0,20}[a-z0-9_-])?", fullmatch=True).filter(
        lambda part: (
            not part.endswith(".thumb")
            and part.partition(".")[0]
            not in {
                *("con", "prn", "aux", "nul"),
                *(
                    f"{device}{number}"
                    for device in ("com", "lpt")
                    for number in range(10)
                ),
            }
        )
    ),
    min_size=1,
    max_size=3,
).map("/".join)

_LEAVING = [
    "../outside",
    "a/../../outside",
    "/outside",
    "C:/outside",
    "a\\..\\..\\outside",
    "..",
    ".",
    "",
    "a//b",
    "a/",
    "a/./b",
    "a\x00b",
    "~/outside",
]


class ImageKeysSuite(OpensImageStore):
    """Keys that `ImageStore` allows and refuses, unknown paths, and deletion."""

    @pytest.mark.parametrize("key", _LEAVING)
    async def test_no_key_leaves_the_store(
        self, open_store: OpenImageStore, key: str
    ) -> None:
        """`save` and `delete` raise ImageStoreError when the key could leave it."""
        async with open_store() as store:
            with pytest.raises(ImageStoreError):
                await store.save(small_png("any"), key=key)
            with pytest.raises(ImageStoreError):
                await store.delete(key)

    @pytest.mark.parametrize("key", _LEAVING)
    async def test_no_path_leaves_the_store(
        self, open_store: OpenImageStore, key: str
    ) -> None:
        """`open` raises ImageStoreError when the path could leave it."""
        async with open_store() as store:
            with pytest.raises(ImageStoreError):
                await store.open(key if key in {"", ".", ".."} else f"{key}/.png")

    @drawing_images
    @given(key=image_keys)
    async def test_any_plain_key_is_good(
        self, open_store: OpenImageStore, key: str
    ) -> None:
        """Parts of letters, digits, ``-``, ``_`` and ``.`` make a key."""
        async with open_store() as store:
            stored = await store.save(WEBP, key=key)

            assert await store.open(stored.file_path) == WEBP
            await store.delete(key)
            with pytest.raises(ImageNotFoundError):
                await store.open(stored.file_path)

    async def test_opening_what_was_never_kept_says_so(
        self, open_store: OpenImageStore
    ) -> None:
        """`open` raises ImageNotFoundError, also for a key and for a folder."""
        async with open_store() as store:
            await store.save(small_png("cup"), key="item/cup")
            for path in ("item/plate.png", "item/cup", "item", "else/where.png"):
                with pytest.raises(ImageNotFoundError) as caught:
                    await store.open(path)
                assert caught.value.path == path

    async def test_deleting_removes_image_and_thumbnail(
        self, open_store: OpenImageStore
    ) -> None:
        """Nothing of the key can be opened any more."""
        async with open_store() as store:
            stored = await store.save(small_png("cup"), key="item/cup")
            await store.delete("item/cup")

            for path in (stored.file_path, stored.thumbnail_path):
                with pytest.raises(ImageNotFoundError):
                    await store.open(path)

    async def test_deleting_what_is_not_there_is_quiet(
        self, open_store: OpenImageStore
    ) -> None:
        """A key may be deleted twice, or without ever having been saved."""
        async with open_store() as store:
            await store.delete("item/never")
            await store.save(small_png("cup"), key="item/cup")
            await store.delete("item/cup")
            await store.delete("item/cup")

    @pytest.mark.parametrize(
        "other", ["item/cup.2", "item/cup-2", "item/cu", "item/cup.png", "item/cups/1"]
    )
    async def test_deleting_a_key_leaves_its_neighbours_alone(
        self, open_store: OpenImageStore, other: str
    ) -> None:
        """Keys that begin alike are different keys."""
        async with open_store() as store:
            await store.save(small_png("cup"), key="item/cup")
            stored = await store.save(small_png("other"), key=other)
            await store.delete("item/cup")

            assert await store.open(stored.file_path) == small_png("other")
            assert await is_whole(store, stored)
