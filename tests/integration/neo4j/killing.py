"""Kill a Neo4j under load, start it again, and look at what is left."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
from anyio import create_task_group, to_thread

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from tests.integration.neo4j.hard_work import (
    WORKERS,
    Ledger,
    check,
    check_done,
    drain,
    work_until_it_fails,
)

if TYPE_CHECKING:
    from tests.servers.neo4j import RealNeo4j

#: More than a server takes to start, on a machine that is busy.
_RETRY_SECONDS = 60.0
#: Any moment between two calls, and within one.
_STRAY_SECONDS = 0.05


async def kill_under_load(
    server: RealNeo4j, moments: list[tuple[int, float]]
) -> Ledger:
    """Kill a server at moments of hard work, and check all that it acknowledged.

    Args:
        moments: For each life of the server, after how many calls it is killed, and
            which part of a stray moment later.

    Returns:
        All that was acknowledged, in all lives.

    Raises:
        AssertionError: When something acknowledged is missing, or is not done in
            the end.
        TimeoutError: When a batch is stuck.
    """
    server.access.clean()
    ledger = Ledger()
    for calls, share in moments:
        async with (
            aclosing(_open(server, retry_seconds=0.0)) as repository,
            create_task_group() as tasks,
        ):
            for number in range(WORKERS):
                name = f"worker {number}"
                tasks.start_soon(work_until_it_fails, repository, ledger, name)
            await ledger.more(calls)
            # The moment is what is being tried out: nothing is waited for.
            await anyio.sleep(share * _STRAY_SECONDS)
            await to_thread.run_sync(server.kill)
        await to_thread.run_sync(server.start)
        async with aclosing(_open(server, retry_seconds=_RETRY_SECONDS)) as repository:
            await check(repository, ledger)
    async with aclosing(_open(server, retry_seconds=_RETRY_SECONDS)) as repository:
        await drain(repository, ledger)
        await check(repository, ledger)
        await check_done(repository, ledger)
    return ledger


def _open(server: RealNeo4j, *, retry_seconds: float) -> Neo4jAssetRepository:
    access = server.access
    return Neo4jAssetRepository(
        access.uri, auth=access.auth, retry_seconds=retry_seconds
    )
