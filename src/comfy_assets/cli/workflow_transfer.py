"""``workflow export`` and ``import``: all workflows as one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import attrs
from cyclopts import Parameter

from comfy_assets.cli._failures import FAILED
from comfy_assets.cli._filters import Json
from comfy_assets.cli._given import document_in
from comfy_assets.cli._output import complain, say, show_fields, show_json
from comfy_assets.cli._stores import DEFAULT_STORES, Stores, office
from comfy_assets.cli.workflow_files import write_json
from comfy_assets.errors import PayloadError


async def export(
    *, output: Path | None = None, stores: Stores = DEFAULT_STORES
) -> None:
    """Print all workflows, with all that is set for them, as one document.

    Args:
        output: A new file to write it into.
    """
    async with office(stores) as system:
        document = await system.workflows.export()
    await write_json(document, output)


async def import_(
    file: Annotated[
        str,
        Parameter(
            help="What 'workflow export' wrote; - reads standard input.",
            allow_leading_hyphen=True,
        ),
    ],
    /,
    *,
    replace: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    dry_run: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    json: Json = False,
    stores: Stores = DEFAULT_STORES,
) -> int:
    """Store the workflows of an export, or nothing where it has a fault.

    Args:
        replace: Empty the slots that the file does not name.
        dry_run: Only tell what would be done.
    """
    document = await document_in(file)
    try:
        async with office(stores) as system:
            done = await system.workflows.import_(
                document,
                mode="replace" if replace else "merge",
                dry_run=dry_run,
            )
    except PayloadError as error:
        for problem in error.problems:
            complain(f"{file}: {problem}")
        return FAILED
    if json:
        show_json(attrs.asdict(done))
        return 0
    show_fields(
        (name, ", ".join(getattr(done, name)))
        for name in ("added", "changed", "unchanged", "removed")
    )
    if dry_run:
        say("Nothing was written.")
    return 0
