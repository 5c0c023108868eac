"""``comfy-assets demo``: a tavern's worth of images, without a GPU or with ComfyUI."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import anyio
from attrs import frozen
from cyclopts import Parameter

from comfy_assets.adapters.comfyui.client import ComfyUIClient
from comfy_assets.adapters.files import FileImageStore
from comfy_assets.adapters.sqlite.repository import SqliteAssetRepository
from comfy_assets.cli._demo_set import (
    PIECES,
    SLOTS,
    WORLD,
    Piece,
    requests_for,
    workflow_of,
)
from comfy_assets.cli._extras import load_simulator
from comfy_assets.cli._failures import FAILED, STOPPED, CommandError
from comfy_assets.cli._filters import RunSeconds
from comfy_assets.cli._following import follow
from comfy_assets.cli._gallery import show_assets, write_sheet
from comfy_assets.cli._output import complain, say
from comfy_assets.cli._progress import duration, progress_display
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery, BatchStatus, GenerationBatch
from comfy_assets.domain.paging import MAX_PAGE
from comfy_assets.system import AssetSystem

if TYPE_CHECKING:
    from datetime import datetime

    from comfy_assets.domain.assets import GalleryAsset

_UNFINISHED: Final = frozenset(each for each in BatchStatus if not each.is_final)
# More would make a table and a sheet that nobody looks through.
_SHOWN: Final = 48
# Of the simulator's checkpoints: a server that has it draws by words.
_SIMULATED: Final = "simulated-sd15.safetensors"


@frozen(kw_only=True)
class _Demo:
    folder: Path
    url: str
    again: bool


def demo(
    *,
    comfyui: Annotated[
        str | None,
        Parameter(help="A running ComfyUI; without one the demo brings a simulated."),
    ] = None,
    folder: Annotated[
        Path, Parameter(help="Where the images and the database go.")
    ] = Path("comfy-assets-demo"),
    run_seconds: RunSeconds = 1.2,
    again: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help="Paint a new set beside the one there is.",
        ),
    ] = False,
) -> int:
    """Paint the portraits, sprites, backdrop and item of a small tavern.

    Needs no GPU and no model. Run it twice: a second run finishes what the first left,
    paints what is missing, and shows the gallery.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sentence = f"{folder} cannot be used: {error.strerror or error}"
        raise CommandError(sentence) from error
    try:
        with ExitStack() as stack:
            if comfyui is None:
                server = load_simulator().ComfyUISimulator(run_seconds=run_seconds)
                url = stack.enter_context(server).url
                say(f"A simulated ComfyUI draws at {url}: no GPU, no models.")
            else:
                url = comfyui
            return anyio.run(_run, _Demo(folder=folder, url=url, again=again))
    except KeyboardInterrupt:
        complain("stopped; the next run goes on where this one left off")
        return STOPPED


async def _run(demo: _Demo) -> int:
    comfy = ComfyUIClient(demo.url)
    repository = SqliteAssetRepository(demo.folder / "gallery.db")
    system = AssetSystem(
        comfy=comfy,
        repository=repository,
        images=FileImageStore(demo.folder / "images"),
        # The same name in every run: so a run takes its own batches up at once.
        owner="comfy-assets-demo",
        shutdown_grace_seconds=1.0,
    )
    began = anyio.current_time()
    async with system:
        # Said at once: a batch would first be tried again for more than a minute.
        await system.health.check()
        reads = await _reads_words(comfy)
        for slot in SLOTS:
            await system.workflows.put(slot, workflow_of(slot, reads=reads))
        left = await _unfinished(system)
        if left:
            say(f"Finishing what an earlier run left: {_images(_missing(left))}.")
        async with system.events.subscribe() as events:
            batches = [*left, *await _submit_missing(system, left, demo, reads=reads)]
            with progress_display(sys.stdout) as display:
                for batch in batches:
                    display.add(batch, _label(batch))
                ids = [batch.id for batch in batches]
                ended = await follow(system, ids, events, display)
        if batches:
            seconds = duration(anyio.current_time() - began)
            painted = _missing(batches) - _missing(ended)
            say(f"{_images(painted)} painted in {seconds}.")
        else:
            say("Everything is painted already; --again paints a new set.")
        await _activate_portrait(system, ended)
        await _show(system, demo.folder)
    failures = [batch for batch in ended if batch.failure is not None]
    for batch in failures:
        complain(f"{_label(batch)}: {batch.error_message}")
    return FAILED if failures else 0


async def _reads_words(comfy: ComfyUIClient) -> bool:
    """Say whether the server can follow a prompt without models of the person's."""
    catalogue = await comfy.object_info()
    # The catalogue is foreign; whatever its form, the name is in it or not.
    return _SIMULATED in str(catalogue.get("CheckpointLoaderSimple"))


async def _unfinished(system: AssetSystem) -> list[GenerationBatch]:
    query = BatchQuery(statuses=_UNFINISHED, world_id=WORLD)
    page = await system.generation.find(query, limit=MAX_PAGE)
    return list(reversed(page.items))


async def _submit_missing(
    system: AssetSystem, left: list[GenerationBatch], demo: _Demo, *, reads: bool
) -> list[GenerationBatch]:
    requests = []
    for piece in PIECES:
        have = 0 if demo.again else await _painted(system, piece)
        if not demo.again:
            have += _missing([batch for batch in left if _is_of(batch, piece)])
        requests += requests_for(piece, have=have, reads=reads)
    return [await system.generation.submit(request) for request in requests]


async def _painted(system: AssetSystem, piece: Piece) -> int:
    return await system.assets.count(
        AssetQuery(world_id=WORLD, entity=piece.entity, asset_type=piece.asset_type)
    )


def _is_of(batch: GenerationBatch, piece: Piece) -> bool:
    request = batch.request
    return (request.entity, request.asset_type) == (piece.entity, piece.asset_type)


async def _activate_portrait(system: AssetSystem, ended: list[GenerationBatch]) -> None:
    """Show the first new portrait; without a new one, leave the person's choice."""
    portraits = [
        batch.asset_ids[0]
        for batch in ended
        if batch.asset_ids and _is_of(batch, PIECES[0])
    ]
    if portraits:
        await system.assets.activate(portraits[0])


async def _show(system: AssetSystem, folder: Path) -> None:
    page = await system.assets.find(AssetQuery(world_id=WORLD), limit=_SHOWN)
    order = {piece.asset_type: place for place, piece in enumerate(PIECES)}

    def place(asset: GalleryAsset) -> tuple[int, datetime, int]:
        return order.get(asset.asset_type, len(order)), asset.created_at, asset.index

    assets = sorted(page.items, key=place)
    if not assets:
        return
    show_assets(assets)
    sheet = folder / "contact-sheet.png"
    await write_sheet(system, assets, sheet, heading=WORLD)
    say(f"Contact sheet  {sheet}", style="bold")
    say(f"Images         {folder / 'images'}")
    say(f"Database       {folder / 'gallery.db'}")
    database = (folder / "gallery.db").as_posix()
    say(f"Look around:   comfy-assets assets list --repository sqlite:///{database}")


def _label(batch: GenerationBatch) -> str:
    request = batch.request
    name = request.context.get("name", request.entity.entity_id)
    return f"{name} ({request.asset_type})"


def _missing(batches: list[GenerationBatch]) -> int:
    return sum(len(batch.missing_indexes) for batch in batches)


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"
