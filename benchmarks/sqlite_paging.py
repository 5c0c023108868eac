"""Show that a page of assets costs the same in a small gallery and in a large one.

Fills one SQLite file with each number of assets, times a page of 50 for every kind of
query, at the beginning and in the middle of the listing, and prints the ratio.
Run it with the numbers to compare: ``python sqlite_paging.py 1000 1000000``.
"""

from __future__ import annotations

import argparse
import itertools
import sqlite3
import statistics
import tempfile
import time
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import anyio

from comfy_assets.adapters.sqlite import SqliteAssetRepository
from comfy_assets.domain.assets import AssetQuery, GalleryAsset
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.paging import PageKey
from comfy_assets.domain.requests import AssetType, EntityRef, WorkflowSlot

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE: Final = 50
_ROUNDS: Final = 40
#: The place that is asked for: as many assets in a small gallery as in a large one.
_SHARE: Final = 500
_HERE: Final = GalleryAsset(
    id=AssetId(str(UUID(int=0))),
    world_id="vale",
    entity=EntityRef("Character", "marcus"),
    asset_type=AssetType.PORTRAIT,
    file_path="portrait/00/marcus.png",
    thumbnail_path="portrait/00/marcus.thumb.webp",
    prompt="a grizzled bartender with grey hair",
    workflow_slot=WorkflowSlot("portrait"),
    created_at=PageKey.from_cursor(
        "WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgIiJd"
    ).created_at,
    batch_id=BatchId(str(UUID(int=1))),
    style_reference_id=AssetId(str(UUID(int=2))),
    width=512,
    height=512,
    media_type="image/png",
    size_bytes=400_000,
    sha256="0" * 64,
)
