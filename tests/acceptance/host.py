"""A host as players have it: SQLite and files in one folder, ComfyUI over the wire."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import comfy_assets as ca

if TYPE_CHECKING:
    from pathlib import Path

MARCUS: Final = ca.EntityRef("Character", "marcus")
#: Retries that fit into a test.
QUICK_RETRY: Final = ca.RetryPolicy(max_retries=3, base_seconds=0.05, jitter=0.0)


def host(
    folder: Path,
    url: str,
    *,
    timeouts: ca.ComfyUITimeouts | None = None,
    **options: Any,
) -> ca.AssetSystem:
    """Make the system of a host that keeps its things in `folder`."""
    settings: dict[str, Any] = {
        "repository": ca.SqliteAssetRepository(folder / "game.db"),
        "owner": "host",
        "retry": QUICK_RETRY,
        "poll_seconds": 0.1,
        "shutdown_grace_seconds": 0.0,
    }
    return ca.AssetSystem(
        comfy=ca.ComfyUIClient(url, timeouts=timeouts),
        images=ca.FileImageStore(folder / "art"),
        **settings | options,
    )


def portraits(count: int, **changes: Any) -> ca.GenerationRequest:
    """Ask for portraits of Marcus."""
    fields: dict[str, Any] = {
        "world_id": "vale",
        "entity": MARCUS,
        "asset_type": ca.AssetType.PORTRAIT,
        "prompt": "a grizzled bartender with grey hair",
        "count": count,
    }
    return ca.GenerationRequest(**fields | changes)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return everything that lies in the image store, by its path below the root."""
    root = folder / "art"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


async def assert_gallery(
    records: ca.AssetRecords, folder: Path, *, indexes: list[int]
) -> None:
    """Check that there is one asset for each index, and for each asset its files.

    The files are an image, whole, and a thumbnail; besides them nothing lies there.
    """
    assets = (await records.find(ca.AssetQuery(), limit=1000)).items
    assert sorted(asset.index for asset in assets) == indexes
    files = files_of(folder)
    paths = [path for a in assets for path in (a.file_path, a.thumbnail_path)]
    assert sorted(files) == sorted(paths)
    for asset in assets:
        assert hashlib.sha256(files[asset.file_path]).hexdigest() == asset.sha256
        assert files[asset.thumbnail_path].startswith(b"RIFF")
