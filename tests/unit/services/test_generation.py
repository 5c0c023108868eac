"""`GenerationService`: the host's verbs, over memory and a scripted client."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import anyio
import pytest
from anyio import wait_all_tasks_blocked

import comfy_assets as ca
from comfy_assets.domain.identity import asset_id_of, new_batch_id
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.studio import GRAPH, MARCUS, Studio, next_that, open_studio

pytestmark = pytest.mark.anyio

SERVER = "scripted:"


def broken() -> ca.ExecutionError:
    """Make the error of a node that raised."""
    return ca.ExecutionError(
        SERVER, node_id="3", class_type="KSampler", message="out of memory"
    )


async def held(studio: Studio, **changes: Any) -> ca.GenerationBatch:
    """Submit a batch that stays at work until its runs are cancelled."""
    studio.comfy.script(hold=anyio.Event(), times=changes.get("count", 1))
    batch = await studio.submit(**changes)
    await studio.comfy.wait_executed(1)
    return batch


async def test_submit_stores_and_tells_the_place_in_line() -> None:
    """The batch is queued, stored, and its place is told."""
    async with open_studio(works=False) as studio:
        async with studio.system.events.subscribe(ca.GenerationQueued) as events:
            first = await studio.submit()
            second = await studio.submit(count=3)
            told = events.poll()
        assert [(e.batch_id, e.position) for e in told] == [
            (first.id, 0),
            (second.id, 1),
        ]
        assert told[0].entity == MARCUS
        assert first.status is ca.BatchStatus.QUEUED
        assert await studio.system.generation.get(second.id) == second
        assert await studio.system.generation.position(second.id) == 1


async def test_an_unknown_slot_fails_at_the_caller() -> None:
    """Nothing is stored for a slot without a workflow."""
    async with open_studio(works=False) as studio:
        with pytest.raises(ca.WorkflowNotFoundError, match="sprite"):
            await studio.submit(asset_type=ca.AssetType.SPRITE)
        assert (await studio.system.generation.find()).items == ()


async def test_a_locked_override_fails_at_the_caller() -> None:
    """A lock holds against any spelling of the input."""
    async with open_studio(works=False) as studio:
        await studio.system.workflows.put(
            "portrait", GRAPH, locked_inputs=[ca.LockedInput(target="3.steps", value=9)]
        )
        with pytest.raises(ca.LockedInputError, match=r"KSampler\.steps"):
            await studio.submit(overrides={"KSampler.steps": 50})


async def test_an_override_that_fits_nothing_fails_at_the_caller() -> None:
    """A typing error in an address is told with what would fit."""
    async with open_studio(works=False) as studio:
        with pytest.raises(ca.MappingError, match="steps"):
            await studio.submit(overrides={"KSampler.stepz": 50})


async def test_an_unknown_style_reference_fails_at_the_caller() -> None:
    """The reference must be in the gallery."""
    async with open_studio(works=False) as studio:
        with pytest.raises(ca.AssetNotFoundError):
            await studio.submit(style_reference_id=ca.AssetId(str(new_batch_id())))


async def test_batches_run_in_line_order() -> None:
    """Higher priority first, then the order of submission, also on a coarse clock."""
    async with open_studio(works=False) as studio:
        generation = studio.system.generation
        generation.now = lambda: datetime(2026, 1, 1, tzinfo=UTC)
        ids = [(await studio.submit(priority=p)).id for p in (0, 0, 5, 0, 5)]
        line = await studio.repository.batches.line()
    assert [ids.index(batch.id) for batch in line] == [2, 4, 0, 1, 3]


async def test_result_waits_for_the_end_and_gives_assets_in_image_order() -> None:
    """The assets come as the images were numbered."""
    async with open_studio(comfy=ScriptedComfyClient(runs_at_once=3)) as studio:
        batch = await studio.submit(count=5)
        assets = await studio.system.generation.result(batch.id)
        again = await studio.system.generation.result(batch.id)
    assert [asset.index for asset in assets] == [0, 1, 2, 3, 4]
    assert [a.id for a in assets] == [asset_id_of(batch.id, index=i) for i in range(5)]
    assert again == assets


async def test_result_of_a_failed_batch_tells_why() -> None:
    """The error's own sentence is in the answer."""
    async with open_studio() as studio:
        studio.comfy.script(error=broken())
        batch = await studio.submit()
        with pytest.raises(ca.BatchStatusError, match="out of memory"):
            await studio.system.generation.result(batch.id)


