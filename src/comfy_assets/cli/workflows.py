"""``comfy-assets workflows``: which workflow paints which slot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from comfy_assets.cli._filters import Json
from comfy_assets.cli._output import Column, say, show_fields, show_json, show_table
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, office
from comfy_assets.converters import unstructure

app: App = App(name="workflows", help="Choose which workflow paints which slot.")

_COLUMNS = (
    Column("SLOT"),
    Column("NAME"),
    Column("NODES", is_number=True),
    Column("UPDATED"),
)
_SLOT = Annotated[
    str, Parameter(help="portrait, sprite, backdrop, item, custom or custom:NAME.")
]


@app.command(name="list")
async def list_(*, json: Json = False, stores: Stores = DEFAULT_STORES) -> None:
    """List the slots that have a workflow."""
    async with office(stores) as system:
        found = await system.workflows.find()
    if json:
        show_json([unstructure(configuration) for configuration in found])
    elif found:
        show_table(
            _COLUMNS,
            (
                (
                    each.slot,
                    each.name,
                    len(each.workflow.nodes),
                    f"{each.updated_at:%Y-%m-%d %H:%M}",
                )
                for each in found
            ),
        )
    else:
        say(f"No workflows in {stores.repository}.")


@app.command
async def show(
    slot: _SLOT, /, *, json: Json = False, stores: Stores = DEFAULT_STORES
) -> None:
    """Show the workflow of a slot, and which text goes where."""
    async with office(stores) as system:
        found = await system.workflows.get(slot)
    if json:
        show_json(unstructure(found))
        return
    show_fields(
        [
            ("slot", found.slot),
            ("name", found.name),
            ("updated", f"{found.updated_at:%Y-%m-%d %H:%M:%S %Z}"),
            *(
                ("text", f"{each.target} <- {each.template or each.source}")
                for each in found.prompt_mappings
            ),
            *(
                ("default", f"{each.target} = {each.value!r}")
                for each in found.input_defaults
            ),
            *(
                ("locked", f"{each.target} = {each.value!r}")
                for each in found.locked_inputs
            ),
            *(
                ("node", f"{node_id} {node.class_type}")
                for node_id, node in found.workflow.nodes.items()
            ),
        ]
    )


@app.command
async def put(
    slot: _SLOT,
    file: Path,
    /,
    *,
    name: str | None = None,
    stores: Stores = DEFAULT_STORES,
) -> None:
    """Store the workflow of a slot, in place of the one before.

    Args:
        file: What ComfyUI's "Export (API)" wrote.
        name: A name for people; the file's by default.
    """
    async with office(stores) as system:
        stored = await system.workflows.put(slot, file, name=name)
    texts = ", ".join(
        f"{each.source} to {each.target}" for each in stored.prompt_mappings
    )
    say(f"Stored {stored.name} for {stored.slot}: {texts or 'no text goes into it'}.")


@app.command
async def delete(slot: _SLOT, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Remove the workflow of a slot; what it painted stays."""
    async with office(stores) as system:
        await system.workflows.delete(slot)
    say("Deleted.")
