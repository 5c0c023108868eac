"""`ImageTasksSuite`: an `ImageStore` used by many tasks, and by cancelled ones."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest

from comfy_assets.domain.assets import StoredImage
from comfy_assets.errors import ImageNotFoundError
from comfy_assets.ports.images import ImageStore
from comfy_assets.testing.image_checks import is_whole
from comfy_assets.testing.image_store_opening import OpenImageStore, OpensImageStore
from comfy_assets.testing.small_png import grey_png, small_png


class ImageTasksSuite(OpensImageStore):
    """Methods of `ImageStore` called at once, and cancelled at any moment."""

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
                await store.save(grey_png(*size), key="item/cup")

            async with anyio.create_task_group() as tasks:
                for size in sizes:
                    tasks.start_soon(save, size)

            image = await store.open("item/cup.png")
            winner = next(size for size in sizes if grey_png(*size) == image)
            stored = await store.save(image, key="item/cup")
            assert (stored.width, stored.height) == winner
            assert await is_whole(store, stored)

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
                    tasks.start_soon(_save, store, grey_png(64, 64 + number), key)
                    for _ in range(number):
                        await anyio.lowlevel.checkpoint()
                    tasks.cancel_scope.cancel()

                try:
                    image = await store.open(f"{key}.png")
                except ImageNotFoundError:
                    again = await store.save(grey_png(64, 64 + number), key=key)
                    await store.delete(key)
                    with pytest.raises(ImageNotFoundError):
                        await store.open(again.thumbnail_path)
                else:
                    assert image == grey_png(64, 64 + number)
                    stored = await store.save(image, key=key)
                    assert await is_whole(store, stored)

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


async def _save(store: ImageStore, data: bytes, key: str) -> None:
    await store.save(data, key=key)
