"""``comfy-assets batches``: look at the queue and give it orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from comfy_assets.cli._filters import Json, Limit, optional_entity, text_of
from comfy_assets.cli._ids import find_batch
from comfy_assets.cli._output import (
    Column,
    minute_of,
    say,
    second_of,
    show_fields,
    show_json,
    show_table,
)
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, office
from comfy_assets.converters import unstructure
from comfy_assets.domain.batches import BatchQuery, BatchStatus, GenerationBatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from comfy_assets.domain.identity import BatchId
    from comfy_assets.services.generation import GenerationService

app: App = App(
    name="batches", help="Look at the queue and its history, and give orders."
)

_COLUMNS = (
    Column("ID", is_id=True),
    Column("STATUS"),
    Column("ENTITY"),
    Column("SLOT"),
    Column("IMAGES", is_number=True),
    Column("CREATED"),
    Column("WORLD", is_extra=True),
    Column("PROMPT", is_extra=True),
)
_WHAT = Annotated[str, Parameter(help="The batch's id, or its first letters.")]


@app.command(name="list")
async def list_(
    *,
    status: list[BatchStatus] | None = None,
    world: str | None = None,
    entity: str | None = None,
    limit: Limit = 50,
    json: Json = False,
    stores: Stores = DEFAULT_STORES,
) -> None:
    """List batches, newest first.

    Args:
        status: Only these.
        world: Only of this world.
        entity: Only of this entity, as TYPE:ID.
    """
    query = BatchQuery(statuses=status, world_id=world, entity=optional_entity(entity))
    async with office(stores) as system:
        page = await system.generation.find(query, limit=limit)
    if json:
        show_json([unstructure(batch) for batch in page.items])
    elif page.items:
        show_table(_COLUMNS, map(_row, page.items))
    else:
        say(f"No batches in {stores.repository}.")


@app.command
async def show(
    batch: _WHAT, /, *, json: Json = False, stores: Stores = DEFAULT_STORES
) -> None:
    """Show everything about one batch."""
    async with office(stores) as system:
        found = await system.generation.get(await find_batch(system, batch))
        place = (
            await system.generation.position(found.id)
            if found.status is BatchStatus.QUEUED and found.claim is None
            else None
        )
    if json:
        show_json(unstructure(found))
        return
    request = found.request
    show_fields(
        [
            ("id", found.id),
            ("status", found.status),
            ("ahead in line", place),
            ("images", f"{found.completed_count} of {request.count}"),
            ("world", request.world_id),
            ("entity", text_of(request.entity)),
            ("slot", request.workflow_slot),
            ("prompt", request.prompt),
            ("negative", request.negative_prompt),
            ("seed", found.seed),
            ("priority", found.priority),
            ("attempt", found.attempts),
            ("created", second_of(found.created_at)),
            ("error", found.error_message),
            ("painted by", found.claim.owner if found.claim else None),
            *(("asset", asset_id) for asset_id in found.asset_ids),
        ]
    )


@app.command
async def cancel(batch: _WHAT, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Call a batch off; what is painted stays in the gallery."""
    await _order(stores, batch, lambda service: service.cancel)
    say("Cancelled.")


@app.command
async def retry(batch: _WHAT, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Line a failed or cancelled batch up again, for what is missing."""
    await _order(stores, batch, lambda service: service.retry)
    say("Lined up: the next process that paints from this database takes it.")


@app.command
async def clear(batch: _WHAT, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Forget an ended batch; its images stay in the gallery."""
    await _order(stores, batch, lambda service: service.clear)
    say("Cleared.")


@app.command
async def clear_finished(
    *, world: str | None = None, stores: Stores = DEFAULT_STORES
) -> None:
    """Forget all ended batches; their images stay in the gallery.

    Args:
        world: Only of this world.
    """
    async with office(stores) as system:
        cleared = await system.generation.clear_finished(world_id=world)
    say(f"Cleared {cleared}.")


@app.command
async def move(
    batch: _WHAT, position: int, /, *, stores: Stores = DEFAULT_STORES
) -> None:
    """Give a waiting batch another place in line.

    Args:
        position: How many batches shall run before it.
    """
    await _order(
        stores, batch, lambda service: lambda batch_id: service.move(batch_id, position)
    )
    say("Moved.")


async def _order(
    stores: Stores,
    written: str,
    verb: Callable[[GenerationService], Callable[[BatchId], Awaitable[object]]],
) -> None:
    async with office(stores) as system:
        await verb(system.generation)(await find_batch(system, written))


def _row(batch: GenerationBatch) -> tuple[object, ...]:
    request = batch.request
    return (
        batch.id,
        batch.status,
        text_of(request.entity),
        request.workflow_slot,
        f"{batch.completed_count}/{request.count}",
        minute_of(batch.created_at),
        request.world_id,
        request.prompt,
    )
