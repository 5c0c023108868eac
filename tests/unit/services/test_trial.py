"""Test runs: one image through the queue, and nothing of it stays."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import comfy_assets as ca
from comfy_assets.services import trial as services_trial
from comfy_assets.services.trial import TRIAL_WORLD
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from comfy_assets.testing.small_png import small_png
from tests.studio import GRAPH, Studio, open_studio

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.services.assets import AssetService
    from comfy_assets.services.generation import GenerationService

pytestmark = pytest.mark.anyio

_SERVER = "http://127.0.0.1:8188"


async def nothing_is_left(studio: Studio) -> bool:
    """Whether neither batch nor image nor file is there."""
    batches = await studio.system.generation.find()
    return (
        not batches.items
        and not await studio.system.assets.count()
        and repr(studio.images) == "MemoryImageStore(0 images)"
    )


async def test_a_test_run_gives_the_image_and_leaves_nothing() -> None:
    """Image, size, time and seed; no batch, no asset, no file."""
    comfy = ScriptedComfyClient()
    picture = small_png("a bartender")
    comfy.script(images=[picture])
    async with open_studio(comfy=comfy) as studio:
        trial = await studio.system.workflows.test(
            "portrait",
            "a bartender",
            negative_prompt="a hat",
            seed=7,
            overrides={"KSampler.steps": 3},
        )
        assert await nothing_is_left(studio)
    [run] = comfy.executed
    assert run.prompt_id == trial.prompt_id
    assert run.workflow.nodes["6"].inputs["text"] == "a bartender"
    assert run.workflow.nodes["7"].inputs["text"] == "a hat"
    assert run.workflow.nodes["3"].inputs["steps"] == 3
    assert run.workflow.nodes["3"].inputs["seed"] == trial.seed == 7
    assert trial.image == picture
    assert (trial.media_type, trial.size_bytes) == ("image/png", len(picture))
    assert trial.width > 0
    assert trial.height > 0
    assert trial.image_count == 1
    assert trial.seconds >= 0
    assert trial.asset is None


async def test_it_runs_before_all_that_waits() -> None:
    """A person waits for it; the player's batches do not."""
    comfy = ScriptedComfyClient()
    hold = anyio.Event()
    comfy.script(hold=hold)
    async with open_studio(comfy=comfy, prefetch=0) as studio:
        await studio.submit()
        await comfy.wait_executed(1)
        waiting = await studio.submit(priority=999, prompt="waits")
        async with (
            anyio.create_task_group() as tasks,
            studio.system.events.subscribe(ca.GenerationQueued) as queued,
        ):
            tasks.start_soon(studio.system.workflows.test, "portrait", "now")
            async for event in queued:
                if event.batch_id != waiting.id:
                    break
            hold.set()
        await studio.system.generation.result(waiting.id)
    texts = [run.workflow.nodes["6"].inputs["text"] for run in comfy.executed]
    assert texts[1:] == ["now", "waits"]


async def test_what_is_kept_stays_in_a_world_of_its_own() -> None:
    """An ordinary batch with its image, which shows for no entity of the host's."""
    async with open_studio() as studio:
        trial = await studio.system.workflows.test("portrait", "keep me", keep=True)
        assert trial.asset is not None
        assert trial.asset.world_id == TRIAL_WORLD
        assert not trial.asset.is_active
        assert await studio.system.assets.get(trial.asset.id) == trial.asset
        batch = await studio.system.generation.get(trial.batch_id)
        assert batch.status is ca.BatchStatus.COMPLETE


async def test_all_images_of_a_run_are_removed() -> None:
    """The first one is given, and the others are counted."""
    comfy = ScriptedComfyClient()
    pictures = [small_png(name) for name in "abc"]
    comfy.script(images=pictures)
    async with open_studio(comfy=comfy) as studio:
        trial = await studio.system.workflows.test("portrait", "three")
        assert await nothing_is_left(studio)
    assert trial.image == pictures[0]
    assert trial.image_count == 3


async def test_a_template_gets_its_context() -> None:
    """As with a request; without it the name that lacks is told, and nothing stays."""
    mapping = ca.PromptMapping(
        target="6.text", source="mood", template="{name}, {mood}"
    )
    comfy = ScriptedComfyClient()
    async with open_studio(comfy=comfy) as studio:
        workflows = studio.system.workflows
        await workflows.put("custom:bust", GRAPH, prompt_mappings=[mapping])
        with pytest.raises(ca.MappingError, match="mood"):
            await workflows.test("custom:bust", "x", context={"name": "Marcus"})
        context = {"name": "Marcus", "mood": "tired"}
        await workflows.test("custom:bust", "x", context=context)
        assert await nothing_is_left(studio)
    [run] = comfy.executed
    assert run.workflow.nodes["6"].inputs["text"] == "Marcus, tired"


