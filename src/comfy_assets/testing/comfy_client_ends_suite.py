"""The part of `ComfyClientSuite` about runs that fail, and about cancellation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from anyio import create_task_group, fail_after

from comfy_assets.errors import (
    ExecutionError,
    ExecutionInterruptedError,
    NoImagesError,
    WorkflowRejectedError,
)
from comfy_assets.testing.comfy_client_stage import (
    LIMIT_SECONDS,
    execute,
    new_id,
    start,
    until_queued,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.identity import PromptId
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import OutputImage
    from comfy_assets.testing.comfy_client_stage import ComfyClientStage, OpenClient


class ComfyClientEndsSuite:
    """Runs that end otherwise than well."""

    #: Whether the server has an output node that leaves no image.
    can_leave_no_image = True

    async def test_a_node_that_raises_is_named(self, open_client: OpenClient) -> None:
        """`ExecutionError` is raised when a node raised, and says which one."""
        async with open_client() as stage:
            workflow = stage.failing()
            with pytest.raises(ExecutionError) as caught:
                await execute(stage, workflow)
            node = workflow.nodes[caught.value.node_id]
            assert caught.value.class_type == node.class_type
            assert caught.value.message

    async def test_a_refused_workflow_is_rejected(
        self, open_client: OpenClient
    ) -> None:
        """`WorkflowRejectedError` is raised when the server refuses the workflow."""
        async with open_client() as stage:
            with pytest.raises(WorkflowRejectedError) as caught:
                await execute(stage, stage.rejected())
            assert caught.value.problems

    async def test_a_workflow_that_would_lose_an_output_is_rejected(
        self, open_client: OpenClient
    ) -> None:
        """`WorkflowRejectedError` is raised when an output would be dropped."""
        async with open_client() as stage:
            with pytest.raises(WorkflowRejectedError):
                await execute(stage, stage.partly_rejected())
            await stage.wait_idle()

    async def test_a_run_without_an_image_says_so(
        self, open_client: OpenClient
    ) -> None:
        """`NoImagesError` is raised when the run ended well without an image."""
        if not self.can_leave_no_image:
            pytest.skip("every output node of this server leaves images")
        async with open_client() as stage:
            with pytest.raises(NoImagesError):
                await execute(stage, stage.imageless())

    async def test_a_run_interrupted_by_somebody_else_says_so(
        self, open_client: OpenClient
    ) -> None:
        """`ExecutionInterruptedError` is raised when somebody interrupted the run."""
        async with open_client() as stage:
            prompt_id = new_id()
            raised: list[BaseException] = []

            async def run(workflow: Workflow) -> None:
                try:
                    await execute(stage, workflow, prompt_id)
                except ExecutionInterruptedError as e:
                    raised.append(e)

            async with create_task_group() as tasks:
                tasks.start_soon(run, stage.slow())
                with fail_after(LIMIT_SECONDS):
                    await stage.wait_at_work(prompt_id)
                    await stage.interrupt(prompt_id)
            assert len(raised) == 1

    async def test_cancelling_a_run_at_work_stops_the_server(
        self, open_client: OpenClient
    ) -> None:
        """Leaving the call by cancellation interrupts the run, and re-raises."""
        async with open_client() as stage:
            prompt_id = new_id()
            await _cancel_at_work(stage, prompt_id)
            with fail_after(LIMIT_SECONDS):
                await stage.wait_idle()
            assert await execute(stage, stage.quick()), "the server is stuck"

    async def test_cancelling_a_waiting_run_leaves_the_one_at_work_alone(
        self, open_client: OpenClient
    ) -> None:
        """Leaving the call takes the run out of the queue, and interrupts no other."""
        async with open_client() as stage:
            slow_id, waiting_id = new_id(), new_id()
            found: list[Sequence[OutputImage]] = []

            async def run(workflow: Workflow) -> None:
                found.append(await execute(stage, workflow, slow_id))

            async with create_task_group() as tasks:
                tasks.start_soon(run, stage.slow())
                with fail_after(LIMIT_SECONDS):
                    await stage.wait_at_work(slow_id)
                async with create_task_group() as waiting:
                    scope = await start(waiting, stage, stage.quick(), waiting_id)
                    with fail_after(LIMIT_SECONDS):
                        await until_queued(stage, waiting_id)
                    scope.cancel()
                assert scope.cancelled_caught
                stage.let_slow_end()
            assert found, "the run at work was stopped"

    async def test_a_cancelled_run_can_be_run_again(
        self, open_client: OpenClient
    ) -> None:
        """A `prompt_id` whose run was cancelled is run anew."""
        async with open_client() as stage:
            prompt_id = new_id()
            await _cancel_at_work(stage, prompt_id)
            assert await execute(stage, stage.quick(), prompt_id)


async def _cancel_at_work(stage: ComfyClientStage, prompt_id: PromptId) -> None:
    """Start a slow run and leave its call as soon as the server works at it."""
    async with create_task_group() as tasks:
        scope = await start(tasks, stage, stage.slow(), prompt_id)
        with fail_after(LIMIT_SECONDS):
            await stage.wait_at_work(prompt_id)
        scope.cancel()
    assert scope.cancelled_caught, "the cancellation was swallowed"
