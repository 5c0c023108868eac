"""Image work runs in threads, a few at once, and is not torn."""

from __future__ import annotations

import threading

import anyio
import anyio.lowlevel
import pytest

from comfy_assets.adapters import _image_threads as image_threads
from comfy_assets.adapters._image_threads import ImageThreads

pytestmark = pytest.mark.anyio


async def test_work_runs_outside_the_event_loops_thread() -> None:
    """The event loop goes on while a picture is decoded."""
    assert await ImageThreads().run(threading.get_ident) != threading.get_ident()


async def test_results_and_errors_come_back() -> None:
    """A call in a thread returns and raises as one without."""
    threads = ImageThreads()

    assert await threads.run(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 7, 0)


async def test_no_more_than_a_few_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unpacked pictures are large: the fourth of three waits."""
    monkeypatch.setattr(image_threads, "_AT_ONCE", 3)
    threads = ImageThreads()
    running = threading.Semaphore(0)
    go_on = threading.Event()

    def work() -> None:
        running.release()
        go_on.wait(10)

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(threads.run, work)
        for _ in range(3):
            assert await anyio.to_thread.run_sync(running.acquire, True, 10)
        await anyio.wait_all_tasks_blocked()
        has_fourth = running.acquire(blocking=False)
        go_on.set()
    assert not has_fourth


async def test_a_thread_that_has_begun_is_waited_for_and_its_result_kept() -> None:
    """Cancellation does not tear work that runs."""
    threads = ImageThreads()
    begun, go_on = threading.Event(), threading.Event()
    results = []

    def work() -> str:
        begun.set()
        go_on.wait(10)
        return "done"

    async def call() -> None:
        results.append(await threads.run(work))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(call)
        await anyio.to_thread.run_sync(begun.wait, 10)
        tasks.cancel_scope.cancel()
        go_on.set()
    assert results == ["done"]


def test_one_store_may_serve_one_event_loop_after_another() -> None:
    """A host may run its loop anew, also one of the other kind."""
    threads = ImageThreads()

    for backend in ("asyncio", "trio", "asyncio"):
        assert anyio.run(threads.run, divmod, 7, 2, backend=backend) == (3, 1)
