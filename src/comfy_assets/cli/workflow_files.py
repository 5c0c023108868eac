"""``workflow analyze``, ``convert`` and ``validate``: look at a workflow."""

from __future__ import annotations

import json as json_module
from collections import Counter
from pathlib import Path

import attrs

from comfy_assets.cli._analysis import plain_analysis, show_analysis
from comfy_assets.cli._classes import DEFAULT_CLASSES, Classes
from comfy_assets.cli._failures import FAILED
from comfy_assets.cli._filters import Json
from comfy_assets.cli._gallery import write_file
from comfy_assets.cli._given import (
    SlotOrFile,
    WorkflowFile,
    graph_in,
    slot_in,
    source_in,
)
from comfy_assets.cli._output import Column, say, show_json, show_table
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, office
from comfy_assets.domain.workflows.analysis import analyze as analyze_workflow
from comfy_assets.domain.workflows.validation import Fault, Severity
from comfy_assets.services.catalogues import ask_catalogue
from comfy_assets.services.validation import validate_workflow
from comfy_assets.services.workflow_sources import read_workflow

_FAULTS = (Column("SEVERITY"), Column("FAULT"))


async def analyze(
    workflow: SlotOrFile,
    /,
    *,
    json: Json = False,
    classes: Classes = DEFAULT_CLASSES,
    stores: Stores = DEFAULT_STORES,
) -> None:
    """Tell what can be set in a workflow, and what it is for.

    API format needs no server; with one, types and choices of all classes are known.
    """
    async with classes.client() as comfy:
        graph = await graph_in(workflow, comfy, stores)
        catalogue = await ask_catalogue(comfy) if classes.is_named else None
    analysis = analyze_workflow(graph, catalogue)
    if json:
        show_json(plain_analysis(analysis))
    else:
        show_analysis(analysis)


async def convert(
    workflow: WorkflowFile,
    /,
    *,
    output: Path | None = None,
    classes: Classes = DEFAULT_CLASSES,
) -> None:
    """Print a workflow in API format; a file of the editor is converted.

    Args:
        output: A new file to write it into.
    """
    async with classes.client() as comfy:
        graph = await read_workflow(source_in(workflow), comfy)
    await write_json(graph.to_api(), output)


async def validate(
    workflow: SlotOrFile,
    /,
    *,
    json: Json = False,
    classes: Classes = DEFAULT_CLASSES,
    stores: Stores = DEFAULT_STORES,
) -> int:
    """Tell what the server would say of a workflow; nothing is queued.

    Exit code 1 where it would refuse the workflow or drop an output of it.
    """
    slot = slot_in(workflow)
    if slot is None:
        async with classes.client() as comfy:
            graph = await read_workflow(source_in(workflow), comfy)
            faults = await validate_workflow(comfy, graph)
    else:
        async with office(stores, comfy=classes.client()) as system:
            faults = await system.workflows.validate(slot)
    counted = Counter(fault.severity for fault in faults)
    if json:
        show_json([attrs.asdict(fault) for fault in faults])
    else:
        _show_faults(faults)
        told = ", ".join(
            f"{counted[severity]} {severity}{'s' if counted[severity] != 1 else ''}"
            for severity in Severity
        )
        say(f"{workflow}: {told}.")
    return FAILED if counted[Severity.ERROR] else 0


async def write_json(document: object, output: Path | None) -> None:
    """Print a JSON document, or write it into a new file.

    Raises:
        CommandError: When the file is there already, or cannot be written.
    """
    if output is None:
        show_json(document)
        return
    text = json_module.dumps(document, indent=2, ensure_ascii=False) + "\n"
    await write_file(output, text.encode(), replaces=False)
    say(f"Written to {output}.")


def _show_faults(faults: tuple[Fault, ...]) -> None:
    if faults:
        show_table(_FAULTS, ((fault.severity, str(fault)) for fault in faults))
