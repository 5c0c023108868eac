"""`SqliteAssetRepository` keeps the contract of `AssetRepository`."""

from __future__ import annotations

from contextlib import aclosing
from pathlib import Path

import pytest

from comfy_assets.adapters.sqlite import SqliteAssetRepository
from comfy_assets.testing.opening import OpenRepository
from comfy_assets.testing.repository_suite import AssetRepositorySuite


class TestSqliteAssetRepository(AssetRepositorySuite):
    """The suite over files on the disk."""

    @pytest.fixture
    def open_repository(self, tmp_path: Path) -> OpenRepository:
        """Open the file of the given name."""
        return lambda name: aclosing(SqliteAssetRepository(tmp_path / f"{name}.db"))
