"""Waiting for batches to end while their progress is shown."""

from __future__ import annotations

import io

import anyio
import pytest

from comfy_assets.adapters.memory.repository import MemoryAssetRepository
from comfy_assets.cli import _following
from comfy_assets.cli._following import follow
from comfy_assets.cli._progress import progress_display
from comfy_assets.cli._stores import NoComfyUI
from comfy_assets.domain.batches import BatchStatus
from comfy_assets.domain.events import ComfyUIState, ComfyUIStateChanged
from comfy_assets.system import AssetSystem
from comfy_assets.testing.samples import GRAPH, NOON, make_request
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient

pytestmark = pytest.mark.anyio


async def test_batches_are_followed_to_their_ends() -> None:
    """They come back ended, in the order in which they were asked for."""
    stream = io.StringIO()
    async with AssetSystem(comfy=ScriptedComfyClient()) as system:
        await system.workflows.put("portrait", GRAPH)
        async with system.events.subscribe() as events:
            batches = [
                await system.generation.submit(make_request(count=count))
                for count in (3, 1)
            ]
            with anyio.fail_after(10), progress_display(stream) as display:
                for number, batch in enumerate(batches):
                    display.add(batch, f"batch {number}")
                ids = [batch.id for batch in batches]
                ended = await follow(system, ids, events, display)
    assert [batch.id for batch in ended] == ids
    assert {batch.status for batch in ended} == {BatchStatus.COMPLETE}
    lines = stream.getvalue().splitlines()
    assert lines.count("batch 0: complete") == 1
    assert lines.count("batch 1: complete") == 1


async def test_nothing_is_waited_for_where_all_has_ended() -> None:
    """An empty list, and a batch that ended before anybody looked."""
    async with AssetSystem(comfy=ScriptedComfyClient()) as system:
        await system.workflows.put("portrait", GRAPH)
        batch = await system.generation.submit(make_request())
        await system.generation.result(batch.id)
        async with system.events.subscribe() as events:
            with anyio.fail_after(5), progress_display(io.StringIO()) as display:
                assert await follow(system, [], events, display) == []
                display.add(batch, "late")
                [ended] = await follow(system, [batch.id], events, display)
    assert ended.status is BatchStatus.COMPLETE


async def test_an_end_by_another_process_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes without an event of ours."""
    monkeypatch.setattr(_following, "_LOOK_SECONDS", 0.05)
    repository = MemoryAssetRepository()
    system = AssetSystem(comfy=NoComfyUI(), repository=repository, works=False)
    async with system:
        await system.workflows.put("portrait", GRAPH)
        batch = await system.generation.submit(make_request())
        async with system.events.subscribe() as events, anyio.create_task_group() as tg:

            async def end_it_elsewhere() -> None:
                await repository.batches.save(batch.cancel(NOON))

            with anyio.fail_after(5), progress_display(io.StringIO()) as display:
                display.add(batch, "Marcus")
                tg.start_soon(end_it_elsewhere)
                [ended] = await follow(system, [batch.id], events, display)
    assert ended.status is BatchStatus.CANCELLED


async def test_a_server_that_goes_away_is_told() -> None:
    """That it is well again is not: the bars show it."""
    stream = io.StringIO()
    async with AssetSystem(comfy=NoComfyUI(), works=False) as system:
        await system.workflows.put("portrait", GRAPH)
        async with system.events.subscribe() as events:
            batch = await system.generation.submit(make_request())
            for state in (ComfyUIState.CIRCUIT_OPEN, ComfyUIState.CONNECTED):
                system.events.publish(
                    ComfyUIStateChanged(server="x", state=state, message="It is so.")
                )
            with anyio.fail_after(5), progress_display(stream) as display:
                display.add(batch, "Marcus")
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(follow, system, [batch.id], events, display)
                    await anyio.wait_all_tasks_blocked()
                    await system.generation.cancel(batch.id)
    assert stream.getvalue().splitlines() == [
        "Marcus: 0 of 1",
        "ComfyUI is circuit open: It is so.",
        "Marcus: cancelled",
    ]
