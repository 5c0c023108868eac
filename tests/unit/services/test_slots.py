"""`RunSlots`: places for runs at the servers."""

from __future__ import annotations

import anyio
import pytest
from anyio import wait_all_tasks_blocked

from comfy_assets.services.slots import RunSlots
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient

pytestmark = pytest.mark.anyio


async def test_each_server_has_one_run_at_work_and_some_waiting() -> None:
    """Two servers with two waiting each make six places."""
    slots = RunSlots(ScriptedComfyClient(runs_at_once=2), prefetch=2, poll_seconds=3600)
    for _ in range(6):
        await slots.acquire()
    with anyio.move_on_after(0) as scope:
        await slots.acquire()
    assert scope.cancelled_caught


async def test_a_place_that_is_given_back_is_taken_by_who_waits() -> None:
    """Releasing wakes the waiter at once."""
    slots = RunSlots(ScriptedComfyClient(), prefetch=0, poll_seconds=3600)
    release = await slots.acquire()
    taken = anyio.Event()

    async def wait() -> None:
        await slots.acquire()
        taken.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await wait_all_tasks_blocked()
        assert not taken.is_set()
        release()
    assert taken.is_set()


async def test_a_place_is_given_back_once() -> None:
    """Who gives it back again takes nothing from who has it by then."""
    slots = RunSlots(ScriptedComfyClient(), prefetch=0, poll_seconds=3600)
    release = await slots.acquire()
    release()
    await slots.acquire()
    release()
    with anyio.move_on_after(0) as scope:
        await slots.acquire()
    assert scope.cancelled_caught


async def test_a_capacity_that_grew_without_word_is_found() -> None:
    """The capacity is asked again after a while."""
    comfy = ScriptedComfyClient(runs_at_once=0)
    slots = RunSlots(comfy, prefetch=0, poll_seconds=0.01)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(slots.acquire)
            await wait_all_tasks_blocked()
            comfy.runs_at_once = 1
