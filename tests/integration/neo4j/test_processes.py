"""Many processes with many workers share one Neo4j.

The file is its own worker: run as a script it opens the database and claims batches.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack, aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio import to_thread

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.adapters.neo4j._schema import constraint_name
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.testing.samples import NOON, make_asset, make_batch
from tests.sharing_the_line import check_shares

if TYPE_CHECKING:
    from tests.servers.neo4j_access import Neo4jAccess

_PROCESSES = 4
_WORKERS = 4
_BATCHES = 400
#: More than the first calls to a server that just started take on a busy machine.
_RETRY_SECONDS = 60.0
_CALL_SECONDS = 120.0

# Processes start slowly where two cores run many tests at once.
pytestmark = pytest.mark.timeout(300)


def test_processes_claim_each_batch_once_and_in_order(server: Neo4jAccess) -> None:
    """No batch is claimed twice or forgotten, and everyone goes down the line."""
    line = anyio.run(_fill, server)
    processes = _run_workers("claim", server)
    assert len(processes) == _PROCESSES
    check_shares(line, processes, workers=_WORKERS)


@pytest.mark.parametrize("is_cut_off", [False, True], ids=["fresh", "cut off"])
def test_processes_open_a_fresh_database_at_once(
    server: Neo4jAccess, is_cut_off: bool
) -> None:
    """Whoever comes first makes the schema; nobody fails and nothing is lost.

    Be it that an earlier opening was cut off, and left an index without its constraint.
    """
    server.forget()
    if is_cut_off:
        name = constraint_name("GalleryAsset", "id")
        server.query(f"CREATE RANGE INDEX {name} FOR (n:GalleryAsset) ON (n.id)")
    added = [share for worker in _run_workers("add", server) for share in worker]
    assert len(added) == _PROCESSES * _WORKERS
    assert anyio.run(_count_assets, server) == len(added)
    versions = server.query("MATCH (n:ComfyAssetsSchema) RETURN n.version AS version")
    assert versions == [{"version": 1}]


def _open(server: Neo4jAccess) -> Neo4jAssetRepository:
    return Neo4jAssetRepository(server.uri, auth=server.auth)


async def _fill(server: Neo4jAccess) -> list[str]:
    """Store the batches in an order that is not the line's, and return the line."""
    batches = [
        make_batch(
            priority=number % 3,
            position_key=f"{number % 7}",
            created_at=NOON + timedelta(seconds=number % 11),
        )
        for number in range(_BATCHES)
    ]
    async with (
        aclosing(_open(server)) as repository,
        anyio.create_task_group() as tasks,
    ):
        for share in range(8):
            tasks.start_soon(_add_all, repository, batches[share::8])
    batches.sort(key=lambda b: (-b.priority, b.position_key, b.created_at, b.id))
    return [batch.id for batch in batches]


async def _add_all(repository: Neo4jAssetRepository, batches: list[Any]) -> None:
    for batch in batches:
        await repository.batches.add(batch)


async def _count_assets(server: Neo4jAccess) -> int:
    async with aclosing(_open(server)) as repository:
        return await repository.assets.count(AssetQuery())


def _run_workers(task: str, server: Neo4jAccess) -> list[list[list[str]]]:
    """Let processes do the task, from the same moment on; return what each wrote."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603 - our own file
                    [sys.executable, __file__, task],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=environment,
                    text=True,
                )
            )
            for _ in range(_PROCESSES)
        ]
        # The password goes this way: a command line can be seen by everyone.
        for line in (json.dumps([server.uri, *server.auth]), "go"):
            for worker in workers:
                assert worker.stdout is not None
                assert worker.stdout.readline() == "ready\n"
            for worker in workers:
                assert worker.stdin is not None
                worker.stdin.write(f"{line}\n")
                worker.stdin.flush()
        outputs = [worker.communicate()[0] for worker in workers]
        assert [worker.returncode for worker in workers] == [0] * _PROCESSES
        return [json.loads(output) for output in outputs]


def _next_line() -> str:
    """Say that we are ready, and return what comes when all others are, too."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    return sys.stdin.readline()


async def _work(task: str, uri: str, user: str, password: str) -> list[list[str]]:
    shares: list[list[str]] = [[] for _ in range(_WORKERS)]

    async def claim(share: list[str], name: str) -> None:
        while batch := await repository.batches.claim(name, 600):
            share.append(batch.id)

    async def add(share: list[str], _: str) -> None:
        asset = make_asset()
        await repository.assets.add(asset)
        share.append(asset.id)

    async with (
        aclosing(
            Neo4jAssetRepository(
                uri,
                auth=(user, password),
                retry_seconds=_RETRY_SECONDS,
                call_seconds=_CALL_SECONDS,
            )
        ) as repository,
        anyio.create_task_group() as tasks,
    ):
        if task == "claim":
            # Whoever opens the database first shall not empty the line alone.
            await repository.workflows.find()
        await to_thread.run_sync(_next_line)
        for number, share in enumerate(shares):
            work = claim if task == "claim" else add
            tasks.start_soon(work, share, f"{os.getpid()}-{number}")
    return shares


if __name__ == "__main__":
    address = json.loads(_next_line())
    json.dump(anyio.run(_work, sys.argv[1], *address), sys.stdout)
