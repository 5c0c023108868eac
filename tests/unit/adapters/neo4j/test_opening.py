"""A database is opened once, for all that come, and closed for good."""

from __future__ import annotations

import pytest
from anyio import Event, create_task_group, fail_after, wait_all_tasks_blocked

from comfy_assets.adapters.neo4j._opening import Opening
from comfy_assets.errors import RepositoryError

pytestmark = pytest.mark.anyio


class Preparing:
    """Counts how often it is begun, and lasts until it may end."""

    def __init__(self) -> None:
        self.count = 0
        self.may_end = Event()

    async def __call__(self) -> None:
        """Prepare a database."""
        self.count += 1
        await self.may_end.wait()


async def test_all_that_come_at_once_wait_for_one_opening() -> None:
    """The database is brought up to date once, however many calls begin."""
    prepare = Preparing()
    opening = Opening(prepare)
    with fail_after(10):
        async with create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(opening.enter, "read")
            await wait_all_tasks_blocked()
            assert prepare.count == 1
            prepare.may_end.set()
        await opening.enter("read")
    assert prepare.count == 1


async def test_an_opening_that_failed_is_begun_again() -> None:
    """The next call tries anew."""
    tries = 0

    async def prepare() -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RepositoryError("open", "nobody is there")

    opening = Opening(prepare)
    with pytest.raises(RepositoryError, match="nobody is there"):
        await opening.enter("read")
    await opening.enter("read")
    assert tries == 2


async def test_what_is_closed_lets_nobody_in() -> None:
    """Neither before it was opened nor after."""
    for is_opened in (False, True):
        prepare = Preparing()
        prepare.may_end.set()
        opening = Opening(prepare)
        if is_opened:
            await opening.enter("read")
        opening.check_not_closed("read")
        opening.close()
        with pytest.raises(RepositoryError, match="it was closed"):
            await opening.enter("read")
        assert prepare.count == int(is_opened)


async def test_what_is_closed_while_it_opens_lets_nobody_in() -> None:
    """Whoever waits for the opening hears that it was closed."""
    prepare = Preparing()
    opening = Opening(prepare)
    heard: list[RepositoryError] = []

    async def enter() -> None:
        with pytest.raises(RepositoryError, match="it was closed") as caught:
            await opening.enter("read")
        heard.append(caught.value)

    with fail_after(10):
        async with create_task_group() as tasks:
            tasks.start_soon(enter)
            tasks.start_soon(enter)
            await wait_all_tasks_blocked()
            opening.close()
            prepare.may_end.set()
    assert len(heard) == 2
    assert prepare.count == 1
