"""Look at what `comfy-assets demo` made; run with the Python that it was run with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import anyio
from PIL import Image

import comfy_assets as ca

DEMO: Final = Path("comfy-assets-demo")
KINDS: Final = {
    ca.AssetType.PORTRAIT,
    ca.AssetType.SPRITE,
    ca.AssetType.BACKDROP,
    ca.AssetType.ITEM,
}


async def main() -> None:
    """Fail unless the gallery has pictures of all kinds and a sheet shows them."""
    sheet = is_picture(DEMO / "contact-sheet.png")
    if min(sheet) < 400:  # noqa: PLR2004 - smaller, one could not see the pictures
        sys.exit(f"the contact sheet has only {sheet} pixels")

    # Opening would make a database where none is.
    if not (DEMO / "gallery.db").is_file():
        sys.exit("the demo left no gallery.db")
    repository = ca.SqliteAssetRepository(DEMO / "gallery.db")
    try:
        page = await repository.assets.find(ca.AssetQuery(), limit=1000)
    finally:
        await repository.aclose()
    missing = KINDS - {asset.asset_type for asset in page.items}
    if missing:
        sys.exit(f"the gallery has none of {sorted(missing)}")
    for asset in page.items:
        is_picture(DEMO / "images" / asset.file_path)
        is_picture(DEMO / "images" / asset.thumbnail_path)
    sys.stdout.write(f"the demo made {len(page.items)} assets of all kinds, all fine\n")


def is_picture(path: Path) -> tuple[int, int]:
    """Decode a picture wholly and return its size in pixels."""
    with Image.open(path) as picture:
        picture.load()
        return picture.size


anyio.run(main)
