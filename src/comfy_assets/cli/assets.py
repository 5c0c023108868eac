"""``comfy-assets assets``: look through the gallery and choose from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import anyio
from cyclopts import App, Parameter

from comfy_assets.cli._filters import Json, Limit, optional_entity, text_of
from comfy_assets.cli._gallery import show_assets, write_file, write_sheet
from comfy_assets.cli._ids import find_asset
from comfy_assets.cli._output import say, second_of, show_fields, show_json
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, office
from comfy_assets.converters import unstructure
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.requests import AssetType

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from comfy_assets.domain.identity import AssetId
    from comfy_assets.services.assets import AssetService

app: App = App(name="assets", help="Look through the gallery and choose from it.")

_WHAT = Annotated[str, Parameter(help="The asset's id, or its first letters.")]
_WORLD = Annotated[str | None, Parameter(help="Only of this world.")]
_ENTITY = Annotated[str | None, Parameter(help="Only of this entity, as TYPE:ID.")]
_TYPE = Annotated[AssetType | None, Parameter(name="--type", help="Only of this type.")]
_ACTIVE = Annotated[
    bool,
    Parameter(
        negative="", show_default=False, help="Only those that their entities show."
    ),
]


@app.command(name="list")
async def list_(
    *,
    world: _WORLD = None,
    entity: _ENTITY = None,
    asset_type: _TYPE = None,
    active: _ACTIVE = False,
    limit: Limit = 50,
    json: Json = False,
    stores: Stores = DEFAULT_STORES,
) -> None:
    """List assets, newest first."""
    query = _query(world, entity, asset_type, active=active)
    async with office(stores) as system:
        page = await system.assets.find(query, limit=limit)
    if json:
        show_json([unstructure(asset) for asset in page.items])
    elif page.items:
        show_assets(page.items)
    else:
        say(f"No assets in {stores.repository}.")


@app.command
async def show(
    asset: _WHAT, /, *, json: Json = False, stores: Stores = DEFAULT_STORES
) -> None:
    """Show everything about one asset."""
    async with office(stores) as system:
        found = await system.assets.get(await find_asset(system, asset))
    if json:
        show_json(unstructure(found))
        return
    show_fields(
        [
            ("id", found.id),
            ("active", "yes" if found.is_active else "no"),
            ("world", found.world_id),
            ("entity", text_of(found.entity)),
            ("type", found.asset_type),
            ("label", found.label),
            ("size", f"{found.width}x{found.height}, {found.size_bytes:,} bytes"),
            ("prompt", found.prompt),
            ("negative", found.negative_prompt),
            ("seed", found.seed),
            ("slot", found.workflow_slot),
            ("batch", found.batch_id),
            ("style", found.style_reference_id),
            ("created", second_of(found.created_at)),
            ("image", stores.file_of(found.file_path)),
            ("thumbnail", stores.file_of(found.thumbnail_path)),
        ]
    )


@app.command
async def activate(asset: _WHAT, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Make an asset the one that its entity shows."""
    await _order(stores, asset, lambda service: service.activate)
    say("Activated.")


@app.command
async def deactivate(asset: _WHAT, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Let the asset's entity show none."""
    await _order(stores, asset, lambda service: service.deactivate)
    say("Deactivated.")


@app.command
async def delete(asset: _WHAT, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Remove an asset, its image and its thumbnail for good."""
    await _order(stores, asset, lambda service: service.delete)
    say("Deleted.")


@app.command
async def export(
    asset: _WHAT, file: Path, /, *, stores: Stores = DEFAULT_STORES
) -> None:
    """Copy an asset's image out of the gallery.

    Args:
        file: A new file, or a folder.
    """
    async with office(stores) as system:
        found = await system.assets.get(await find_asset(system, asset))
        data = await system.assets.open_image(found.id)
    name = found.file_path.rpartition("/")[2]
    target = file / name if await anyio.Path(file).is_dir() else file
    await write_file(target, data, replaces=False)
    say(f"Written to {target}.")


@app.command
async def sheet(
    file: Path,
    /,
    *,
    world: _WORLD = None,
    entity: _ENTITY = None,
    asset_type: _TYPE = None,
    active: _ACTIVE = False,
    limit: Limit = 48,
    stores: Stores = DEFAULT_STORES,
) -> None:
    """Draw the newest assets side by side on one sheet.

    Args:
        file: A PNG file; replaced if it is there.
    """
    query = _query(world, entity, asset_type, active=active)
    async with office(stores) as system:
        page = await system.assets.find(query, limit=limit)
        await write_sheet(system, page.items, file, heading=world or "Gallery")
    say(f"{len(page.items)} images on {file}.")


async def _order(
    stores: Stores,
    written: str,
    verb: Callable[[AssetService], Callable[[AssetId], Awaitable[object]]],
) -> None:
    async with office(stores) as system:
        await verb(system.assets)(await find_asset(system, written))


def _query(
    world: str | None, entity: str | None, asset_type: AssetType | None, *, active: bool
) -> AssetQuery:
    return AssetQuery(
        world_id=world,
        entity=optional_entity(entity),
        asset_type=asset_type,
        is_active=active or None,
    )
