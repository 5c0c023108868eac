"""A host in a process of its own, for tests that kill it; run with ``python -m``.

It paints one batch to its end. Started again with the same database and folder it
goes on with the batch that it finds there. It prints a line when the batch is stored,
and with every event about it. The database stands in the environment, for its address
may hold a password.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Final

import anyio

import comfy_assets as ca
from tests.acceptance.host import host, portraits
from tests.comfyui_graphs import sampler_graph

#: The variable with the URL of the database.
REPOSITORY: Final = "HOST_TO_KILL_REPOSITORY"


async def paint(url: str, folder: Path, count: int, owner: str) -> None:
    """Submit a batch, or find the one of an earlier life, and wait for its end."""
    repository = ca.open_repository(os.environ[REPOSITORY])
    system = host(folder, url, repository=repository, owner=owner, lease_seconds=3.0)
    async with system, system.events.subscribe(ca.BatchEvent) as events:
        found = (await system.generation.find()).items
        if not found:
            await system.workflows.put("portrait", sampler_graph(seed=1))
            found = (await system.generation.submit(portraits(count)),)
        print("stored", flush=True)  # noqa: T201 - the parent counts lines
        async with anyio.create_task_group() as telling:
            telling.start_soon(_tell, events)
            await system.generation.result(found[0].id)
            telling.cancel_scope.cancel()


async def _tell(events: ca.Subscription[ca.BatchEvent]) -> None:
    async for event in events:
        print(type(event).__name__, flush=True)  # noqa: T201 - as above


def main() -> None:
    """Read the command line and paint."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--owner", default="host")
    parser.add_argument("--backend", default="asyncio")
    wish = parser.parse_args()
    anyio.run(
        paint, wish.url, wish.folder, wish.count, wish.owner, backend=wish.backend
    )


if __name__ == "__main__":
    main()
