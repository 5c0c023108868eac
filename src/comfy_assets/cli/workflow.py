"""``comfy-assets workflow``: which workflow paints which slot."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from comfy_assets.cli import (
    workflow_editing,
    workflow_files,
    workflow_transfer,
    workflow_trial,
)
from comfy_assets.cli._classes import DEFAULT_CLASSES, Classes
from comfy_assets.cli._filters import Json
from comfy_assets.cli._given import Slot, WorkflowFile, source_in
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
from comfy_assets.services.workflow_sources import read_workflow

app: App = App(name="workflow", help="Choose and try which workflow paints which slot.")

_COLUMNS = (
    Column("SLOT"),
    Column("NAME"),
    Column("NODES", is_number=True),
    Column("UPDATED"),
)


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
                    minute_of(each.updated_at),
                )
                for each in found
            ),
        )
    else:
        say(f"No workflows in {stores.repository}.")


@app.command
async def show(
    slot: Slot, /, *, json: Json = False, stores: Stores = DEFAULT_STORES
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
            ("updated", second_of(found.updated_at)),
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
    slot: Slot,
    file: WorkflowFile,
    /,
    *,
    name: str | None = None,
    classes: Classes = DEFAULT_CLASSES,
    stores: Stores = DEFAULT_STORES,
) -> None:
    """Store the workflow of a slot, in place of the one before.

    Args:
        name: A name for people; the file's by default.
    """
    source = source_in(file)
    async with classes.client() as comfy:
        graph = await read_workflow(source, comfy)
    if name is None and isinstance(source, Path):
        name = source.stem
    async with office(stores) as system:
        stored = await system.workflows.put(slot, graph, name=name)
    texts = ", ".join(
        f"{each.source} to {each.target}" for each in stored.prompt_mappings
    )
    say(f"Stored {stored.name} for {stored.slot}: {texts or 'no text goes into it'}.")


@app.command
async def delete(slot: Slot, /, *, stores: Stores = DEFAULT_STORES) -> None:
    """Remove the workflow of a slot; what it painted stays."""
    async with office(stores) as system:
        await system.workflows.delete(slot)
    say("Deleted.")


app.command(workflow_files.analyze)
app.command(workflow_files.convert)
app.command(workflow_files.validate)
app.command(workflow_editing.edit)
app.command(workflow_transfer.export)
app.command(workflow_transfer.import_, name="import")
app.command(workflow_trial.try_out, name="test")
