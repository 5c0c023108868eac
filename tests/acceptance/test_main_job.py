"""The main job over a real connection: from a request to the picture that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import httpx
import pytest

import comfy_assets as ca
from comfy_assets.simulator import ComfyUISimulator
from tests.acceptance.host import host, portraits
from tests.acceptance.main_job import MainJob
from tests.comfyui_graphs import sampler_graph, styled_graph
from tests.loopback import NO_CERTIFICATES
from tests.studio import next_that

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.comfyui import RealComfyUI

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60, func_only=True)]


class TestMainJobWithSimulator(MainJob):
    """The main job, and what only the simulator can be told to do or show."""

    @pytest.fixture
    def simulator(self, run_seconds: float) -> Iterator[ComfyUISimulator]:
        """Run a server."""
        with ComfyUISimulator(run_seconds=run_seconds) as running:
            yield running

    @pytest.fixture
    def url(self, simulator: ComfyUISimulator) -> str:
        """Name the simulator."""
        return simulator.url

    async def test_a_restart_paints_nothing_twice(
        self, simulator: ComfyUISimulator, tmp_path: Path
    ) -> None:
        """What was painted before the host left is not painted again."""
        async with self.opened(tmp_path, simulator.url) as system:
            batch = await system.generation.submit(portraits(3))
            await system.generation.result(batch.id)

        async with host(tmp_path, simulator.url) as system:
            await system.generation.result(batch.id)

        assert [run.outcome for run in simulator.executed] == ["success"] * 3

    @pytest.mark.parametrize("run_seconds", [0.3])
    async def test_a_job_may_take_longer_than_its_claim(
        self, run_seconds: float, simulator: ComfyUISimulator, tmp_path: Path
    ) -> None:
        """A host that is alive keeps its batch however long it takes, and works once.

        Regression: storing an image wrote the lease back as it was when it was given.
        """
        async with host(tmp_path, simulator.url, lease_seconds=1.0) as system:
            await system.workflows.put("portrait", sampler_graph(seed=1))
            batch = await system.generation.submit(portraits(9))
            with anyio.fail_after(30):
                await system.generation.result(batch.id)

        assert [run.outcome for run in simulator.executed] == ["success"] * 9
        await self.check_files(tmp_path, list(range(9)))

    @pytest.mark.parametrize("run_seconds", [0.2])
    async def test_a_retry_keeps_the_images_that_were_finished(
        self, run_seconds: float, simulator: ComfyUISimulator, tmp_path: Path
    ) -> None:
        """Only what is missing is painted again after a node raised."""
        async with self.opened(tmp_path, simulator.url) as system:
            await system.workflows.put("portrait", sampler_graph(seed=1))
            async with system.events.subscribe(
                ca.GenerationProgress, ca.GenerationFailed
            ) as events:
                batch = await system.generation.submit(portraits(8))
                await next_that(
                    events,
                    lambda event: (
                        isinstance(event, ca.GenerationProgress)
                        and event.completed >= 1
                    ),
                )
                simulator.faults.fail_next_run("out of memory")
                failed = await next_that(
                    events, lambda event: isinstance(event, ca.GenerationFailed)
                )
            assert isinstance(failed, ca.GenerationFailed)
            assert "out of memory" in failed.error
            broken = await system.generation.get(batch.id)
            assert 1 <= broken.completed_count < 8
            before = len(simulator.executed)

            await system.generation.retry(batch.id)
            assets = await system.generation.result(batch.id)

            assert [asset.index for asset in assets] == list(range(8))
            assert set(broken.asset_ids) <= {asset.id for asset in assets}
            missing = 8 - broken.completed_count
            assert len(simulator.executed) - before == missing
        await self.check_files(tmp_path, list(range(8)))

    async def test_a_style_reference_reaches_the_style_node(
        self, simulator: ComfyUISimulator, tmp_path: Path
    ) -> None:
        """The reference's own image is uploaded, and the run loads just that one."""
        async with self.opened(tmp_path, simulator.url) as system:
            first = await system.generation.submit(portraits(1))
            (reference,) = await system.generation.result(first.id)
            await system.workflows.put("portrait", styled_graph(sampler_graph(seed=1)))
            batch = await system.generation.submit(
                portraits(2, style_reference_id=reference.id)
            )
            assets = await system.generation.result(batch.id)
            image = await system.assets.open_image(reference.id)

        async with httpx.AsyncClient(
            verify=NO_CERTIFICATES, base_url=simulator.url, trust_env=False
        ) as http:
            history = (await http.get("/history")).json()
            graphs = [entry["prompt"][2] for entry in history.values()]
            names = {g["20"]["inputs"]["image"] for g in graphs if "20" in g}
            assert len(names) == 1
            found = await http.get(
                "/view", params={"filename": names.pop(), "type": "input"}
            )
        assert found.content == image
        assert {asset.style_reference_id for asset in assets} == {reference.id}


class TestMainJobWithRealServers(MainJob):
    """The main job with ComfyUI 0.3.75 and ComfyUI of March 2024."""

    @pytest.fixture
    def url(self, real_comfyui: RealComfyUI) -> str:
        """Name the real server."""
        return real_comfyui.url
