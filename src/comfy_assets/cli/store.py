"""``comfy-assets store``: whole databases."""

from __future__ import annotations

from contextlib import aclosing
from typing import Annotated

from cyclopts import App, Parameter

from comfy_assets.cli._copying import Copy
from comfy_assets.cli._failures import USAGE, CommandError
from comfy_assets.cli._output import say
from comfy_assets.opening import open_repository

app: App = App(name="store", help="Move from one database to another.")

_MEMORY = "memory:"
_URL = "sqlite:///FILE or neo4j://USER:PASSWORD@HOST."


@app.command
async def copy(
    source: Annotated[str, Parameter(help=f"The database to read: {_URL}")],
    target: Annotated[str, Parameter(help=f"The database to fill: {_URL}")],
    /,
) -> None:
    """Copy all assets, batches and workflows into another database, and check them.

    Stop all hosts first. A copy that was interrupted goes on when it is begun again.
    Images lie in files, which stay where they are.
    """
    if _MEMORY in {source, target}:
        sentence = "memory: ends with the program; name two databases that last."
        raise CommandError(sentence, exit_code=USAGE)
    if source == target:
        sentence = "Both are the same database; name two."
        raise CommandError(sentence, exit_code=USAGE)
    async with (
        aclosing(open_repository(source)) as read,
        aclosing(open_repository(target)) as written,
    ):
        work = Copy(read, written)
        # Batches before assets, which belong to them; workflows before batches.
        for part in (work.workflows, work.batches, work.discarded, work.assets):
            say(f"{await part()}")
        say(f"checked: {await work.check()} are equal in both")
