"""`ImageKeepingSuite`: what an `ImageStore` keeps of a picture, and makes of it."""

from __future__ import annotations

import hashlib

import pytest

from comfy_assets.errors import ImageNotFoundError
from comfy_assets.testing.image_checks import webp_size
from comfy_assets.testing.image_samples import JPEG, WEBP
from comfy_assets.testing.image_store_opening import OpenImageStore, OpensImageStore
from comfy_assets.testing.small_png import grey_png, small_png


class ImageKeepingSuite(OpensImageStore):
    """`ImageStore.save` of good pictures: bytes, facts, paths, thumbnails."""

    async def test_an_image_is_kept_byte_for_byte(
        self, open_store: OpenImageStore
    ) -> None:
        """What `open` returns for the file path is what was saved."""
        async with open_store() as store:
            stored = await store.save(small_png("marcus"), key="portrait/3f/marcus")

            assert await store.open(stored.file_path) == small_png("marcus")

    async def test_save_tells_the_facts_of_the_image(
        self, open_store: OpenImageStore
    ) -> None:
        """Size, hash and format are those of the bytes that were saved."""
        data = grey_png(40, 30)
        async with open_store() as store:
            stored = await store.save(data, key="portrait/3f/marcus")

        assert (stored.width, stored.height) == (40, 30)
        assert stored.media_type == "image/png"
        assert stored.size_bytes == len(data)
        assert stored.sha256 == hashlib.sha256(data).hexdigest()

    async def test_paths_are_relative_and_begin_with_the_key(
        self, open_store: OpenImageStore
    ) -> None:
        """The image lies at its key and a suffix, the thumbnail somewhere else."""
        async with open_store() as store:
            stored = await store.save(small_png("marcus"), key="portrait/3f/marcus.2")

        assert stored.file_path.rpartition(".")[0] == "portrait/3f/marcus.2"
        assert stored.thumbnail_path != stored.file_path
        for path in (stored.file_path, stored.thumbnail_path):
            assert not path.startswith("/")
            assert "\\" not in path

    @pytest.mark.parametrize(
        "data, media_type",
        [
            pytest.param(small_png("any"), "image/png", id="png"),
            pytest.param(JPEG, "image/jpeg", id="jpeg"),
            pytest.param(WEBP, "image/webp", id="webp"),
        ],
    )
    async def test_formats_that_comfyui_writes_are_kept(
        self, open_store: OpenImageStore, data: bytes, media_type: str
    ) -> None:
        """An encoded image is a PNG, a JPEG or a WebP, told by its bytes."""
        async with open_store() as store:
            stored = await store.save(data, key="item/cup")

            assert stored.media_type == media_type
            assert await store.open(stored.file_path) == data

    @pytest.mark.parametrize(
        "width, height, expected",
        [
            pytest.param(1024, 768, (512, 384), id="wide"),
            pytest.param(300, 1200, (128, 512), id="high"),
            pytest.param(512, 512, (512, 512), id="just-so"),
            pytest.param(20, 10, (20, 10), id="small"),
            pytest.param(1, 1, (1, 1), id="one-pixel"),
        ],
    )
    async def test_the_thumbnail_is_a_webp_of_at_most_512_pixels(
        self,
        open_store: OpenImageStore,
        width: int,
        height: int,
        expected: tuple[int, int],
    ) -> None:
        """It keeps the image's shape and is never larger than the image."""
        async with open_store() as store:
            stored = await store.save(grey_png(width, height), key="backdrop/harbour")
            thumbnail = await store.open(stored.thumbnail_path)

        assert webp_size(thumbnail) == expected

    async def test_saving_a_key_again_replaces_its_image(
        self, open_store: OpenImageStore
    ) -> None:
        """The newer image and its thumbnail are what `open` returns."""
        async with open_store() as store:
            await store.save(grey_png(16, 16), key="item/cup")
            newer = await store.save(grey_png(20, 10), key="item/cup")

            assert await store.open(newer.file_path) == grey_png(20, 10)
            assert webp_size(await store.open(newer.thumbnail_path)) == (20, 10)

    async def test_saving_a_key_in_another_format_removes_the_older_file(
        self, open_store: OpenImageStore
    ) -> None:
        """A key has one image, whatever the format of the one before."""
        async with open_store() as store:
            older = await store.save(small_png("cup"), key="item/cup")
            newer = await store.save(WEBP, key="item/cup")

            assert await store.open(newer.file_path) == WEBP
            with pytest.raises(ImageNotFoundError):
                await store.open(older.file_path)