async def test_result_of_a_cancelled_batch_says_so() -> None:
    """A batch that was called off has no result."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        await studio.system.generation.cancel(batch.id)
        with pytest.raises(ca.BatchStatusError, match="retry"):
            await studio.system.generation.result(batch.id)


async def test_result_ends_when_the_system_closes() -> None:
    """A task that waits for a result is not left behind."""
    errors: list[Exception] = []

    async def wait(studio: Studio, batch_id: ca.BatchId) -> None:
        try:
            await studio.system.generation.result(batch_id)
        except ca.SystemClosedError as error:
            errors.append(error)

    idle = open_studio(works=False, poll_seconds=3600)
    async with anyio.create_task_group() as tasks, idle as studio:
        batch = await studio.submit()
        tasks.start_soon(wait, studio, batch.id)
        await wait_all_tasks_blocked()
    assert len(errors) == 1


async def test_result_sees_an_end_that_another_process_wrote() -> None:
    """Events are in-process: the repository is asked, too."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        other = open_studio(repository=studio.repository, images=studio.images)
        async with other:
            assets = await studio.system.generation.result(batch.id)
        assert [asset.batch_id for asset in assets] == [batch.id]


async def test_cancelling_a_queued_batch_ends_it() -> None:
    """It is stored as cancelled and told so."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        async with studio.system.events.subscribe(ca.GenerationCancelled) as events:
            cancelled = await studio.system.generation.cancel(batch.id)
            assert [e.batch_id for e in events.poll()] == [batch.id]
        assert cancelled.status is ca.BatchStatus.CANCELLED


async def test_cancelling_a_running_batch_stops_the_server() -> None:
    """Its runs are taken from the server; finished images stay."""
    async with open_studio() as studio:
        studio.comfy.script()
        batch = await held(studio, count=3)
        async with studio.system.events.subscribe(
            ca.GenerationCancelled, ca.GenerationProgress
        ) as events:
            await next_that(
                events,
                lambda e: isinstance(e, ca.GenerationProgress) and e.completed == 1,
            )
            cancelled = await studio.system.generation.cancel(batch.id)
            await next_that(events, lambda e: isinstance(e, ca.GenerationCancelled))
        assert cancelled.status is ca.BatchStatus.CANCELLED
        assert cancelled.completed_count == 1
        assert studio.comfy.cancelled
        assert await studio.system.assets.count() == 1


async def test_cancelling_an_ended_batch_is_refused() -> None:
    """What has ended stays as it ended."""
    async with open_studio() as studio:
        (asset,) = await studio.painted()
        with pytest.raises(ca.BatchStatusError, match="complete"):
            await studio.system.generation.cancel(asset.batch_id)


async def test_cancelling_at_the_last_moment_keeps_a_complete_batch() -> None:
    """A batch that has all its images when it is called off is complete."""
    async with open_studio() as studio:
        release = anyio.Event()
        studio.comfy.script(hold=release)
        batch = await studio.submit()
        await studio.comfy.wait_executed(1)
        running = studio.system.generation.queue.running(batch.id)
        assert running is not None
        save = studio.repository.batches.save

        async def cancel_then_save(
            changed: ca.GenerationBatch, **with_it: Any
        ) -> ca.GenerationBatch:
            if changed.completed_count and not changed.is_finished:
                running.cancel()
            return await save(changed, **with_it)

        studio.repository.batches.save = cancel_then_save
        release.set()
        await running.ended.wait()
        stored = await studio.system.generation.get(batch.id)
        assert stored.status is ca.BatchStatus.COMPLETE


async def test_retry_paints_only_what_is_missing() -> None:
    """The attempt counts up and runs bear its number; finished images stay."""
    async with open_studio(prefetch=0) as studio:
        studio.comfy.script()
        studio.comfy.script(error=broken())
        batch = await studio.submit(count=3)
        with pytest.raises(ca.BatchStatusError):
            await studio.system.generation.result(batch.id)
        before = len(studio.comfy.executed)
        again = await studio.system.generation.retry(batch.id)
        assets = await studio.system.generation.result(batch.id)
    assert (again.status, again.attempts) == (ca.BatchStatus.QUEUED, 2)
    assert len(assets) == 3
    assert len(studio.comfy.executed) - before == 2


async def test_retrying_a_complete_batch_is_refused() -> None:
    """Only failed and cancelled batches are retried."""
    async with open_studio() as studio:
        (asset,) = await studio.painted()
        with pytest.raises(ca.BatchStatusError, match="Only failed and cancelled"):
            await studio.system.generation.retry(asset.batch_id)


async def test_move_reorders_the_line_and_tells_the_places() -> None:
    """A batch takes the place asked for; all that moved are told."""
    async with open_studio(works=False) as studio:
        ids = [(await studio.submit()).id for _ in range(4)]
        async with studio.system.events.subscribe(ca.GenerationQueued) as events:
            await studio.system.generation.move(ids[3], 1)
            await wait_all_tasks_blocked()
            told = {ids.index(e.batch_id): e.position for e in events.poll()}
        line = [ids.index(b.id) for b in await studio.repository.batches.line()]
    assert line == [0, 3, 1, 2]
    assert told == {3: 1, 1: 2, 2: 3}


@pytest.mark.parametrize(
    "moved, to, expected",
    [
        (0, 0, [0, 1, 2, 3]),
        (0, 1, [1, 0, 2, 3]),
        (0, 2, [1, 2, 0, 3]),
        (0, 3, [1, 2, 3, 0]),
        (0, 900, [1, 2, 3, 0]),
        (2, 0, [2, 0, 1, 3]),
        (3, 2, [0, 1, 3, 2]),
    ],
)
async def test_move_holds_across_priorities(
    moved: int, to: int, expected: list[int]
) -> None:
    """Priorities 5, 5, 0, 0: the batch takes its neighbours' priority."""
    async with open_studio(works=False) as studio:
        ids = [(await studio.submit(priority=p)).id for p in (5, 5, 0, 0)]
        await studio.system.generation.move(ids[moved], to)
        line = [ids.index(b.id) for b in await studio.repository.batches.line()]
    assert line == expected


