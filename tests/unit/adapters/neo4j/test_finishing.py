"""A cancelled call ends what it has begun, and only for a while."""

from __future__ import annotations

import anyio
import pytest
from anyio import CancelScope, Event, create_task_group, fail_after

from comfy_assets.adapters.neo4j._finishing import finish

pytestmark = pytest.mark.anyio


async def test_the_result_is_returned() -> None:
    """Without a cancellation nothing is different."""

    async def work() -> int:
        await anyio.lowlevel.checkpoint()
        return 7

    assert await finish(work, grace_seconds=10) == 7


async def test_an_error_is_raised_as_it_is() -> None:
    """It comes alone, in no group."""

    async def work() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        await finish(work, grace_seconds=10)


async def test_what_was_not_begun_is_not_done() -> None:
    """A call that is cancelled before it begins does nothing."""
    calls = 0

    async def work() -> None:
        nonlocal calls
        calls += 1

    with CancelScope() as scope:
        scope.cancel()
        await finish(work, grace_seconds=10)
    assert calls == 0


async def test_work_that_has_begun_is_ended() -> None:
    """The cancellation waits for it, and is not lost."""
    begun, may_end = Event(), Event()
    ended = after = False

    async def work() -> None:
        nonlocal ended
        begun.set()
        await may_end.wait()
        ended = True

    async def call(scope: CancelScope) -> None:
        nonlocal after
        with scope:
            await finish(work, grace_seconds=60)
            await anyio.lowlevel.checkpoint()
            after = True

    with fail_after(10):
        async with create_task_group() as tasks:
            scope = CancelScope()
            tasks.start_soon(call, scope)
            await begun.wait()
            scope.cancel()
            await anyio.lowlevel.checkpoint()
            may_end.set()
    assert ended
    assert not after


async def test_work_that_hangs_is_given_up() -> None:
    """When the grace is over it is cancelled after all."""
    begun = Event()

    async def work() -> None:
        begun.set()
        await anyio.sleep_forever()

    with fail_after(10):
        async with create_task_group() as tasks:
            tasks.start_soon(lambda: finish(work, grace_seconds=0.01))
            await begun.wait()
            tasks.cancel_scope.cancel()
