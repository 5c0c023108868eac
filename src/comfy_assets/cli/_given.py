"""What a command is given to read: a slot, a file, or standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import anyio
from cyclopts import Parameter

from comfy_assets.cli._failures import CommandError
from comfy_assets.cli._stores import Stores, office
from comfy_assets.domain.requests import WorkflowSlot, workflow_slot
from comfy_assets.domain.workflows.sources import MAX_SOURCE_BYTES
from comfy_assets.errors import InvalidRequestError
from comfy_assets.services.workflow_sources import read_workflow

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import ComfyClient

#: What names standard input in place of a file.
STANDARD_INPUT: Final = "-"

#: A slot whose workflow is meant.
Slot = Annotated[
    str, Parameter(help="portrait, sprite, backdrop, item, custom or custom:NAME.")
]
#: A file that holds a workflow.
WorkflowFile = Annotated[
    str,
    Parameter(
        help="Any file that holds a workflow: 'Export (API)', a file of the editor, or "
        "a picture that ComfyUI wrote; - reads standard input.",
        allow_leading_hyphen=True,
    ),
]
#: Either of them.
SlotOrFile = Annotated[
    str,
    Parameter(
        help="A slot, or any file that holds a workflow; - reads standard input. "
        "A file that is called like a slot is written ./portrait.",
        allow_leading_hyphen=True,
    ),
]


def slot_in(written: str) -> WorkflowSlot | None:
    """Return the slot that was written, ``None`` where it is a file."""
    try:
        return workflow_slot(written)
    except InvalidRequestError:
        return None


def source_in(written: str) -> Path | bytes:
    """Return the file that was written, or what standard input holds."""
    return _standard_input() if written == STANDARD_INPUT else Path(written)


async def graph_in(written: str, comfy: ComfyClient, stores: Stores) -> Workflow:
    """Return the graph of a slot, or the one in a file.

    Args:
        written: A slot, a file or ``-``.
        comfy: Tells the classes by which a file of the editor is converted.
        stores: Where slots are looked up.

    Raises:
        ComfyAssetsError: When there is none, or it cannot be read.
    """
    slot = slot_in(written)
    if slot is None:
        return await read_workflow(source_in(written), comfy)
    async with office(stores) as system:
        return (await system.workflows.get(slot)).workflow


async def document_in(written: str) -> object:
    """Return the JSON document in a file or on standard input.

    Raises:
        CommandError: When it cannot be read, or is no JSON.
    """
    try:
        source = source_in(written)
        if isinstance(source, Path):
            source = await anyio.Path(source).read_bytes()
        document: object = json.loads(source.decode("utf-8-sig"))
    # ValueError: no UTF-8, no JSON, or no name that a file could have.
    except (OSError, ValueError, RecursionError) as error:
        problem = getattr(error, "strerror", None) or error
        sentence = f"{written} cannot be read: {problem}"
        raise CommandError(sentence) from error
    return document


def _standard_input() -> bytes:
    # One byte more than is taken tells that there is too much.
    return sys.stdin.buffer.read(MAX_SOURCE_BYTES + 1)
