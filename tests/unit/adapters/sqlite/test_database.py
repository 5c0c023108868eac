"""Pieces of work on the one connection: their turns, their end, their cancellation."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import anyio
import pytest

from comfy_assets.adapters.sqlite._database import Database
from comfy_assets.errors import RepositoryError

pytestmark = pytest.mark.anyio

_PUT = "INSERT INTO workflow_configurations VALUES (?, '{}')"
_COUNT = "SELECT count(*) FROM workflow_configurations"


def _count(sql: sqlite3.Connection) -> int:
    number: int = sql.execute(_COUNT).fetchone()[0]
    return number


async def test_work_is_done_off_the_event_loop(tmp_path: Path) -> None:
    """The loop goes on while the disk is slow."""
    database = Database(tmp_path / "game.db")
    thread = await database.read("look", lambda _: threading.get_ident())
    await database.aclose()
    assert thread != threading.get_ident()


async def test_work_that_fails_stores_nothing(tmp_path: Path) -> None:
    """An error within the work undoes what it wrote, and leaves as it is."""
    database = Database(tmp_path / "game.db")

    def work(sql: sqlite3.Connection) -> None:
        sql.execute(_PUT, ["portrait"])
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        await database.write("save", work)
    assert await database.read("count", _count) == 0
    await database.aclose()


async def test_errors_of_sqlite_leave_as_ours(tmp_path: Path) -> None:
    """`sqlite3.Error` becomes `RepositoryError` with the operation's name."""
    database = Database(tmp_path / "game.db")
    with pytest.raises(RepositoryError) as caught:
        await database.read("look", lambda sql: sql.execute("SELECT * FROM nothing"))
    await database.aclose()
    assert caught.value.operation == "look"
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)


async def test_cancelling_work_that_has_begun_stores_it_whole(tmp_path: Path) -> None:
    """Work in the thread is ended before the cancellation goes on."""
    database = Database(tmp_path / "game.db")
    begun, go_on = anyio.Event(), threading.Event()

    def work(sql: sqlite3.Connection) -> None:
        sql.execute(_PUT, ["portrait"])
        anyio.from_thread.run_sync(begun.set)
        assert go_on.wait(10)
        sql.execute(_PUT, ["sprite"])

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(database.write, "save", work)
            await begun.wait()
            tasks.cancel_scope.cancel()
            go_on.set()
        assert await database.read("count", _count) == 2
        await database.aclose()


async def test_cancelling_work_that_waits_does_nothing(tmp_path: Path) -> None:
    """Work whose turn had not come when it was cancelled is never begun."""
    database = Database(tmp_path / "game.db")
    begun, go_on = anyio.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        anyio.from_thread.run_sync(begun.set)
        assert go_on.wait(10)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(database.write, "hold", hold)
            await begun.wait()
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(
                    database.write, "save", lambda sql: sql.execute(_PUT, ["portrait"])
                )
                await anyio.wait_all_tasks_blocked()
                waiting.cancel_scope.cancel()
            go_on.set()
        assert await database.read("count", _count) == 0
        await database.aclose()


async def test_closing_waits_for_the_work_and_refuses_what_waits(
    tmp_path: Path,
) -> None:
    """Also when cancelled, closing ends what has begun and lets nothing begin."""
    database = Database(tmp_path / "game.db")
    begun, go_on = anyio.Event(), threading.Event()
    ended: list[str] = []

    def hold(_: sqlite3.Connection) -> None:
        anyio.from_thread.run_sync(begun.set)
        assert go_on.wait(10)
        ended.append("hold")

    async def hold_and_release() -> None:
        async with anyio.create_task_group() as closing:
            closing.start_soon(close)
            await anyio.wait_all_tasks_blocked()
            closing.cancel_scope.cancel()
            go_on.set()

    async def close() -> None:
        await database.aclose()
        ended.append("close")

    async def come_late() -> None:
        with pytest.raises(RepositoryError):
            await database.read("count", _count)
        ended.append("late")

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(database.read, "hold", hold)
            await begun.wait()
            tasks.start_soon(come_late)
            await anyio.wait_all_tasks_blocked()
            await hold_and_release()
    assert sorted(ended) == ["close", "hold", "late"]
    assert ended[0] == "hold"
