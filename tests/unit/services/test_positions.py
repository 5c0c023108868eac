"""`Positions`: hosts hear when their batches move up."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

import comfy_assets as ca
from comfy_assets.services.positions import TOLD_PLACES
from tests.studio import open_studio

pytestmark = pytest.mark.anyio


async def test_a_batch_that_moves_up_is_told_again() -> None:
    """When the first leaves the line, the others' places are told."""
    async with (
        open_studio(works=False) as studio,
        studio.system.events.subscribe(ca.GenerationQueued) as events,
    ):
        batches = [await studio.submit() for _ in range(3)]
        await wait_all_tasks_blocked()
        assert [e.position for e in events.poll()] == [0, 1, 2]
        await studio.system.generation.cancel(batches[0].id)
        await wait_all_tasks_blocked()
        told = [(e.batch_id, e.position) for e in events.poll()]
    assert told == [(batches[1].id, 0), (batches[2].id, 1)]


async def test_a_batch_that_is_put_before_others_tells_what_it_moved() -> None:
    """A higher priority goes first, and those behind it hear their new place."""
    async with (
        open_studio(works=False) as studio,
        studio.system.events.subscribe(ca.GenerationQueued) as events,
    ):
        first = await studio.submit()
        assert [e.position for e in events.poll()] == [0]
        urgent = await studio.submit(priority=5)
        await wait_all_tasks_blocked()
        told = [(e.batch_id, e.position) for e in events.poll()]
    assert told == [(urgent.id, 0), (first.id, 1)]


async def test_a_place_that_nobody_asks_for_is_not_looked_up() -> None:
    """A host without ears is spared the work; who listens later hears all places."""
    async with open_studio(works=False) as studio:
        asked: list[ca.BatchId] = []
        position = studio.repository.batches.position

        async def noted(batch_id: ca.BatchId) -> int:
            asked.append(batch_id)
            return await position(batch_id)

        studio.repository.batches.position = noted
        first = await studio.submit()
        async with studio.system.events.subscribe(ca.GenerationQueued) as events:
            second = await studio.submit()
            await wait_all_tasks_blocked()
            places = {e.batch_id: e.position for e in events.poll()}
    assert asked == [second.id]
    assert places == {first.id: 0, second.id: 1}


async def test_batches_of_other_hosts_are_not_told() -> None:
    """What this process did not line up belongs to somebody else."""
    async with open_studio(works=False) as studio:
        theirs = await studio.submit()
        other = open_studio(repository=studio.repository, works=False)
        async with (
            other as front,
            front.system.events.subscribe(ca.GenerationQueued) as events,
        ):
            mine = await front.submit()
            await front.system.generation.cancel(theirs.id)
            await wait_all_tasks_blocked()
            told = [(e.batch_id, e.position) for e in events.poll()]
    assert told == [(mine.id, 0)]


async def test_far_places_are_told_when_they_come_near() -> None:
    """Beyond the first hundred only the submission is told."""
    async with open_studio(works=False) as studio:
        batches = [await studio.submit() for _ in range(TOLD_PLACES + 2)]
        await wait_all_tasks_blocked()
        async with studio.system.events.subscribe(ca.GenerationQueued) as events:
            await studio.system.generation.cancel(batches[0].id)
            await wait_all_tasks_blocked()
            places = {e.batch_id: e.position for e in events.poll()}
    assert places[batches[TOLD_PLACES].id] == TOLD_PLACES - 1
    assert batches[TOLD_PLACES + 1].id not in places


async def test_a_batch_claimed_at_once_was_first_in_line() -> None:
    """The place is told even if a worker was quicker than we."""
    async with open_studio(works=False) as studio:
        position = studio.repository.batches.position

        async def claimed_first(batch_id: ca.BatchId) -> int:
            claimed = await studio.repository.batches.claim("quick", 60)
            await studio.repository.batches.save(claimed.start(claimed.created_at))
            return await position(batch_id)

        studio.repository.batches.position = claimed_first
        async with studio.system.events.subscribe(ca.GenerationQueued) as events:
            await studio.submit()
            assert [e.position for e in events.poll()] == [0]


async def test_a_line_that_cannot_be_read_is_read_at_the_next_change(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault of the database is logged; the watch goes on."""
    async with open_studio(works=False) as studio:
        first, second = await studio.submit(), await studio.submit()
        await wait_all_tasks_blocked()
        line = studio.repository.batches.line

        async def away(**options: Any) -> Any:
            raise ca.RepositoryError("read the line", str(options))

        studio.repository.batches.line = away
        async with studio.system.events.subscribe(ca.GenerationQueued) as events:
            with caplog.at_level(logging.WARNING, "comfy_assets.positions"):
                await studio.system.generation.cancel(first.id)
                await wait_all_tasks_blocked()
            assert events.poll() == []
            studio.repository.batches.line = line
            studio.system.generation.queue.line_changed()
            await wait_all_tasks_blocked()
            assert [e.batch_id for e in events.poll()] == [second.id]
    assert "Could not read the line" in caplog.text