@pytest.mark.parametrize(
    "error",
    [
        ca.WorkflowRejectedError(_SERVER, ["no such model"], {"4": {"errors": []}}),
        ca.ExecutionError(_SERVER, node_id="3", class_type="KSampler", message="oom"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_ended_the_run_is_raised_as_it_was(error: ca.ComfyUIError) -> None:
    """With its attributes: a front can show the fault at its node."""
    comfy = ScriptedComfyClient()
    comfy.script(error=error)
    async with open_studio(comfy=comfy) as studio:
        with pytest.raises(type(error)) as caught:
            await studio.system.workflows.test("portrait", "x")
        assert vars(caught.value) == vars(error)
        assert await nothing_is_left(studio)


async def test_a_bug_is_told_by_the_sentence_of_its_batch(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log has its traceback."""
    comfy = ScriptedComfyClient()
    comfy.script(error=KeyError("x"))  # type: ignore[arg-type]
    async with open_studio(comfy=comfy) as studio:
        with (
            caplog.at_level(logging.CRITICAL),
            pytest.raises(ca.BatchStatusError, match="unexpected KeyError"),
        ):
            await studio.system.workflows.test("portrait", "x")
        assert await nothing_is_left(studio)


async def test_a_run_that_somebody_calls_off_is_told_as_that() -> None:
    """It cannot be retried, for it is gone."""
    comfy = ScriptedComfyClient()
    comfy.script(hold=anyio.Event())
    async with open_studio(comfy=comfy) as studio:

        async def call_off() -> None:
            await comfy.wait_executed(1)
            [batch] = (await studio.system.generation.find()).items
            await studio.system.generation.cancel(batch.id)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(call_off)
            with pytest.raises(ca.BatchStatusError, match="called the test run off"):
                await studio.system.workflows.test("portrait", "x")
        assert await nothing_is_left(studio)


async def test_leaving_the_call_stops_the_run_and_removes_it() -> None:
    """The server is free again, and no batch waits."""
    comfy = ScriptedComfyClient()
    comfy.script(hold=anyio.Event())
    async with open_studio(comfy=comfy) as studio:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(studio.system.workflows.test, "portrait", "x")
            await comfy.wait_executed(1)
            tasks.cancel_scope.cancel()
        assert await nothing_is_left(studio)
    assert len(comfy.cancelled) == 1


class CutOff:
    """Generation whose `submit` stores the batch and is then left by cancellation."""

    def __init__(self, generation: GenerationService) -> None:
        self._generation = generation
        self.stored = anyio.Event()

    async def submit(self, request: ca.GenerationRequest) -> None:
        """Store, and never tell the batch's id."""
        await self._generation.submit(request)
        self.stored.set()
        await anyio.sleep_forever()

    def __getattr__(self, name: str) -> Any:
        """Return what else generation can do."""
        return getattr(self._generation, name)


async def test_a_batch_whose_id_was_never_told_is_removed_too() -> None:
    """Cancellation may come between storing it and hearing of it."""
    async with open_studio(works=False) as studio:
        trials: Any = studio.system.workflows.trials
        trials.generation = CutOff(studio.system.generation)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(studio.system.workflows.test, "portrait", "x")
            await trials.generation.stored.wait()
            tasks.cancel_scope.cancel()
        assert await nothing_is_left(studio)


class Gallery:
    """A gallery that lets something happen before it lists its assets."""

    def __init__(self, assets: AssetService, before: Callable[[], Any]) -> None:
        self._assets = assets
        self._before = before

    async def find(self, query: ca.AssetQuery, *, limit: int) -> Any:
        """Return the assets that were there before."""
        page = await self._assets.find(query, limit=limit)
        await self._before()
        return page

    def __getattr__(self, name: str) -> Any:
        """Return what else the gallery can do."""
        return getattr(self._assets, name)


def interrupt_cleaning(studio: Studio, before: Callable[[], Any]) -> None:
    """Let something happen while a test run removes what it left."""
    trials: Any = studio.system.workflows.trials
    trials.assets = Gallery(studio.system.assets, before)


async def test_what_others_remove_meanwhile_is_no_fault() -> None:
    """The image may be deleted and the batch cleared before we come to it."""
    async with open_studio() as studio:
        system = studio.system

        async def remove() -> None:
            [asset] = (await system.assets.find()).items
            await system.assets.delete(asset.id)
            await system.generation.clear_finished()

        interrupt_cleaning(studio, remove)
        assert (await system.workflows.test("portrait", "x")).image
        assert await nothing_is_left(studio)


async def test_a_repository_that_fails_at_the_end_costs_no_image(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What stays is an ordinary batch of the world of test runs; the log says so."""
    async with open_studio() as studio:

        async def fail() -> None:
            raise ca.RepositoryError("list assets", "it is locked")

        interrupt_cleaning(studio, fail)
        assert (await studio.system.workflows.test("portrait", "x")).image
        assert "left its batch or image behind" in caplog.text
        [batch] = (await studio.system.generation.find()).items
        assert batch.request.world_id == TRIAL_WORLD
        cleared = await studio.system.generation.clear_finished(world_id=TRIAL_WORLD)
        assert cleared == 1


async def test_cleaning_up_takes_no_longer_than_it_may(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository that hangs does not hold the host."""
    monkeypatch.setattr(services_trial, "CLEANING_SECONDS", 0.01)
    async with open_studio() as studio:
        interrupt_cleaning(studio, anyio.sleep_forever)
        with anyio.fail_after(10):
            assert (await studio.system.workflows.test("portrait", "x")).image
    assert "took longer than 0.01 s" in caplog.text
