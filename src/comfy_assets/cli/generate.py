"""``comfy-assets generate``: one batch, from the prompt to the files."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import anyio
from cyclopts import Parameter

from comfy_assets.adapters.comfyui.client import ComfyUIClient
from comfy_assets.cli._failures import FAILED, UNREACHABLE, USAGE, CommandError
from comfy_assets.cli._filters import (
    DEFAULT_SERVER,
    Json,
    Server,
    entity_of,
    override_of,
)
from comfy_assets.cli._following import follow
from comfy_assets.cli._output import complain, say, show_json
from comfy_assets.cli._progress import progress_display
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, studio
from comfy_assets.converters import unstructure
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchStatus, GenerationBatch
from comfy_assets.domain.paging import MAX_PAGE
from comfy_assets.domain.requests import (
    AssetType,
    GenerationRequest,
    workflow_slot,
)
from comfy_assets.errors import (
    BatchStatusError,
    CircuitOpenError,
    ComfyUITimeoutError,
    ComfyUIUnavailableError,
    InvalidRequestError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.system import AssetSystem

_UNREACHABLE_ERRORS: Final = {
    error.__name__
    for error in (ComfyUIUnavailableError, ComfyUITimeoutError, CircuitOpenError)
}
# How long Ctrl-C waits until the server has let go of the runs.
_CANCELLING_SECONDS: Final = 10.0


async def generate(
    prompt: str,
    /,
    *,
    comfyui: Server = DEFAULT_SERVER,
    workflow: Path | None = None,
    slot: str = "portrait",
    world: str = "default",
    entity: str = "Character:unnamed",
    count: int = 1,
    seed: int | None = None,
    negative: str = "",
    overrides: Annotated[
        tuple[str, ...], Parameter(name="--set", negative="", show_default=False)
    ] = (),
    json: Json = False,
    stores: Stores = DEFAULT_STORES,
) -> int:
    """Paint images of one entity and print their files; Ctrl-C calls it off.

    Args:
        prompt: What the images shall show.
        workflow: A file that is first stored as the slot's workflow: any that holds
            one, as with "workflow put"; without it the slot's own is taken.
        slot: portrait, sprite, backdrop, item, custom or custom:NAME.
        world: The game world that the entity lives in.
        entity: Whom or what they show, as TYPE:ID.
        count: How many images, 1 to 64.
        seed: Seed of the first image; the others count up from it.
        negative: What they shall not show.
        overrides: A value for one input, as ADDRESS=VALUE, such as KSampler.steps=30;
            VALUE is JSON, or else a text. May be given several times.
    """
    try:
        request = GenerationRequest(
            world_id=world,
            entity=entity_of(entity),
            asset_type=AssetType(workflow_slot(slot).partition(":")[0]),
            slot=slot,
            prompt=prompt,
            negative_prompt=negative,
            count=count,
            seed=seed,
            overrides=dict(map(override_of, overrides)),
        )
    except InvalidRequestError as error:
        raise CommandError(str(error), exit_code=USAGE) from error
    async with studio(stores, comfy=ComfyUIClient(comfyui)) as system:
        # Said at once: a batch would first be tried again for more than a minute.
        await system.health.check()
        if workflow is not None:
            await system.workflows.put(slot, workflow)
        batch = await _paint(system, request)
        query = AssetQuery(batch_id=batch.id)
        found = (await system.assets.find(query, limit=MAX_PAGE)).items
    _report(batch, sorted(found, key=lambda asset: asset.index), stores, as_json=json)
    return _exit_code(batch)


async def _paint(system: AssetSystem, request: GenerationRequest) -> GenerationBatch:
    async with system.events.subscribe() as events:
        batch = await system.generation.submit(request)
        label = f"{request.entity.entity_id} ({request.workflow_slot})"
        # To standard error: what is printed of the files is for scripts.
        with progress_display(sys.stderr) as display:
            display.add(batch, label)
            try:
                [ended] = await follow(system, [batch.id], events, display)
            except anyio.get_cancelled_exc_class():
                with anyio.move_on_after(_CANCELLING_SECONDS, shield=True):
                    # It may just have ended by itself.
                    with suppress(BatchStatusError):
                        await system.generation.cancel(batch.id)
                raise
    return ended


def _report(
    batch: GenerationBatch,
    found: Sequence[GalleryAsset],
    stores: Stores,
    *,
    as_json: bool,
) -> None:
    files = [str(stores.file_of(asset.file_path)) for asset in found]
    if as_json:
        show_json(
            {
                "batch": unstructure(batch),
                "assets": [unstructure(asset) for asset in found],
                "files": files,
            }
        )
    else:
        for file in files:
            say(file)
    if batch.failure is not None:
        complain(batch.failure.message)
    elif batch.status is BatchStatus.CANCELLED:
        complain("somebody cancelled the batch")


def _exit_code(batch: GenerationBatch) -> int:
    if batch.failure is not None and batch.failure.error_type in _UNREACHABLE_ERRORS:
        return UNREACHABLE
    return 0 if batch.status is BatchStatus.COMPLETE else FAILED