async def test_what_was_moved_to_the_end_runs_before_what_comes_later() -> None:
    """The end of the line is the end as it stands now, not for ever."""
    async with open_studio(works=False) as studio:
        ids = [(await studio.submit()).id for _ in range(2)]
        await studio.system.generation.move(ids[0], 998)
        ids.append((await studio.submit()).id)
        line = [ids.index(b.id) for b in await studio.repository.batches.line()]
    assert line == [1, 0, 2]


async def test_moving_the_only_batch_changes_nothing() -> None:
    """There is nobody to stand before or behind."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        moved = await studio.system.generation.move(batch.id, 7)
    assert moved.position_key == batch.position_key


@pytest.mark.parametrize("position", [-1, 999, True])
async def test_move_to_no_place_is_refused(position: int) -> None:
    """Places are whole numbers from 0 to 998."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        with pytest.raises(ca.InvalidRequestError, match="0 to 998"):
            await studio.system.generation.move(batch.id, position)


async def test_moving_a_batch_at_work_is_refused() -> None:
    """Only what waits in line has a place there."""
    async with open_studio() as studio:
        batch = await held(studio)
        with pytest.raises(ca.BatchStatusError, match="wait in line"):
            await studio.system.generation.move(batch.id, 0)


async def test_clear_forgets_an_ended_batch_and_keeps_its_assets() -> None:
    """The gallery does not depend on the batch."""
    async with open_studio() as studio:
        (asset,) = await studio.painted()
        await studio.system.generation.clear(asset.batch_id)
        with pytest.raises(ca.BatchNotFoundError):
            await studio.system.generation.get(asset.batch_id)
        assert await studio.system.assets.get(asset.id) == asset


async def test_clearing_an_open_batch_is_refused() -> None:
    """It would go on to run without anybody knowing."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        with pytest.raises(ca.BatchStatusError, match="Cancel it first"):
            await studio.system.generation.clear(batch.id)


async def test_clear_finished_keeps_open_batches_and_other_worlds() -> None:
    """Only ended batches of the world named are forgotten."""
    async with open_studio(works=False) as studio:
        generation = studio.system.generation
        for world in ("vale", "vale", "moor"):
            await generation.cancel((await studio.submit(world_id=world)).id)
        queued = await studio.submit()
        assert await generation.clear_finished(world_id="vale") == 2
        assert await generation.clear_finished() == 1
        assert [b.id for b in (await generation.find()).items] == [queued.id]


async def test_two_who_clear_at_once_do_not_disturb_each_other() -> None:
    """A batch that somebody else just forgot is no error."""
    async with open_studio(works=False) as studio:
        generation = studio.system.generation
        batch = await studio.submit()
        await generation.cancel(batch.id)
        find = studio.repository.batches.find

        async def find_then_lose(*args: Any, **options: Any) -> Any:
            page = await find(*args, **options)
            if page.items:
                await studio.repository.batches.delete(batch.id)
            return page

        studio.repository.batches.find = find_then_lose
        assert await generation.clear_finished() == 0


async def test_find_pages_through_batches() -> None:
    """Newest first, page by page."""
    async with open_studio(works=False) as studio:
        ids = [(await studio.submit()).id for _ in range(3)]
        first = await studio.system.generation.find(limit=2)
        rest = await studio.system.generation.find(limit=2, after=first.next)
    assert [b.id for b in (*first.items, *rest.items)] == ids[::-1]


async def test_a_change_that_met_another_writer_is_taken_again() -> None:
    """Cancel and claim may collide; the step is repeated on the newer version."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        get = studio.repository.batches.get
        reads = 0

        async def get_then_let_other_write(batch_id: ca.BatchId) -> ca.GenerationBatch:
            nonlocal reads
            reads += 1
            read = await get(batch_id)
            if reads == 1:
                await studio.repository.batches.save(read)
            return read

        studio.repository.batches.get = get_then_let_other_write
        cancelled = await studio.system.generation.cancel(batch.id)
    assert cancelled.status is ca.BatchStatus.CANCELLED


async def test_a_change_that_always_meets_another_writer_gives_up() -> None:
    """The tries are bounded: the caller learns of it."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        get = studio.repository.batches.get

        async def get_then_let_other_write(batch_id: ca.BatchId) -> ca.GenerationBatch:
            read = await get(batch_id)
            await studio.repository.batches.save(read)
            return read

        studio.repository.batches.get = get_then_let_other_write
        with pytest.raises(ca.StaleBatchError):
            await studio.system.generation.cancel(batch.id)
