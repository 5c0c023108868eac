"""`ImageStoreSuite`: the contract of `ImageStore` as tests to inherit; all parts."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.assets import StoredImage
from comfy_assets.errors import ImageNotFoundError
from comfy_assets.testing.image_checks import is_whole
from comfy_assets.testing.image_keeping_suite import ImageKeepingSuite
from comfy_assets.testing.image_keys_suite import ImageKeysSuite
from comfy_assets.testing.image_refusals_suite import ImageRefusalsSuite
from comfy_assets.testing.image_samples import WEBP
from comfy_assets.testing.image_store_opening import OpenImageStore, drawing_images
from comfy_assets.testing.image_tasks_suite import ImageTasksSuite
from comfy_assets.testing.small_png import small_png

__all__ = ["ImageStoreSuite", "OpenImageStore"]


class ImageStoreSuite(
    ImageKeepingSuite, ImageRefusalsSuite, ImageKeysSuite, ImageTasksSuite
):
    """Inherit this in a test class and override `open_store`.

    Each test says a sentence of the port's docstring.
    """

    #: Whether a store opened later finds what was saved.
    durable: ClassVar[bool] = True

    async def test_a_store_opened_later_finds_what_was_saved(
        self, open_store: OpenImageStore
    ) -> None:
        """A durable store keeps its images, another one begins empty."""
        async with open_store() as store:
            stored = await store.save(small_png("cup"), key="item/cup")
        async with open_store() as later:
            if self.durable:
                assert await later.open(stored.file_path) == small_png("cup")
                assert await is_whole(later, stored)
            else:
                with pytest.raises(ImageNotFoundError):
                    await later.open(stored.file_path)

    @drawing_images
    @given(
        steps=st.lists(
            st.tuples(
                st.sampled_from(["a", "a.b", "b/a", "b/c/a"]),
                st.sampled_from([None, small_png("one"), small_png("two"), WEBP]),
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
                    assert await is_whole(store, stored)
                else:
                    with pytest.raises(ImageNotFoundError):
                        await store.open(f"{key}.png")
                await store.delete(key)
