"""`MainJob`: what a host does with the library all day, as tests for any server."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest

import comfy_assets as ca
from tests.acceptance.host import MARCUS, assert_gallery, files_of, host, portraits
from tests.comfyui_graphs import blurred_graph, image_graph
from tests.loopback import NO_CERTIFICATES
from tests.studio import next_that

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: Colours of this process's pictures: a server remembers graphs that it has seen.
_colors = count(0xA00000)
_POLL_SECONDS = 0.05
#: Far more than any step takes, also on a machine with much else to do.
_LIMIT_SECONDS = 40.0


def quick_graph() -> dict[str, Any]:
    """Return a graph of no more work than saving a small picture."""
    return image_graph(color=next(_colors))


class MainJob:
    """The main job over a real connection; subclasses choose the server."""

    @pytest.fixture
    def url(self) -> str:
        """Name the server; to override."""
        raise NotImplementedError

    @pytest.fixture
    def run_seconds(self) -> float:
        """Say how long each run takes at a server that can be told."""
        return 0.02

    @asynccontextmanager
    async def opened(self, folder: Path, url: str) -> AsyncIterator[ca.AssetSystem]:
        """Run a host that has a workflow for portraits."""
        async with host(folder, url) as system:
            graph = folder / "portrait.json"
            graph.write_text(json.dumps(quick_graph()), encoding="utf-8")
            await system.workflows.put("portrait", graph)
            with anyio.fail_after(_LIMIT_SECONDS):
                yield system

    async def test_a_request_becomes_assets_and_events(
        self, url: str, tmp_path: Path
    ) -> None:
        """Events come in order and end with the assets, which lie in the gallery."""
        async with (
            self.opened(tmp_path, url) as system,
            system.events.subscribe(ca.BatchEvent) as events,
        ):
            batch = await system.generation.submit(portraits(4))
            told: list[ca.BatchEvent] = []
            async for event in events:
                told.append(event)
                if isinstance(event, ca.GenerationComplete):
                    break
            result = await system.generation.result(batch.id)
            stored = await system.generation.get(batch.id)

            assert {event.batch_id for event in told} == {batch.id}
            first, *between, last = told
            assert isinstance(first, ca.GenerationQueued)
            assert first.position == 0
            progress = [e for e in between if isinstance(e, ca.GenerationProgress)]
            assert len(progress) == len(between) > 0
            fractions = [event.fraction for event in progress]
            assert fractions == sorted(fractions)
            assert 0.0 <= fractions[0] <= fractions[-1] == 1.0
            completed = [event.completed for event in progress]
            assert completed == sorted(completed)
            assert isinstance(last, ca.GenerationComplete)
            assert last.assets == result
            assert [asset.index for asset in result] == [0, 1, 2, 3]
            assert stored.status is ca.BatchStatus.COMPLETE
            assert stored.asset_ids == tuple(asset.id for asset in result)
            records = await system.assets.find(ca.AssetQuery(entity=MARCUS))
            found = {asset.id: asset for asset in records.items}
            assert found == {asset.id: asset for asset in result}
            for asset in result:
                assert (asset.width, asset.height) == (64, 64)
                assert asset.media_type == "image/png"
                assert asset.prompt == batch.request.prompt
                image = await system.assets.open_image(asset.id)
                assert image.startswith(b"\x89PNG")
                assert len(image) == asset.size_bytes
        await self.check_files(tmp_path, [0, 1, 2, 3])

    async def test_one_picture_is_shown_and_another_thrown_away(
        self, url: str, tmp_path: Path
    ) -> None:
        """Activating and deleting change the gallery, the files and are told."""
        async with self.opened(tmp_path, url) as system:
            batch = await system.generation.submit(portraits(3))
            first, second, third = await system.generation.result(batch.id)
            async with system.events.subscribe(
                ca.AssetActivated, ca.AssetDeleted
            ) as events:
                await system.assets.activate(first.id)
                await system.assets.activate(third.id)
                await system.assets.delete(second.id)
                told = events.poll()

            shown = await system.assets.active_for(
                "vale", MARCUS, ca.AssetType.PORTRAIT
            )
            assert shown is not None
            assert shown.id == third.id
            assert not (await system.assets.get(first.id)).is_active
            assert [(type(event), event.asset_id) for event in told] == [
                (ca.AssetActivated, first.id),
                (ca.AssetActivated, third.id),
                (ca.AssetDeleted, second.id),
            ]
            with pytest.raises(ca.AssetNotFoundError):
                await system.assets.get(second.id)
        await self.check_files(tmp_path, [0, 2])

    async def test_all_is_there_after_a_restart(self, url: str, tmp_path: Path) -> None:
        """A host that closes and opens again finds its gallery as it left it."""
        async with self.opened(tmp_path, url) as system:
            batch = await system.generation.submit(portraits(2))
            first, second = await system.generation.result(batch.id)
            shown = await system.assets.activate(first.id)
            ended = await system.generation.get(batch.id)
            configuration = await system.workflows.get("portrait")
        files = files_of(tmp_path)

        async with host(tmp_path, url) as system:
            assert await system.generation.get(batch.id) == ended
            assert await system.generation.result(batch.id) == (shown, second)
            assert await system.workflows.get("portrait") == configuration
            image = await system.assets.open_image(second.id)
            assert image == files[second.file_path]
            again = await system.generation.submit(portraits(1))
            with anyio.fail_after(_LIMIT_SECONDS):
                await system.generation.result(again.id)
            assert await system.assets.count() == 3
        assert files.items() < files_of(tmp_path).items()

    async def test_a_host_that_leaves_ends_its_batch_when_it_comes_back(
        self, url: str, tmp_path: Path
    ) -> None:
        """A batch cut off by closing goes on with what is missing, and nothing else."""
        async with (
            self.opened(tmp_path, url) as system,
            system.events.subscribe(ca.GenerationProgress) as events,
        ):
            batch = await system.generation.submit(portraits(6))
            await next_that(events, lambda event: event.completed >= 1)

        async with host(tmp_path, url) as system:
            with anyio.fail_after(_LIMIT_SECONDS):
                assets = await system.generation.result(batch.id)
            assert [asset.index for asset in assets] == [0, 1, 2, 3, 4, 5]
        await self.check_files(tmp_path, [0, 1, 2, 3, 4, 5])

    @pytest.mark.parametrize("run_seconds", [120.0])
    async def test_cancelling_a_running_batch_stops_the_server(
        self, run_seconds: float, url: str, tmp_path: Path
    ) -> None:
        """A run of minutes ends at once, what waits goes away, and it is told."""
        async with self.opened(tmp_path, url) as system:
            # A good second each at a real server; an interrupt waits for one to end.
            graph = blurred_graph(color=next(_colors), times=200)
            await system.workflows.put("portrait", graph)
            async with system.events.subscribe(ca.BatchEvent) as events:
                batch = await system.generation.submit(portraits(3))
                await self.wait_for_queue(url, running=1, pending=1)
                cancelled = await system.generation.cancel(batch.id)
                last = await next_that(
                    events,
                    lambda event: (
                        not isinstance(event, ca.GenerationProgress)
                        and not isinstance(event, ca.GenerationQueued)
                    ),
                )
            await self.wait_for_queue(url, running=0, pending=0)

            assert isinstance(last, ca.GenerationCancelled)
            assert cancelled.status is ca.BatchStatus.CANCELLED
            assert await system.generation.get(batch.id) == cancelled
            with pytest.raises(ca.BatchStatusError):
                await system.generation.result(batch.id)
        assert files_of(tmp_path) == {}

    async def test_a_failed_batch_goes_on_with_a_better_workflow(
        self, url: str, tmp_path: Path
    ) -> None:
        """A node that raises fails the batch with its words; a retry paints it all."""
        async with self.opened(tmp_path, url) as system:
            outside = ca.LockedInput(
                target="SaveImage.filename_prefix", value="../outside"
            )
            await system.workflows.put(
                "portrait", quick_graph(), locked_inputs=[outside]
            )
            async with system.events.subscribe(
                ca.GenerationFailed, ca.GenerationComplete
            ) as events:
                batch = await system.generation.submit(portraits(2))
                failed = await anext(events)
                await system.workflows.put("portrait", quick_graph())
                await system.generation.retry(batch.id)
                completed = await anext(events)

            assert isinstance(failed, ca.GenerationFailed)
            assert failed.error_type == "ExecutionError"
            assert "SaveImage" in failed.error
            assert failed.attempts == 1
            assert isinstance(completed, ca.GenerationComplete)
            assert [asset.index for asset in completed.assets] == [0, 1]
            ended = await system.generation.get(batch.id)
            assert (ended.status, ended.attempts) == (ca.BatchStatus.COMPLETE, 2)
        await self.check_files(tmp_path, [0, 1])

    async def test_a_workflow_that_the_server_refuses_fails_with_its_reason(
        self, url: str, tmp_path: Path
    ) -> None:
        """A value out of range is told as the server tells it, and never retried."""
        async with self.opened(tmp_path, url) as system:
            async with system.events.subscribe(ca.GenerationFailed) as events:
                await system.generation.submit(
                    portraits(1, overrides={"EmptyImage.width": 0})
                )
                failed = await anext(events)

            assert failed.error_type == "WorkflowRejectedError"
            assert "width" in failed.error
        assert files_of(tmp_path) == {}

    @staticmethod
    async def check_files(folder: Path, indexes: list[int]) -> None:
        """Look with a fresh repository whether gallery and files agree."""
        repository = ca.SqliteAssetRepository(folder / "game.db")
        try:
            await assert_gallery(repository.assets, folder, indexes=indexes)
        finally:
            await repository.aclose()

    @staticmethod
    async def wait_for_queue(url: str, *, running: int, pending: int) -> None:
        """Wait until so many runs are at work and in line at the server."""
        async with httpx.AsyncClient(
            verify=NO_CERTIFICATES, base_url=url, trust_env=False
        ) as http:
            while True:
                queue = (await http.get("/queue")).json()
                found = len(queue["queue_running"]), len(queue["queue_pending"])
                if found == (running, pending):
                    return
                await anyio.sleep(_POLL_SECONDS)  # a server can only be asked again
