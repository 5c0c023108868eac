"""`Queue`: claims, line order, faults of the repository, start-up."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest
from anyio import wait_all_tasks_blocked

import comfy_assets as ca
from comfy_assets.domain.identity import prompt_id_of
from comfy_assets.services.runner import BatchRunner
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.studio import open_studio

pytestmark = pytest.mark.anyio


async def test_images_go_out_in_line_order() -> None:
    """The next batch begins only when each image of this one has its place."""
    async with open_studio(works=False) as studio:
        batches = [await studio.submit(count=n) for n in (3, 1, 2)]
        comfy = ScriptedComfyClient()
        async with ca.AssetSystem(
            comfy=comfy, repository=studio.repository, images=studio.images
        ) as system:
            for batch in batches:
                await system.generation.result(batch.id)
    expected = [
        prompt_id_of(batch.id, attempt=1, index=index)
        for batch in batches
        for index in range(batch.request.count)
    ]
    assert [run.prompt_id for run in comfy.executed] == expected


async def test_a_waiting_server_gets_the_next_image_before_this_one_is_stored() -> None:
    """With one waiting run the server has work while we fetch and store."""
    async with open_studio(prefetch=1) as studio:
        storing, go_on = anyio.Event(), anyio.Event()
        save = studio.images.save

        async def slow_save(data: bytes, *, key: str) -> Any:
            storing.set()
            await go_on.wait()
            return await save(data, key=key)

        studio.images.save = slow_save
        await studio.submit(count=4)
        await storing.wait()
        await studio.comfy.wait_executed(4)
        go_on.set()


async def test_a_system_that_does_not_work_claims_nothing() -> None:
    """A front looks on while others paint."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        await wait_all_tasks_blocked()
        stored = await studio.system.generation.get(batch.id)
    assert (stored.status, stored.claim) == (ca.BatchStatus.QUEUED, None)


async def test_a_restart_under_the_same_name_takes_its_batches_back_at_once() -> None:
    """A claim that a crash left behind does not hold up its own owner."""
    async with open_studio(works=False) as studio:
        for _ in range(3):
            await studio.submit()
        for _ in range(3):
            claimed = await studio.repository.batches.claim("host", 3600)
            assert claimed is not None
        await studio.repository.batches.save(claimed.start(claimed.created_at))
        async with ca.AssetSystem(
            comfy=ScriptedComfyClient(),
            repository=studio.repository,
            images=studio.images,
            owner="host",
        ) as system:
            await system.generation.result(claimed.id)


async def test_a_claim_of_another_host_is_respected() -> None:
    """What somebody works on is not taken while the lease holds."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        await studio.repository.batches.claim("other", 3600)
        comfy = ScriptedComfyClient()
        async with ca.AssetSystem(
            comfy=comfy, repository=studio.repository, images=studio.images
        ) as system:
            await wait_all_tasks_blocked()
            assert not (await system.generation.get(batch.id)).is_finished
    assert comfy.executed == []


async def test_a_start_that_meets_another_host_leaves_the_batch_to_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two hosts that share a name by mistake do not tear a batch apart."""
    caplog.set_level(logging.INFO, "comfy_assets.queue")
    async with open_studio(works=False) as studio:
        await studio.submit()
        await studio.repository.batches.claim("host", 3600)
        find = studio.repository.batches.find

        async def find_then_let_other_write(*args: Any, **options: Any) -> Any:
            page = await find(*args, **options)
            for batch in page.items:
                await studio.repository.batches.save(batch)
            return page

        studio.repository.batches.find = find_then_let_other_write
        async with ca.AssetSystem(
            comfy=ScriptedComfyClient(), repository=studio.repository, owner="host"
        ):
            pass
    assert "was taken up by someone else" in caplog.text


async def test_ended_batches_of_the_owner_stay_ended() -> None:
    """Start-up takes up what is open, page by page, and nothing else."""
    async with open_studio(works=False, owner="host") as studio:
        batch = await studio.submit()
        claimed = await studio.repository.batches.claim("host", 3600)
        assert claimed is not None
        ended = claimed.cancel(claimed.created_at)
        # An ended batch that still bears its claim, as another adapter might keep it.
        from attrs import evolve  # noqa: PLC0415

        await studio.repository.batches.save(evolve(ended, claim=claimed.claim))
        async with ca.AssetSystem(
            comfy=ScriptedComfyClient(), repository=studio.repository, owner="host"
        ) as system:
            stored = await system.generation.get(batch.id)
    assert stored.status is ca.BatchStatus.CANCELLED


