"""`ImageStoreSuite`: what every `ImageStore` must do, as tests to inherit."""

from __future__ import annotations

import hashlib
import struct
import zlib
from base64 import b64decode
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import cache
from typing import ClassVar

import anyio
import anyio.lowlevel
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comfy_assets.domain.assets import StoredImage
from comfy_assets.errors import (
    ImageNotFoundError,
    ImageStoreError,
    InvalidImageError,
)
from comfy_assets.ports.images import ImageStore
from comfy_assets.testing.small_png import small_png

#: Opens the store under test; called twice in one test it opens the same place.
OpenImageStore = Callable[[], AbstractAsyncContextManager[ImageStore]]

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
_NO_PICTURES = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"These bytes are a text.", id="text"),
    pytest.param(b"<html><body>404</body></html>", id="page"),
    pytest.param(b"\x89PNG\r\n\x1a\n", id="signature-only"),
    pytest.param(b"\xff\xd8\xff\xe0" + bytes(64), id="zeros-after-signature"),
]
# Eight by six pixels each.
_WEBP = b64decode("UklGRiIAAABXRUJQVlA4TBYAAAAvB0ABAAdQqCIXpf8BgCD8b5uI6H8I")
_JPEG = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdA"
    "SFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/wAALCAAGAAgBAREA/8QAFAABAAAAAAAAAAAAAAAA"
    "AAAABf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AMf/Z"
)

