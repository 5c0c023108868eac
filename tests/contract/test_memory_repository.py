"""`MemoryAssetRepository` keeps the contract of `AssetRepository`."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from comfy_assets.adapters.memory import MemoryAssetRepository
from comfy_assets.testing.opening import OpenRepository
from comfy_assets.testing.repository_suite import AssetRepositorySuite


class TestMemoryAssetRepository(AssetRepositorySuite):
    """The suite over memory, which forgets everything with the object."""

    durable = False

    @pytest.fixture
    def open_repository(self) -> OpenRepository:
        """Open an empty repository each time."""
        return lambda _: aclosing(MemoryAssetRepository())