async def test_more_batches_than_a_page_are_taken_back() -> None:
    """Start-up reads on to the last page."""
    async with open_studio(works=False) as studio:
        ids = [(await studio.submit()).id for _ in range(101)]
        for _ in ids:
            await studio.repository.batches.claim("host", 3600)
        async with ca.AssetSystem(
            comfy=ScriptedComfyClient(runs_at_once=0),
            repository=studio.repository,
            owner="host",
        ) as system:
            assert await system.generation.position(ids[100]) == 100


async def test_a_database_that_is_away_costs_delay_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault while claiming is logged and tried again."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        claim = studio.repository.batches.claim
        faults = 0

        async def fail_twice(*args: Any) -> Any:
            nonlocal faults
            if faults < 2:
                faults += 1
                raise ca.RepositoryError("claim", "away")
            return await claim(*args)

        studio.repository.batches.claim = fail_twice
        with caplog.at_level(logging.WARNING, "comfy_assets.queue"):
            async with ca.AssetSystem(
                comfy=ScriptedComfyClient(),
                repository=studio.repository,
                images=studio.images,
                poll_seconds=0.01,
            ) as system:
                assert len(await system.generation.result(batch.id)) == 1
    assert faults == 2
    assert "will try again" in caplog.text


async def test_batches_of_other_processes_are_found_by_looking_again() -> None:
    """Nobody wakes us for what another process lined up."""
    async with open_studio(poll_seconds=0.02) as studio:
        front = ca.AssetSystem(
            comfy=ScriptedComfyClient(),
            repository=studio.repository,
            images=studio.images,
            works=False,
        )
        async with front:
            batch = await front.generation.submit(
                (await studio.submit()).request,
            )
            assert len(await studio.system.generation.result(batch.id)) == 1


async def test_nothing_is_claimed_while_no_server_takes_runs() -> None:
    """A queue behind an open circuit waits instead of failing batch by batch."""
    comfy = ScriptedComfyClient(runs_at_once=0)
    async with open_studio(comfy=comfy) as studio:
        batch = await studio.submit()
        await wait_all_tasks_blocked()
        assert (await studio.system.generation.get(batch.id)).claim is None
        comfy.runs_at_once = 1
        assert len(await studio.system.generation.result(batch.id)) == 1


async def test_stopping_while_nothing_runs_ends_at_once() -> None:
    """A system without work closes without waiting for its grace."""
    with anyio.fail_after(5):
        async with open_studio(shutdown_grace_seconds=3600):
            await wait_all_tasks_blocked()


async def test_a_stop_while_a_batch_waits_for_a_place_puts_it_back() -> None:
    """Images that have no place yet are not begun any more."""
    async with open_studio(prefetch=0) as studio:
        release = anyio.Event()
        studio.comfy.script(hold=release)
        batch = await studio.submit(count=2)
        await studio.comfy.wait_executed(1)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(studio.system.generation.queue.stop, 3600)
            await wait_all_tasks_blocked()
            release.set()
        stored = await studio.repository.batches.get(batch.id)
        assert (stored.status, stored.completed_count) == (ca.BatchStatus.QUEUED, 1)


async def test_a_batch_may_be_retried_while_its_last_run_still_winds_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A host that retries at once meets the batch's former run, not a fault."""
    async with open_studio(comfy=ScriptedComfyClient(runs_at_once=4)) as studio:
        error = ca.NoImagesError("scripted:")
        studio.comfy.script(error=error)
        again = anyio.Event()
        run = BatchRunner.run

        async def wind_up_slowly(*args: Any) -> None:
            await run(*args)
            await again.wait()

        monkeypatch.setattr(BatchRunner, "run", wind_up_slowly)
        async with studio.system.events.subscribe(ca.GenerationFailed) as events:
            batch = await studio.submit()
            await anext(events)
        await studio.system.generation.retry(batch.id)
        await studio.comfy.wait_executed(2)
        again.set()
        assert len(await studio.system.generation.result(batch.id)) == 1