_shared_by_examples = settings(
    max_examples=25,
    deadline=None,
    # The fixture is a factory, and each example removes what it saved.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class ImageStoreSuite:
    """Inherit this in a test class and override `open_store`.

    Each test says a sentence of the port's docstring.
    """

    pytestmark: ClassVar[pytest.MarkDecorator] = pytest.mark.anyio

    #: Whether a store opened later finds what was saved.
    durable: ClassVar[bool] = True

    @pytest.fixture
    def open_store(self) -> OpenImageStore:
        """Return what opens the store under test; to be overridden."""
        raise NotImplementedError

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
        data = _png(40, 30)
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
            pytest.param(_JPEG, "image/jpeg", id="jpeg"),
            pytest.param(_WEBP, "image/webp", id="webp"),
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
            stored = await store.save(_png(width, height), key="backdrop/harbour")
            thumbnail = await store.open(stored.thumbnail_path)

        assert _webp_size(thumbnail) == expected

    async def test_saving_a_key_again_replaces_its_image(
        self, open_store: OpenImageStore
    ) -> None:
        """The newer image and its thumbnail are what `open` returns."""
        async with open_store() as store:
            await store.save(_png(16, 16), key="item/cup")
            newer = await store.save(_png(20, 10), key="item/cup")

            assert await store.open(newer.file_path) == _png(20, 10)
            assert _webp_size(await store.open(newer.thumbnail_path)) == (20, 10)

    async def test_saving_a_key_in_another_format_removes_the_older_file(
        self, open_store: OpenImageStore
    ) -> None:
        """A key has one image, whatever the format of the one before."""
        async with open_store() as store:
            older = await store.save(small_png("cup"), key="item/cup")
            newer = await store.save(_WEBP, key="item/cup")

            assert await store.open(newer.file_path) == _WEBP
            with pytest.raises(ImageNotFoundError):
                await store.open(older.file_path)

    @pytest.mark.parametrize("data", _NO_PICTURES)
    async def test_bytes_that_are_no_picture_are_refused(
        self, open_store: OpenImageStore, data: bytes
    ) -> None:
        """`save` raises InvalidImageError when the bytes are no picture."""
        async with open_store() as store:
            with pytest.raises(InvalidImageError):
                await store.save(data, key="item/cup")

    @pytest.mark.parametrize("data", [small_png("any"), _JPEG, _WEBP])
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
                await store.save(_png_that_claims(65_000, 65_000), key="item/bomb")

    async def test_a_refused_image_leaves_the_kept_one_alone(
        self, open_store: OpenImageStore
    ) -> None:
        """All or nothing: what was kept under the key is still there."""
        async with open_store() as store:
            stored = await store.save(small_png("cup"), key="item/cup")
            with pytest.raises(InvalidImageError):
                await store.save(small_png("cup")[:-30], key="item/cup")

            assert await store.open(stored.file_path) == small_png("cup")
            assert await _is_whole(store, stored)

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
            assert await _is_whole(store, stored)

    async def test_a_store_opened_later_finds_what_was_saved(
        self, open_store: OpenImageStore
    ) -> None:
        """A durable store keeps its images, another one begins empty."""
        async with open_store() as store:
            stored = await store.save(small_png("cup"), key="item/cup")
        async with open_store() as later:
            if self.durable:
                assert await later.open(stored.file_path) == small_png("cup")
                assert await _is_whole(later, stored)
            else:
                with pytest.raises(ImageNotFoundError):
                    await later.open(stored.file_path)

    async def test_many_tasks_may_save_at_once(
        self, open_store: OpenImageStore
    ) -> None:
        """All methods may be called from many tasks at once."""
        saved: dict[str, StoredImage] = {}
        async with open_store() as store:

            async def save(number: int) -> None:
                name = f"cup-{number}"
                saved[name] = await store.save(small_png(name), key=f"item/{name}")

            async with anyio.create_task_group() as tasks:
                for number in range(20):
                    tasks.start_soon(save, number)

            assert len(saved) == 20
            for name, stored in saved.items():
                assert await store.open(stored.file_path) == small_png(name)

    async def test_one_key_saved_by_many_tasks_ends_as_one_whole_image(
        self, open_store: OpenImageStore
    ) -> None:
        """Of calls at once for one key one wins, with image and thumbnail."""
        sizes = [(8, 8 + number) for number in range(12)]
        async with open_store() as store:

            async def save(size: tuple[int, int]) -> None:
                await store.save(_png(*size), key="item/cup")

            async with anyio.create_task_group() as tasks:
                for size in sizes:
                    tasks.start_soon(save, size)

            image = await store.open("item/cup.png")
            winner = next(size for size in sizes if _png(*size) == image)
            stored = await store.save(image, key="item/cup")
            assert (stored.width, stored.height) == winner
            assert await _is_whole(store, stored)

    async def test_saving_and_deleting_at_once_do_not_disturb_each_other(
        self, open_store: OpenImageStore
    ) -> None:
        """A deletion that empties a place does not fail a save into that place."""
        async with open_store() as store:

            async def come_and_go(name: str) -> None:
                for _ in range(5):
                    stored = await store.save(small_png(name), key=f"item/3f/{name}")
                    assert await store.open(stored.file_path) == small_png(name)
                    await store.delete(f"item/3f/{name}")

            async with anyio.create_task_group() as tasks:
                for number in range(6):
                    tasks.start_soon(come_and_go, f"cup-{number}")

    async def test_a_cancelled_save_has_done_all_or_nothing(
        self, open_store: OpenImageStore
    ) -> None:
        """Image and thumbnail are both there or both not, and none is half."""
        async with open_store() as store:
            for number in range(8):
                key = f"item/cup-{number}"
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(_save, store, _png(64, 64 + number), key)
                    for _ in range(number):
                        await anyio.lowlevel.checkpoint()
                    tasks.cancel_scope.cancel()

                try:
                    image = await store.open(f"{key}.png")
                except ImageNotFoundError:
                    again = await store.save(_png(64, 64 + number), key=key)
                    await store.delete(key)
                    with pytest.raises(ImageNotFoundError):
                        await store.open(again.thumbnail_path)
                else:
                    assert image == _png(64, 64 + number)
                    stored = await store.save(image, key=key)
                    assert await _is_whole(store, stored)

    async def test_a_call_in_a_cancelled_scope_does_nothing(
        self, open_store: OpenImageStore
    ) -> None:
        """A call that is cancelled before it began has done none of its work."""
        async with open_store() as store:
            kept = await store.save(small_png("cup"), key="item/cup")
            with anyio.CancelScope() as scope:
                scope.cancel()
                await store.save(small_png("plate"), key="item/plate")
            assert scope.cancelled_caught

            with pytest.raises(ImageNotFoundError):
                await store.open("item/plate.png")
            assert await store.open(kept.file_path) == small_png("cup")

    @_shared_by_examples
    @given(key=image_keys)
    async def test_any_plain_key_is_good(
        self, open_store: OpenImageStore, key: str
    ) -> None:
        """Parts of letters, digits, ``-``, ``_`` and ``.`` make a key."""
        async with open_store() as store:
            stored = await store.save(_WEBP, key=key)

            assert await store.open(stored.file_path) == _WEBP
            await store.delete(key)
            with pytest.raises(ImageNotFoundError):
                await store.open(stored.file_path)

    @_shared_by_examples
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from(["a", "a.b", "b/a", "b/c/a"]),
                st.sampled_from([None, small_png("one"), small_png("two"), _WEBP]),
            ),
            max_size=10,
        )
    )
    async def test_any_order_of_steps_ends_as_in_a_dict(
        self, open_store: OpenImageStore, steps: list[tuple[str, bytes | None]]
    ) -> None:
        """Each key holds what was last saved, or nothing once deleted."""
        model: dict[str, tuple[StoredImage, bytes]] = {}
        async with open_store() as store:
            for key, data in steps:
                if data is None:
                    await store.delete(key)
                    model.pop(key, None)
                else:
                    model[key] = (await store.save(data, key=key), data)

            for key in ("a", "a.b", "b/a", "b/c/a"):
                if key in model:
                    stored, data = model[key]
                    assert await store.open(stored.file_path) == data
                    assert await _is_whole(store, stored)
                else:
                    with pytest.raises(ImageNotFoundError):
                        await store.open(f"{key}.png")
                await store.delete(key)


async def _save(store: ImageStore, data: bytes, key: str) -> None:
    await store.save(data, key=key)


async def _is_whole(store: ImageStore, stored: StoredImage) -> bool:
    """Tell whether image and thumbnail are there and belong together."""
    image = await store.open(stored.file_path)
    size = _webp_size(await store.open(stored.thumbnail_path))
    return (
        hashlib.sha256(image).hexdigest() == stored.sha256
        and len(image) == stored.size_bytes
        and max(size) <= 512
        and (max(size) == 512 or size == (stored.width, stored.height))
    )


@cache
def _png(width: int, height: int) -> bytes:
    """Return a grey PNG of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    row = b"\x00" + bytes(column % 256 for column in range(width))
    return _png_of(header, zlib.compress(row * height))


def _png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header speaks of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return _png_of(header, zlib.compress(bytes(2**16)))


def _png_of(header: bytes, pixels: bytes) -> bytes:
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def _webp_size(data: bytes) -> tuple[int, int]:
    """Read width and height out of a WebP file (RFC 9649, sections 2.5 to 2.7)."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WEBP"
    assert int.from_bytes(data[4:8], "little") + 8 == len(data)
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    assert kind == b"VP8 "
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF
