"""Many processes with many threads share one SQLite file.

The file is its own worker: run as a script it opens the database and claims batches.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, aclosing
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from comfy_assets.adapters.sqlite import SqliteAssetRepository
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery, BatchStatus
from comfy_assets.testing.samples import NOON, make_asset, make_batch
from tests.sharing_the_line import check_shares

_PROCESSES = 3
_THREADS = 3
_BATCHES = 300


# Processes start slowly where two cores run many tests at once.
@pytest.mark.timeout(90)
def test_processes_claim_each_batch_once_and_in_order(tmp_path: Path) -> None:
    """No batch is claimed twice or forgotten, and everyone goes down the line."""
    path = tmp_path / "game.db"
    line = anyio.run(_fill, path)
    processes = _run_workers("claim", path)
    assert len(processes) == _PROCESSES
    check_shares(line, processes, workers=_THREADS)
    assert anyio.run(_count_finished, path) == _BATCHES


@pytest.mark.timeout(90)
def test_processes_open_a_fresh_file_at_once(tmp_path: Path) -> None:
    """Whoever comes first makes the tables; nobody fails and nothing is lost."""
    path = tmp_path / "saves" / "fresh.db"
    added = [share for worker in _run_workers("add", path) for share in worker]
    assert len(added) == _PROCESSES * _THREADS
    assert anyio.run(_count_assets, path) == len(added)


async def _fill(path: Path) -> list[str]:
    """Store the batches in an order that is not the line's, and return the line."""
    async with aclosing(SqliteAssetRepository(path)) as repository:
        batches = [
            make_batch(
                priority=number % 3,
                position_key=f"{number % 7}",
                created_at=NOON + timedelta(seconds=number % 11),
            )
            for number in range(_BATCHES)
        ]
        for batch in batches:
            await repository.batches.add(batch)
        return [batch.id for batch in await repository.batches.line(limit=1000)]


async def _count_finished(path: Path) -> int:
    async with aclosing(SqliteAssetRepository(path)) as repository:
        query = BatchQuery(statuses=[BatchStatus.CANCELLED])
        return len((await repository.batches.find(query, limit=1000)).items)


async def _count_assets(path: Path) -> int:
    async with aclosing(SqliteAssetRepository(path)) as repository:
        return await repository.assets.count(AssetQuery())


def _run_workers(task: str, path: Path) -> list[list[list[str]]]:
    """Let processes do the task, from the same moment on; return what each wrote."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with ExitStack() as stack:
        workers = [
            stack.enter_context(
                subprocess.Popen(  # noqa: S603 - runs this very file
                    [sys.executable, __file__, task, str(path)],
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(_PROCESSES)
        ]
        for worker in workers:
            stack.callback(worker.kill)
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        return [json.loads(worker.communicate()[0]) for worker in workers]


async def _claim_all(path: Path, owner: str) -> list[str]:
    """Claim batches to the last one and end each, as a worker does."""
    claimed: list[str] = []
    async with aclosing(SqliteAssetRepository(path)) as repository:
        while batch := await repository.batches.claim(owner, 600):
            await repository.batches.save(batch.cancel(NOON))
            claimed.append(batch.id)
    return claimed


async def _add_one(path: Path, _: str) -> list[str]:
    asset = make_asset()
    async with aclosing(SqliteAssetRepository(path)) as repository:
        await repository.assets.add(asset)
    return [asset.id]


def _work(task: str, path: Path) -> None:
    """Do the task in several threads, each with an event loop and a repository."""
    work = {"claim": _claim_all, "add": _add_one}[task]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(_THREADS) as threads:
        names = [f"{os.getpid()}/{number}" for number in range(_THREADS)]
        shares = threads.map(lambda name: anyio.run(work, path, name), names)
        sys.stdout.write(json.dumps(list(shares)))


if __name__ == "__main__":
    _work(sys.argv[1], Path(sys.argv[2]))
