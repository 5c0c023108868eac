"""`ComfyClientSuite`: the contract of `ComfyClient` as tests that any client can run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias
from uuid import uuid4

import pytest
from anyio import CancelScope, create_task_group, fail_after

from comfy_assets.domain.identity import PromptId
from comfy_assets.errors import (
    ComfyUIUnavailableError,
    ExecutionError,
    ExecutionInterruptedError,
    NoImagesError,
    WorkflowRejectedError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import (
        ComfyClient,
        OutputImage,
        RunPreview,
        RunProgress,
    )

#: No step of these tests takes longer on a working client and server.
_LIMIT_SECONDS: Final = 30.0


class ComfyClientStage(Protocol):
    """A client, entered, and the server behind it, made to do what a test needs.

    The workflows are asked for in the order in which they are then run.
    """

    @property
    def client(self) -> ComfyClient:
        """The client under test, inside its ``async with``."""
        ...

    def quick(self) -> Workflow:
        """Return a workflow that ends at once with one image; another each time."""
        ...

    def slow(self) -> Workflow:
        """Return one that is at work until `let_slow_end`, or for about a second."""
        ...

    def let_slow_end(self) -> None:
        """Let the slow runs end well, if they do not by themselves."""
        ...

    def failing(self) -> Workflow:
        """Return a workflow of which one node raises."""
        ...

    def rejected(self) -> Workflow:
        """Return a workflow that the server refuses."""
        ...

    def partly_rejected(self) -> Workflow:
        """Return one with two outputs, of which the server would drop one."""
        ...

    def imageless(self) -> Workflow:
        """Return a workflow that ends well and leaves no image."""
        ...

    def previewing(self) -> Workflow:
        """Return a workflow that shows pictures in the making."""
        ...

    async def wait_at_work(self, prompt_id: PromptId) -> None:
        """Wait until the server works at this run."""
        ...

    async def wait_idle(self) -> None:
        """Wait until the server neither works nor has a run waiting."""
        ...

    async def times_queued(self, prompt_id: PromptId) -> object:
        """Return something that changes when this run is queued once more."""
        ...

    async def interrupt(self, prompt_id: PromptId) -> None:
        """Interrupt the run, which is at work, as somebody else at the server would."""
        ...

    async def take_server_away(self) -> None:
        """Make the server unreachable for good."""
        ...


#: What the fixture `open_client` returns: opens a client with a server behind it, which
#: is fresh or at least idle.
OpenClient: TypeAlias = Callable[[], AbstractAsyncContextManager[ComfyClientStage]]


class ComfyClientSuite:
    """Subclass it, override the fixture `open_client`, done.

    The client must give up a server that is away after a few seconds.
    """

    #: Whether `ComfyClientStage.previewing` and what follows from it can be had.
    shows_previews = True
    #: Whether the stage can take the server away.
    can_lose_server = True
    #: Whether the server has an output node that leaves no image.
    can_leave_no_image = True

    @pytest.fixture
    def open_client(self) -> OpenClient:
        """Return the factory of clients under test."""
        raise NotImplementedError

    async def test_a_run_gives_its_images(self, open_client: OpenClient) -> None:
        """`execute` runs a workflow to its end and returns at least one image."""
        async with open_client() as stage:
            workflow = stage.quick()
            before = workflow.to_api()
            images = await _execute(stage, workflow)
            assert images
            for image in images:
                assert image.data
                assert image.filename
                assert image.node_id in workflow.nodes
            assert workflow.to_api() == before, "the graph was changed"

    async def test_each_of_many_runs_gets_its_own_images(
        self, open_client: OpenClient
    ) -> None:
        """All methods may be called from many tasks at once."""
        async with open_client() as stage:
            found: dict[int, bytes] = {}

            async def run(number: int, workflow: Workflow) -> None:
                found[number] = (await _execute(stage, workflow))[0].data

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
            await _execute(stage, stage.quick(), on_progress=told.append)
            fractions = [progress.fraction for progress in told]
            assert fractions == sorted(fractions)
            assert fractions[0] >= 0.0
            assert fractions.count(1.0) == 1
            assert fractions[-1] == 1.0

    async def test_a_waiting_run_is_attached_to(self, open_client: OpenClient) -> None:
        """A run that the server knows as waiting is not queued again."""
        async with open_client() as stage:
            slow_id, waiting_id = _new_id(), _new_id()
            found: list[Sequence[OutputImage]] = []

            async def run(workflow: Workflow) -> None:
                found.append(await _execute(stage, workflow, waiting_id))

            async with create_task_group() as tasks:
                with fail_after(_LIMIT_SECONDS):
                    tasks.start_soon(_execute, stage, stage.slow(), slow_id)
                    await stage.wait_at_work(slow_id)
                    workflow = stage.quick()
                    tasks.start_soon(run, workflow)
                    await _until_queued(stage, waiting_id)
                    before = await stage.times_queued(waiting_id)
                    tasks.start_soon(run, workflow)
                    stage.let_slow_end()
            assert len(found) == 2
            assert found[0] == found[1]
            assert await stage.times_queued(waiting_id) == before

    async def test_a_run_at_work_is_attached_to(self, open_client: OpenClient) -> None:
        """A run that the server knows as running is not queued again."""
        async with open_client() as stage:
            prompt_id, workflow = _new_id(), stage.slow()
            found: list[Sequence[OutputImage]] = []

            async def run() -> None:
                found.append(await _execute(stage, workflow, prompt_id))

            async with create_task_group() as tasks:
                tasks.start_soon(run)
                with fail_after(_LIMIT_SECONDS):
                    await stage.wait_at_work(prompt_id)
                    before = await stage.times_queued(prompt_id)
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
            prompt_id, workflow = _new_id(), stage.quick()
            first = await _execute(stage, workflow, prompt_id)
            before = await stage.times_queued(prompt_id)
            told: list[RunProgress] = []
            again = await _execute(stage, workflow, prompt_id, on_progress=told.append)
            assert again == first
            assert await stage.times_queued(prompt_id) == before
            assert [progress.fraction for progress in told].count(1.0) == 1

    async def test_a_run_that_ended_badly_is_run_anew(
        self, open_client: OpenClient
    ) -> None:
        """A `prompt_id` whose run ended badly is run anew."""
        async with open_client() as stage:
            prompt_id = _new_id()
            with pytest.raises(ExecutionError):
                await _execute(stage, stage.failing(), prompt_id)
            assert await _execute(stage, stage.quick(), prompt_id)

    async def test_a_node_that_raises_is_named(self, open_client: OpenClient) -> None:
        """`ExecutionError` is raised when a node raised, and says which one."""
        async with open_client() as stage:
            workflow = stage.failing()
            with pytest.raises(ExecutionError) as caught:
                await _execute(stage, workflow)
            node = workflow.nodes[caught.value.node_id]
            assert caught.value.class_type == node.class_type
            assert caught.value.message

    async def test_a_refused_workflow_is_rejected(
        self, open_client: OpenClient
    ) -> None:
        """`WorkflowRejectedError` is raised when the server refuses the workflow."""
        async with open_client() as stage:
            with pytest.raises(WorkflowRejectedError) as caught:
                await _execute(stage, stage.rejected())
            assert caught.value.problems

    async def test_a_workflow_that_would_lose_an_output_is_rejected(
        self, open_client: OpenClient
    ) -> None:
        """`WorkflowRejectedError` is raised when an output would be dropped."""
        async with open_client() as stage:
            with pytest.raises(WorkflowRejectedError):
                await _execute(stage, stage.partly_rejected())
            await stage.wait_idle()

    async def test_a_run_without_an_image_says_so(
        self, open_client: OpenClient
    ) -> None:
        """`NoImagesError` is raised when the run ended well without an image."""
        if not self.can_leave_no_image:
            pytest.skip("every output node of this server leaves images")
        async with open_client() as stage:
            with pytest.raises(NoImagesError):
                await _execute(stage, stage.imageless())

    async def test_a_run_interrupted_by_somebody_else_says_so(
        self, open_client: OpenClient
    ) -> None:
        """`ExecutionInterruptedError` is raised when somebody interrupted the run."""
        async with open_client() as stage:
            prompt_id = _new_id()
            raised: list[BaseException] = []

            async def run(workflow: Workflow) -> None:
                try:
                    await _execute(stage, workflow, prompt_id)
                except ExecutionInterruptedError as e:
                    raised.append(e)

            async with create_task_group() as tasks:
                tasks.start_soon(run, stage.slow())
                with fail_after(_LIMIT_SECONDS):
                    await stage.wait_at_work(prompt_id)
                    await stage.interrupt(prompt_id)
            assert len(raised) == 1

    async def test_cancelling_a_run_at_work_stops_the_server(
        self, open_client: OpenClient
    ) -> None:
        """Leaving the call by cancellation interrupts the run, and re-raises."""
        async with open_client() as stage:
            prompt_id = _new_id()
            async with create_task_group() as tasks:
                scope = await _start(tasks, stage, stage.slow(), prompt_id)
                with fail_after(_LIMIT_SECONDS):
                    await stage.wait_at_work(prompt_id)
                    scope.cancel()
            assert scope.cancelled_caught, "the cancellation was swallowed"
            with fail_after(_LIMIT_SECONDS):
                await stage.wait_idle()
            assert await _execute(stage, stage.quick()), "the server is stuck"

    async def test_cancelling_a_waiting_run_leaves_the_one_at_work_alone(
        self, open_client: OpenClient
    ) -> None:
        """Leaving the call takes the run out of the queue, and interrupts no other."""
        async with open_client() as stage:
            slow_id, waiting_id = _new_id(), _new_id()
            found: list[Sequence[OutputImage]] = []

            async def run(workflow: Workflow) -> None:
                found.append(await _execute(stage, workflow, slow_id))

            async with create_task_group() as tasks:
                tasks.start_soon(run, stage.slow())
                with fail_after(_LIMIT_SECONDS):
                    await stage.wait_at_work(slow_id)
                async with create_task_group() as waiting:
                    scope = await _start(waiting, stage, stage.quick(), waiting_id)
                    with fail_after(_LIMIT_SECONDS):
                        await _until_queued(stage, waiting_id)
                    scope.cancel()
                assert scope.cancelled_caught
                stage.let_slow_end()
            assert found, "the run at work was stopped"

    async def test_a_cancelled_run_can_be_run_again(
        self, open_client: OpenClient
    ) -> None:
        """A `prompt_id` whose run was cancelled is run anew."""
        async with open_client() as stage:
            prompt_id = _new_id()
            async with create_task_group() as tasks:
                scope = await _start(tasks, stage, stage.slow(), prompt_id)
                with fail_after(_LIMIT_SECONDS):
                    await stage.wait_at_work(prompt_id)
                scope.cancel()
            assert await _execute(stage, stage.quick(), prompt_id)

    async def test_previews_come_where_they_are_asked_for(
        self, open_client: OpenClient
    ) -> None:
        """`on_preview` is called with encoded pictures in the making."""
        if not self.shows_previews:
            pytest.skip("this server has nothing to show before the end")
        async with open_client() as stage:
            told: list[RunPreview] = []
            await _execute(stage, stage.previewing(), on_preview=told.append)
            assert told
            assert {preview.media_type for preview in told} <= {
                "image/jpeg",
                "image/png",
            }
            assert all(preview.data for preview in told)

    async def test_every_call_to_a_server_that_is_away_says_so(
        self, open_client: OpenClient
    ) -> None:
        """Every method raises `ComfyUIUnavailableError` when the server stays away."""
        if not self.can_lose_server:
            pytest.skip("this server is shared with other tests")
        async with open_client() as stage:
            workflow, client = stage.quick(), stage.client
            await stage.take_server_away()
            with fail_after(_LIMIT_SECONDS):
                with pytest.raises(ComfyUIUnavailableError):
                    await client.execute(workflow, prompt_id=_new_id())
                with pytest.raises(ComfyUIUnavailableError):
                    await client.upload_image(b"picture", filename="a.png")
                with pytest.raises(ComfyUIUnavailableError):
                    await client.object_info()
                with pytest.raises(ComfyUIUnavailableError):
                    await client.check_health()
            assert await client.capacity() >= 1

    async def test_the_same_upload_is_stored_once(
        self, open_client: OpenClient
    ) -> None:
        """The same bytes under the same name keep it; other bytes get another name."""
        async with open_client() as stage:
            upload = stage.client.upload_image
            first = await upload(b"first picture", filename="reference.png")
            again = await upload(b"first picture", filename="reference.png")
            other = await upload(b"other picture", filename="reference.png")
            assert first == again
            assert other != first

    async def test_the_catalogue_is_a_mapping_of_classes(
        self, open_client: OpenClient
    ) -> None:
        """`object_info` returns the node classes by name."""
        async with open_client() as stage:
            catalogue = await stage.client.object_info()
            assert "SaveImage" in catalogue
            assert all("input" in entry for entry in catalogue.values())

    async def test_health_and_capacity_are_told(self, open_client: OpenClient) -> None:
        """`check_health` answers within seconds; `capacity` is at least 1."""
        async with open_client() as stage:
            with fail_after(_LIMIT_SECONDS):
                health = await stage.client.check_health()
            assert health.server
            assert "@" not in health.server
            assert health.state.value == "connected"
            assert await stage.client.capacity() >= 1


def _new_id() -> PromptId:
    return PromptId(str(uuid4()))


async def _execute(
    stage: ComfyClientStage,
    workflow: Workflow,
    prompt_id: PromptId | None = None,
    **callbacks: Any,
) -> Sequence[OutputImage]:
    with fail_after(_LIMIT_SECONDS):
        return await stage.client.execute(
            workflow, prompt_id=prompt_id or _new_id(), **callbacks
        )


async def _start(
    tasks: Any, stage: ComfyClientStage, workflow: Workflow, prompt_id: PromptId
) -> CancelScope:
    """Start a run in the background and return the scope that cancels it."""
    scope = CancelScope()

    async def run() -> None:
        with scope:
            await stage.client.execute(workflow, prompt_id=prompt_id)

    tasks.start_soon(run)
    return scope


async def _until_queued(stage: ComfyClientStage, prompt_id: PromptId) -> None:
    """Wait until the server, or the scripted one, knows the run."""
    unknown = await stage.times_queued(_new_id())
    while await stage.times_queued(prompt_id) == unknown:
        pass
