"""`ImageRefusalsSuite`: what an `ImageStore` does not take for a picture."""

from __future__ import annotations

import anyio
import pytest

from comfy_assets.errors import InvalidImageError
from comfy_assets.testing.image_checks import is_whole
from comfy_assets.testing.image_samples import JPEG, WEBP
from comfy_assets.testing.image_store_opening import OpenImageStore, OpensImageStore
from comfy_assets.testing.small_png import png_that_claims, small_png

_NO_PICTURES = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"These bytes are a text.", id="text"),
    pytest.param(b"<html><body>404</body></html>", id="page"),
    pytest.param(b"\x89PNG\r\n\x1a\n", id="signature-only"),
    pytest.param(b"\xff\xd8\xff\xe0" + bytes(64), id="zeros-after-signature"),
]


class ImageRefusalsSuite(OpensImageStore):
    """`ImageStore.save` of what is no picture, is torn, or is far too large."""

    @pytest.mark.parametrize("data", _NO_PICTURES)
    async def test_bytes_that_are_no_picture_are_refused(
        self, open_store: OpenImageStore, data: bytes
    ) -> None:
        """`save` raises InvalidImageError when the bytes are no picture."""
        async with open_store() as store:
            with pytest.raises(InvalidImageError):
                await store.save(data, key="item/cup")

    @pytest.mark.parametrize("data", [small_png("any"), JPEG, WEBP])
    @pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.99])
    async def test_a_picture_cut_short_is_refused(
        self, open_store: OpenImageStore, data: bytes, kept: float
    ) -> None:
        """`save` raises InvalidImageError when the bytes are cut short."""
        async with open_store() as store:
            with pytest.raises(InvalidImageError):
                await store.save(data[: int(len(data) * kept)], key="item/cup")

    async def test_a_picture_of_too_many_pixels_is_refused(
        self, open_store: OpenImageStore
    ) -> None:
        """A small file that unpacks to 15 GiB is refused, and promptly."""
        async with open_store() as store:
            with anyio.fail_after(5), pytest.raises(InvalidImageError):
                await store.save(png_that_claims(65_000, 65_000), key="item/bomb")

    async def test_a_refused_image_leaves_the_kept_one_alone(
        self, open_store: OpenImageStore
    ) -> None:
        """All or nothing: what was kept under the key is still there."""
        async with open_store() as store:
            stored = await store.save(small_png("cup"), key="item/cup")
            with pytest.raises(InvalidImageError):
                await store.save(small_png("cup")[:-30], key="item/cup")

            assert await store.open(stored.file_path) == small_png("cup")
            assert await is_whole(store, stored)
