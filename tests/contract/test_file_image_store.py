"""`FileImageStore` keeps the promises of `ImageStore`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from comfy_assets.adapters.files import FileImageStore
from comfy_assets.ports.images import ImageStore
from comfy_assets.testing.image_store_suite import ImageStoreSuite, OpenImageStore


class TestFileImageStore(ImageStoreSuite):
    """The suite over a folder."""

    @pytest.fixture
    def open_store(self, tmp_path: Path) -> OpenImageStore:
        """Open the same folder each time."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[ImageStore]:
            yield FileImageStore(tmp_path / "images")

        return opened
