"""The gallery as a table and as a contact sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from comfy_assets.cli._failures import CommandError
from comfy_assets.cli._filters import text_of
from comfy_assets.cli._output import Column, show_table
from comfy_assets.domain.assets import GalleryAsset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from comfy_assets.system import AssetSystem

_COLUMNS: Final = (
    Column("ID", is_id=True),
    Column("TYPE"),
    Column("ENTITY"),
    Column("SIZE", is_number=True),
    Column("SEED", is_number=True),
    Column("ACTIVE"),
    Column("FILE", is_extra=True),
)


def show_assets(assets: Sequence[GalleryAsset]) -> None:
    """Print assets as a table."""
    show_table(_COLUMNS, map(_row, assets))


async def write_sheet(
    system: AssetSystem, assets: Sequence[GalleryAsset], file: Path, *, heading: str
) -> None:
    """Draw assets on one sheet, a PNG file.

    Args:
        system: The running system.
        assets: At least one, at most 400.
        file: Where to; replaced if it is there.
        heading: The large line above all.

    Raises:
        CommandError: When the file cannot be written.
        ImageNotFoundError: When an image's file is gone.
        InvalidRequestError: When there are no assets, or too many.
    """
    # Pillow is loaded by the first sheet, not by every command.
    from comfy_assets.adapters._pictures.contact_sheet import (  # noqa: PLC0415
        SheetCell,
        contact_sheet,
    )

    cells = [
        SheetCell(
            image=await system.assets.open_thumbnail(asset.id),
            title=asset.entity.entity_id.replace("-", " ").title(),
            subtitle=_subtitle(asset),
            is_active=asset.is_active,
        )
        for asset in assets
    ]
    note = f"{len(assets)} images" if len(assets) > 1 else "1 image"
    data = await anyio.to_thread.run_sync(
        lambda: contact_sheet(cells, heading=heading, note=note)
    )
    await write_file(file, data, replaces=True)


async def write_file(file: Path, data: bytes, *, replaces: bool) -> None:
    """Write a file that the command line named.

    Args:
        file: Where to.
        data: What.
        replaces: Whether a file that is there may go.

    Raises:
        CommandError: When it cannot be written.
    """
    try:
        async with await anyio.open_file(file, "wb" if replaces else "xb") as opened:
            await opened.write(data)
    except FileExistsError as error:
        sentence = f"{file} is there already: choose another name"
        raise CommandError(sentence) from error
    except OSError as error:
        sentence = f"{file} cannot be written: {error.strerror or error}"
        raise CommandError(sentence) from error


def _row(asset: GalleryAsset) -> tuple[object, ...]:
    return (
        asset.id,
        asset.asset_type,
        text_of(asset.entity),
        f"{asset.width}x{asset.height}",
        "" if asset.seed is None else asset.seed,
        "yes" if asset.is_active else "",
        asset.file_path,
    )


def _subtitle(asset: GalleryAsset) -> str:
    parts = [asset.asset_type.value, f"{asset.width} x {asset.height}"]
    if asset.seed is not None:
        parts.append(f"seed {asset.seed}")
    return ", ".join(parts)
