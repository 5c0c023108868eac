"""The part of `ComfyClientSuite` about runs that end well, and about attaching."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from anyio import create_task_group, fail_after

from comfy_assets.errors import ExecutionError
from comfy_assets.testing.comfy_client_stage import (
    LIMIT_SECONDS,
    execute,
    new_id,
    until_queued,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import OutputImage, RunPreview, RunProgress
    from comfy_assets.testing.comfy_client_stage import OpenClient


class ComfyClientRunsSuite:
    """Runs, their progress, and runs that the server knows already."""

    #: Whether `ComfyClientStage.previewing` and what follows from it can be had.
    shows_previews = True

    async def test_a_run_gives_its_images(self, open_client: OpenClient) -> None:
        """`execute` runs a workflow to its end and returns at least one image."""
        async with open_client() as stage:
            workflow = stage.quick()
            before = workflow.to_api()
            images = await execute(stage, workflow)
            assert images
            for image in images:
                assert image.data
                assert image.filename
                assert image.node_id in workflow.nodes
            assert workflow.to_api() == before, "the graph was changed"

    async def test_a_run_that_is_said_to_be_new_is_run(
        self, open_client: OpenClient
    ) -> None:
        """With `is_new` the run is queued, and can be attached to afterwards."""
        async with open_client() as stage:
            workflow, prompt_id = stage.quick(), new_id()
            images = await execute(stage, workflow, prompt_id, is_new=True)
            again = await execute(stage, workflow, prompt_id)
            assert [image.data for image in again] == [image.data for image in images]

    async def test_each_of_many_runs_gets_its_own_images(
        self, open_client: OpenClient
    ) -> None:
        """All methods may be called from many tasks at once."""
        async with open_client() as stage:
            found: dict[int, bytes] = {}

            async def run(number: int, workflow: Workflow) -> None:
                found[number] = (await execute(stage, workflow))[0].data

            async with create_task_group() as tasks:
                for number in range(5):
                    tasks.start_soon(run, number, stage.quick())
            assert len(set(found.values())) == 5

    async def test_progress_never_falls_and_ends_at_one(
        self, open_client: OpenClient
    ) -> None:
        """`fraction` never falls, and reaches 1.0 once, just before the return."""
        async with open_client() as stage:
            told: list[RunProgress] = []
            await execute(stage, stage.quick(), on_progress=told.append)
            fractions = [progress.fraction for progress in told]
            assert fractions == sorted(fractions)
            assert fractions[0] >= 0.0
            assert fractions.count(1.0) == 1
            assert fractions[-1] == 1.0
            # Where it is told at all.
            assert [progress.is_painted for progress in told].count(True) <= 1

    async def test_previews_come_where_they_are_asked_for(
        self, open_client: OpenClient
    ) -> None:
        """`on_preview` is called with encoded pictures in the making."""
        if not self.shows_previews:
            pytest.skip("this server has nothing to show before the end")
        async with open_client() as stage:
            told: list[RunPreview] = []
            await execute(stage, stage.previewing(), on_preview=told.append)
            assert told
            assert {preview.media_type for preview in told} <= {
                "image/jpeg",
                "image/png",
            }
            assert all(preview.data for preview in told)

    async def test_a_waiting_run_is_attached_to(self, open_client: OpenClient) -> None:
        """A run that the server knows as waiting is not queued again."""
        async with open_client() as stage:
            slow_id, waiting_id = new_id(), new_id()
            found: list[Sequence[OutputImage]] = []

            async def run(workflow: Workflow) -> None:
                found.append(await execute(stage, workflow, waiting_id))

            async with create_task_group() as tasks:
                with fail_after(LIMIT_SECONDS):
                    tasks.start_soon(execute, stage, stage.slow(), slow_id)
                    await stage.wait_at_work(slow_id)
                    workflow = stage.quick()
                    tasks.start_soon(run, workflow)
                    before = await until_queued(stage, waiting_id)
                    tasks.start_soon(run, workflow)
                    stage.let_slow_end()
            assert len(found) == 2
            assert found[0] == found[1]
            assert await stage.times_queued(waiting_id) == before

    async def test_a_run_at_work_is_attached_to(self, open_client: OpenClient) -> None:
        """A run that the server knows as running is not queued again."""
        async with open_client() as stage:
            prompt_id, workflow = new_id(), stage.slow()
            found: list[Sequence[OutputImage]] = []

            async def run() -> None:
                found.append(await execute(stage, workflow, prompt_id))

            async with create_task_group() as tasks:
                tasks.start_soon(run)
                with fail_after(LIMIT_SECONDS):
                    await stage.wait_at_work(prompt_id)
                    before = await until_queued(stage, prompt_id)
                tasks.start_soon(run)
                stage.let_slow_end()
            assert len(found) == 2
            assert found[0] == found[1]
            assert await stage.times_queued(prompt_id) == before

    async def test_a_run_that_ended_well_is_not_run_again(
        self, open_client: OpenClient
    ) -> None:
        """A run that the server knows as well ended gives the same images again."""
        async with open_client() as stage:
            prompt_id, workflow = new_id(), stage.quick()
            first = await execute(stage, workflow, prompt_id)
            before = await stage.times_queued(prompt_id)
            told: list[RunProgress] = []
            again = await execute(stage, workflow, prompt_id, on_progress=told.append)
            assert again == first
            assert await stage.times_queued(prompt_id) == before
            assert [progress.fraction for progress in told].count(1.0) == 1

    async def test_a_run_that_ended_badly_is_run_anew(
        self, open_client: OpenClient
    ) -> None:
        """A `prompt_id` whose run ended badly is run anew."""
        async with open_client() as stage:
            prompt_id = new_id()
            with pytest.raises(ExecutionError):
                await execute(stage, stage.failing(), prompt_id)
            assert await execute(stage, stage.quick(), prompt_id)
