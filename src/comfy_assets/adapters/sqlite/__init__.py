"""The repository in one SQLite file; the only room that knows `sqlite3`."""

from __future__ import annotations

from comfy_assets.adapters.sqlite.repository import SqliteAssetRepository

__all__ = ["SqliteAssetRepository"]
