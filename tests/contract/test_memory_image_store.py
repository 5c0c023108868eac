"""`MemoryImageStore` keeps the promises of `ImageStore`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from comfy_assets.adapters.memory.images import MemoryImageStore
from comfy_assets.ports.images import ImageStore
from comfy_assets.testing.image_store_suite import ImageStoreSuite, OpenImageStore


class TestMemoryImageStore(ImageStoreSuite):
    """The suite over a dict."""

    durable = False

    @pytest.fixture
    def open_store(self) -> OpenImageStore:
        """Open a new store each time."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[ImageStore]:
            yield MemoryImageStore()

        return opened
