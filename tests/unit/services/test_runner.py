"""`BatchRunner`: from claim to end, through every fault and cancellation."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio import wait_all_tasks_blocked

import comfy_assets as ca
from comfy_assets.domain.identity import asset_id_of, prompt_id_of
from comfy_assets.ports.comfy import OutputImage, RunProgress
from comfy_assets.services import runner as runner_module
from comfy_assets.services import saving as saving_module
from comfy_assets.testing import RecordingEventSink, ScriptedComfyClient
from comfy_assets.testing.small_png import small_png
from tests.studio import STYLED, Studio, next_that, open_studio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio

SERVER = "scripted:"
RED, BLUE = small_png("red"), small_png("blue")


def broken() -> ca.ExecutionError:
    """Make the error of a node that raised."""
    return ca.ExecutionError(
        SERVER, node_id="3", class_type="KSampler", message="out of memory"
    )


def output(data: bytes) -> OutputImage:
    """Make what a run leaves."""
    return OutputImage(data=data, filename="x.png", node_id="9")


async def ended(studio: Studio, batch: ca.GenerationBatch) -> ca.GenerationBatch:
    """Wait until the batch has ended and return it."""
    with suppress(ca.BatchStatusError):
        await studio.system.generation.result(batch.id)
    return await studio.system.generation.get(batch.id)


async def test_each_image_has_its_own_seed_and_run() -> None:
    """Seeds count up from the request's, and runs bear derived ids."""
    async with open_studio() as studio:
        batch = await studio.submit(count=3, seed=2**64 - 2)
        assets = await studio.system.generation.result(batch.id)
        runs = studio.comfy.executed
    assert [a.seed for a in assets] == [2**64 - 2, 2**64 - 1, 0]
    assert {r.prompt_id for r in runs} == {
        prompt_id_of(batch.id, attempt=1, index=i) for i in range(3)
    }


async def test_an_asset_knows_how_it_came_to_be() -> None:
    """What the request said stands in the gallery, beside what the image is."""
    async with open_studio() as studio:
        (asset,) = await studio.painted(
            negative_prompt="blurry", overrides={"KSampler.steps": 7}
        )
        data = await studio.system.assets.open_image(asset.id)
    assert asset.prompt == "a grizzled bartender"
    assert asset.negative_prompt == "blurry"
    assert asset.overrides == {"KSampler.steps": 7}
    assert asset.workflow_slot == "portrait"
    assert asset.size_bytes == len(data)
    assert asset.media_type == "image/png"


async def test_all_images_of_one_run_are_kept() -> None:
    """A locked batch size makes a run leave several: none is thrown away."""
    async with open_studio() as studio:
        pictures = [RED, BLUE]
        studio.comfy.script(images=pictures)
        batch = await studio.submit()
        assets = await studio.system.generation.result(batch.id)
    assert [a.id for a in assets] == [
        asset_id_of(batch.id, index=0),
        asset_id_of(batch.id, index=0, extra=1),
    ]


async def test_a_failed_image_ends_the_batch_and_keeps_the_others() -> None:
    """The batch is failed with the error's sentence; what was painted stays."""
    async with open_studio(prefetch=0) as studio:
        studio.comfy.script()
        studio.comfy.script(error=broken())
        async with studio.system.events.subscribe(ca.GenerationFailed) as events:
            batch = await studio.submit(count=4)
            event = await anext(events)
        stored = await studio.system.generation.get(batch.id)
        assert stored.status is ca.BatchStatus.FAILED
        assert stored.completed_count == 1
        assert stored.error_message == event.error == str(broken())
        assert event.error_type == "ExecutionError"
        assert event.details["node_id"] == "3"
        assert event.attempts == 1
        assert await studio.system.assets.count() == 1


async def test_a_picture_that_is_none_fails_the_batch() -> None:
    """What the server calls an image must be one."""
    async with open_studio() as studio:
        studio.comfy.script(images=[b"<html>"])
        stored = await ended(studio, await studio.submit())
    assert stored.failure is not None
    assert stored.failure.error_type == "InvalidImageError"


async def test_a_slot_emptied_meanwhile_fails_the_batch() -> None:
    """The configuration is read again when the batch begins."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        await studio.system.workflows.delete("portrait")
        async with ca.AssetSystem(
            comfy=ScriptedComfyClient(), repository=studio.repository
        ) as system:
            with pytest.raises(ca.BatchStatusError, match="No workflow is configured"):
                await system.generation.result(batch.id)


async def test_a_bug_ends_its_batch_and_not_the_worker(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Any other exception is logged with its traceback; the next batch runs."""
    async with open_studio() as studio:
        save = studio.images.save

        async def buggy_save(data: bytes, *, key: str) -> Any:
            del data, key
            message = "a bug"
            raise ZeroDivisionError(message)

        studio.images.save = buggy_save
        with caplog.at_level(logging.ERROR, "comfy_assets.runner"):
            stored = await ended(studio, await studio.submit())
        studio.images.save = save
        assert stored.failure is not None
        assert stored.failure.error_type == "ZeroDivisionError"
        assert "a bug" in caplog.text
        assert len(await studio.painted()) == 1


async def test_previews_are_told_where_somebody_asked() -> None:
    """A subscriber to previews gets the picture in the making."""
    async with open_studio() as studio:
        studio.comfy.script(previews=[b"jpeg"])
        async with studio.system.events.subscribe(ca.GenerationPreview) as events:
            batch = await studio.submit()
            preview = await anext(events)
    assert (preview.batch_id, preview.index, preview.data) == (batch.id, 0, b"jpeg")


async def test_images_of_one_batch_run_on_many_servers_at_once() -> None:
    """With three servers and no prefetch three images are at work together."""
    comfy = ScriptedComfyClient(runs_at_once=3)
    async with open_studio(comfy=comfy, prefetch=0) as studio:
        release = anyio.Event()
        comfy.script(hold=release, times=4)
        batch = await studio.submit(count=4)
        await comfy.wait_executed(3)
        await wait_all_tasks_blocked()
        assert len(comfy.executed) == 3
        release.set()
        assert len(await studio.system.generation.result(batch.id)) == 4


async def test_a_server_gets_its_next_run_while_an_image_comes_over() -> None:
    """What only needs to be fetched takes no place at the server."""
    async with open_studio(prefetch=0) as studio:
        execute = studio.comfy.execute
        fetched = anyio.Event()
        painted: list[str] = []

        async def fetch_later(*args: Any, **options: Any) -> Any:
            images = await execute(*args, **{**options, "on_progress": None})
            painted.append(options["prompt_id"])
            options["on_progress"](RunProgress(fraction=0.9, is_painted=True))
            await fetched.wait()
            return images

        studio.comfy.execute = fetch_later
        batch = await studio.submit(count=3)
        await wait_all_tasks_blocked()
        assert len(painted) == 3
        fetched.set()
        assert len(await studio.system.generation.result(batch.id)) == 3


async def test_an_image_kept_by_a_cut_off_worker_is_not_painted_again() -> None:
    """Stored but not noted in the batch: it is noted, and no run is made."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit(count=2)
        await studio.repository.batches.claim("host", 3600)
        keeper = studio.system.generation.keeper
        outputs = [output(RED), output(RED)]
        await keeper.add(await keeper.keep(batch, 0, outputs, seed=1))
        comfy = ScriptedComfyClient()
        async with ca.AssetSystem(
            comfy=comfy,
            repository=studio.repository,
            images=studio.images,
            owner="host",
        ) as system:
            assets = await system.generation.result(batch.id)
    assert [a.index for a in assets] == [0, 0, 1]
    assert [r.prompt_id for r in comfy.executed] == [
        prompt_id_of(batch.id, attempt=1, index=1)
    ]


async def test_an_image_that_another_worker_added_first_is_noted_as_it_stands() -> None:
    """Who was taken over may still add what it painted: its row wins, none is lost."""
    async with open_studio() as studio:
        release = anyio.Event()
        studio.comfy.script(hold=release)
        batch = await studio.submit()
        await studio.comfy.wait_executed(1)
        keeper = studio.system.generation.keeper
        (first,) = await keeper.keep(batch, 0, [output(RED)], seed=1)
        await keeper.add([first])
        release.set()
        assert await studio.system.generation.result(batch.id) == (first,)


async def test_a_batch_cancelled_by_another_process_stops_at_its_next_renewal() -> None:
    """The claim cannot be renewed: the runs are ended, and nothing is written."""
    async with open_studio(lease_seconds=0.15) as studio:
        studio.comfy.script(hold=anyio.Event())
        batch = await studio.submit()
        await studio.comfy.wait_executed(1)
        stored = await studio.repository.batches.get(batch.id)
        await studio.repository.batches.save(stored.cancel(stored.created_at))
        while not studio.comfy.cancelled:
            await wait_all_tasks_blocked()
            await anyio.sleep(0.01)  # the renewal comes by the clock
        assert (await ended(studio, batch)).status is ca.BatchStatus.CANCELLED


async def test_a_run_that_its_former_owner_took_back_is_run_once_more() -> None:
    """Who lost the batch interrupts what we attached to: that fails nothing."""
    async with open_studio(works=False) as studio:
        batch = await studio.submit()
        await studio.repository.batches.claim("host", 3600)
        comfy = ScriptedComfyClient()
        comfy.script(error=ca.ExecutionInterruptedError(SERVER, "id"))
        async with ca.AssetSystem(
            comfy=comfy,
            repository=studio.repository,
            images=studio.images,
            owner="host",
        ) as system:
            assert len(await system.generation.result(batch.id)) == 1
    assert len({run.prompt_id for run in comfy.executed}) == 1
    assert len(comfy.executed) == 2


async def test_a_run_that_somebody_interrupts_at_the_server_fails_its_batch() -> None:
    """Without a former owner it was a person's wish."""
    async with open_studio() as studio:
        studio.comfy.script(error=ca.ExecutionInterruptedError(SERVER, "id"))
        stored = await ended(studio, await studio.submit())
    assert stored.failure is not None
    assert stored.failure.error_type == "ExecutionInterruptedError"


async def test_a_batch_changed_meanwhile_is_left_to_who_changed_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A worker with an old version can write no more."""
    async with open_studio() as studio:
        release = anyio.Event()
        studio.comfy.script(hold=release)
        batch = await studio.submit()
        await studio.comfy.wait_executed(1)
        stored = await studio.repository.batches.get(batch.id)
        await studio.repository.batches.save(stored.cancel(stored.created_at))
        running = studio.system.generation.queue.running(batch.id)
        assert running is not None
        with caplog.at_level(logging.WARNING, "comfy_assets.runner"):
            release.set()
            await running.ended.wait()
        assert "taken over or changed" in caplog.text
        assert (await ended(studio, batch)).status is ca.BatchStatus.CANCELLED


async def test_an_end_that_meets_another_writer_is_left_to_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The race of the very last step: the other's word stands."""
    async with open_studio() as studio:
        save = studio.repository.batches.save

        async def lose_the_end(
            changed: ca.GenerationBatch, **with_it: Any
        ) -> ca.GenerationBatch:
            if changed.is_finished:
                raise ca.StaleBatchError(changed.id)
            return await save(changed, **with_it)

        studio.repository.batches.save = lose_the_end
        release = anyio.Event()
        studio.comfy.script(hold=release)
        batch = await studio.submit()
        await studio.comfy.wait_executed(1)
        running = studio.system.generation.queue.running(batch.id)
        assert running is not None
        with caplog.at_level(logging.WARNING, "comfy_assets.runner"):
            release.set()
            await running.ended.wait()
    assert "taken over or changed" in caplog.text


async def test_a_claim_that_cannot_be_renewed_for_a_moment_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault of the database costs one renewal; the lease holds for two more."""
    async with open_studio(lease_seconds=0.15) as studio:
        renewed = anyio.Event()
        renew = studio.repository.batches.renew
        calls = 0

        async def fail_once(*args: Any) -> ca.Claim:
            nonlocal calls
            calls += 1
            if calls == 1:
                raise ca.RepositoryError("renew", "away")
            renewed.set()
            claim: ca.Claim = await renew(*args)
            return claim

        studio.repository.batches.renew = fail_once
        studio.comfy.script(hold=renewed)
        with caplog.at_level(logging.WARNING, "comfy_assets.runner"):
            assert len(await studio.painted()) == 1
    assert "Could not renew" in caplog.text


async def test_the_first_image_goes_out_while_the_start_is_being_saved() -> None:
    """A slow repository keeps no server waiting; what it saves stays in turn."""
    async with open_studio() as studio:
        save = studio.repository.batches.save
        saved: list[ca.BatchStatus] = []

        async def save_late(
            changed: ca.GenerationBatch, **with_it: Any
        ) -> ca.GenerationBatch:
            if not saved:
                await studio.comfy.wait_executed(1)
            saved.append(changed.status)
            return await save(changed, **with_it)

        studio.repository.batches.save = save_late
        with anyio.fail_after(5):
            assert len(await studio.painted()) == 1
    assert saved == [ca.BatchStatus.PROCESSING, ca.BatchStatus.COMPLETE]


async def test_a_renewal_that_comes_as_the_end_is_saved_leaves_the_batch_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A batch that is complete has no claim, and nobody took it from us."""
    async with open_studio(lease_seconds=0.15) as studio:
        save = studio.repository.batches.save

        async def save_when_a_renewal_waits(
            changed: ca.GenerationBatch, **with_it: Any
        ) -> ca.GenerationBatch:
            running = studio.system.generation.queue.running(changed.id)
            assert running is not None
            while (  # noqa: ASYNC110 - no event tells of a lock's queue
                changed.is_finished and not running.saving.statistics().tasks_waiting
            ):
                await anyio.sleep(0.005)  # the renewal comes by the clock
            return await save(changed, **with_it)

        studio.repository.batches.save = save_when_a_renewal_waits
        with caplog.at_level(logging.WARNING, "comfy_assets.runner"):
            assert len(await studio.painted()) == 1
    assert caplog.text == ""


async def test_saving_an_image_does_not_shorten_a_renewed_lease() -> None:
    """A batch that runs longer than its lease stays with its worker."""
    async with open_studio(lease_seconds=0.3, prefetch=0) as studio:
        renewed, hold = anyio.Event(), anyio.Event()
        renew = studio.repository.batches.renew
        renewals: list[ca.Claim] = []

        async def note(*args: Any) -> ca.Claim:
            renewals.append(await renew(*args))
            renewed.set()
            return renewals[-1]

        studio.repository.batches.renew = note
        studio.comfy.script(hold=renewed)
        studio.comfy.script(hold=hold)
        async with studio.system.events.subscribe(ca.GenerationProgress) as events:
            batch = await studio.submit(count=2)
            await next_that(events, lambda event: event.completed == 1)
        stored = await studio.repository.batches.get(batch.id)
        hold.set()
        await studio.system.generation.result(batch.id)
    assert stored.completed_count == 1
    assert stored.claim in renewals


async def test_the_claim_holds_until_the_end_is_saved() -> None:
    """A slow disk that is being tidied gives nobody else the batch."""
    async with open_studio(lease_seconds=0.15) as studio:
        renew, delete = studio.repository.batches.renew, studio.images.delete
        tidying, renewed = anyio.Event(), anyio.Event()

        async def note(*args: Any) -> ca.Claim:
            claim: ca.Claim = await renew(*args)
            if tidying.is_set():
                renewed.set()
            return claim

        async def delete_late(key: str) -> None:
            tidying.set()
            await renewed.wait()
            await delete(key)

        studio.repository.batches.renew = note
        studio.images.delete = delete_late
        studio.comfy.script(error=broken())
        with anyio.fail_after(5):
            failed = await ended(studio, await studio.submit())
    assert failed.status is ca.BatchStatus.FAILED


async def test_an_end_that_cannot_be_saved_is_taken_up_when_the_claim_runs_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A database that is away at the end costs delay, not the batch."""
    async with open_studio(lease_seconds=0.1) as studio:
        save = studio.repository.batches.save
        faults = 0

        async def fail_the_end(
            changed: ca.GenerationBatch, **with_it: Any
        ) -> ca.GenerationBatch:
            nonlocal faults
            # Once with the last image, once by itself.
            if changed.is_finished and faults < 2:
                faults += 1
                raise ca.RepositoryError("save", "away")
            return await save(changed, **with_it)

        studio.repository.batches.save = fail_the_end
        with caplog.at_level(logging.WARNING, "comfy_assets.runner"):
            assert len(await studio.painted()) == 1
    assert faults == 2
    assert "could not be ended" in caplog.text
    assert len(studio.comfy.executed) == 1


async def test_storing_that_hangs_fails_the_image(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Storing is shielded, so it has a limit."""
    monkeypatch.setattr(runner_module, "KEEPING_SECONDS", 0.05)
    async with open_studio() as studio:

        async def hang(data: bytes, *, key: str) -> Any:
            del data, key
            await anyio.sleep_forever()

        studio.images.save = hang
        stored = await ended(studio, await studio.submit())
    assert stored.failure is not None
    assert stored.failure.error_type == "ImageStoreError"
    assert "took longer" in stored.failure.message


async def test_a_database_that_hangs_while_saving_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Saving is shielded, so it has a limit; the batch is taken up again later."""
    monkeypatch.setattr(saving_module, "SAVING_SECONDS", 0.05)
    # Longer than both saves may hang, or the batch is taken up between them.
    async with open_studio(lease_seconds=0.5) as studio:
        save = studio.repository.batches.save
        hangs = 2

        async def hang_at_first(
            batch: ca.GenerationBatch, **with_it: Any
        ) -> ca.GenerationBatch:
            nonlocal hangs
            hangs -= 1
            if hangs >= 0:
                await anyio.sleep_forever()
            saved: ca.GenerationBatch = await save(batch, **with_it)
            return saved

        studio.repository.batches.save = hang_at_first
        assert len(await studio.painted()) == 1
    assert "took longer than" in caplog.text


async def test_a_failed_batch_leaves_no_file_without_a_row() -> None:
    """A file that a crash left for a missing image goes when the batch ends."""
    async with open_studio(works=False) as studio:
        await studio.submit()
        claimed = await studio.repository.batches.claim("host", 0)
        batch = await studio.repository.batches.save(claimed.start(claimed.created_at))
        # Here the worker crashes.
        await studio.system.generation.keeper.keep(batch, 0, [output(RED)], seed=1)
        await studio.system.generation.cancel(batch.id)
        path = "portrait/{0:.2}/marcus-{0}.png".format(asset_id_of(batch.id, index=0))
        with pytest.raises(ca.ImageNotFoundError):
            await studio.images.open(path)


# Cancellation at every port call of the runner: the call hangs before or after its
# work while the host cancels the batch or leaves; then what is saved and what was told
# must agree.
CALLS = {
    "workflows.get": lambda s: (s.repository.workflows, "get"),
    "batches.save": lambda s: (s.repository.batches, "save"),
    "assets.find": lambda s: (s.repository.assets, "find"),
    "images.save": lambda s: (s.images, "save"),
    "comfy.execute": lambda s: (s.comfy, "execute"),
}


class Interrupter:
    """Lets the n-th call of a method wait, before or after its work, for a while."""

    def __init__(
        self, target: Any, name: str, *, nth: int, after: bool, release: anyio.Event
    ) -> None:
        self.reached = anyio.Event()
        self._call: Callable[..., Awaitable[Any]] = getattr(target, name)
        self._nth = nth
        self._after = after
        self._release = release
        setattr(target, name, self)

    async def __call__(self, *args: Any, **options: Any) -> Any:
        """Count the call, and wait if it is the n-th."""
        self._nth -= 1
        if self._nth:
            return await self._call(*args, **options)
        if self._after:
            result = await self._call(*args, **options)
        self.reached.set()
        await self._release.wait()
        if not self._after:
            result = await self._call(*args, **options)
        return result


@pytest.mark.parametrize("by", ["host", "shutdown"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("call", list(CALLS))
async def test_what_is_saved_and_what_was_told_agree_after_a_cancellation(
    call: str, nth: int, after: bool, by: str
) -> None:
    """Whichever call a cancellation hits, saved status and told events agree."""
    repository, images = ca.MemoryAssetRepository(), ca.MemoryImageStore()
    release = anyio.Event()
    sink = RecordingEventSink()
    closed = repository.aclose

    async def stay_open() -> None:
        """Let the test look into the repository when the system has closed."""

    repository.aclose = stay_open
    async with open_studio(
        repository=repository, images=images, sinks=[sink], prefetch=0
    ) as studio:
        if call == "workflows.get":
            nth += 1  # the first is the submission's own
        target, name = CALLS[call](studio)
        hang = Interrupter(target, name, nth=nth, after=after, release=release)
        batch = await studio.submit(count=2)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(reached_or_ended, studio, batch, hang, tasks)
        if by == "host":
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(cancel_quietly, studio, batch)
                await wait_all_tasks_blocked()
                release.set()
        else:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(studio.system.generation.queue.stop, 0)
                await wait_all_tasks_blocked()
                release.set()
    stored = await repository.batches.get(batch.id)
    finals = [
        e
        for e in sink.events
        if isinstance(e, ca.BatchEvent)
        and e.batch_id == batch.id
        and not isinstance(e, ca.GenerationQueued | ca.GenerationProgress)
    ]
    expected: dict[ca.BatchStatus, list[type]] = {
        ca.BatchStatus.COMPLETE: [ca.GenerationComplete],
        ca.BatchStatus.CANCELLED: [ca.GenerationCancelled],
        ca.BatchStatus.QUEUED: [],
    }
    assert [type(e) for e in finals] == expected[stored.status]
    assert stored.claim is None
    found = (await repository.assets.find(ca.AssetQuery(batch_id=batch.id))).items
    assert {a.id for a in found} == set(stored.asset_ids)
    for asset in found:
        assert await images.open(asset.file_path)
    await closed()


async def reached_or_ended(
    studio: Studio, batch: ca.GenerationBatch, hang: Interrupter, tasks: Any
) -> None:
    """Return when the call hangs; or when the batch ended since it came less often."""

    async def end() -> None:
        await studio.system.generation.result(batch.id)
        tasks.cancel_scope.cancel()

    tasks.start_soon(end)
    await hang.reached.wait()
    tasks.cancel_scope.cancel()


async def cancel_quietly(studio: Studio, batch: ca.GenerationBatch) -> None:
    """Cancel a batch that may have ended by itself."""
    with suppress(ca.BatchStatusError):
        await studio.system.generation.cancel(batch.id)


async def test_a_shutdown_lets_running_images_finish() -> None:
    """Within the grace a run at the server ends well; the rest goes back into line."""
    repository = ca.MemoryAssetRepository()

    async def stay_open() -> None:
        """Let the test look into the repository when the system has closed."""

    repository.aclose = stay_open
    release = anyio.Event()
    async with open_studio(
        repository=repository, prefetch=0, shutdown_grace_seconds=60
    ) as studio:
        studio.comfy.script(hold=release)
        batch = await studio.submit(count=3)
        await studio.comfy.wait_executed(1)

        async def let_go() -> None:
            await wait_all_tasks_blocked()
            release.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(let_go)
            await studio.system.generation.queue.stop(60)
    stored = await repository.batches.get(batch.id)
    assert stored.status is ca.BatchStatus.QUEUED
    assert stored.completed_count == 1
    assert studio.comfy.cancelled == []


async def test_progress_never_falls_when_a_run_begins_anew() -> None:
    """A transient fault in mid-run starts the run again; the host's bar waits."""
    async with open_studio() as studio:
        fault = ca.ComfyUIUnavailableError(SERVER, "restarted")
        studio.comfy.script(steps=8, error=fault)
        async with studio.system.events.subscribe(
            ca.GenerationProgress, ca.GenerationComplete
        ) as events:
            await studio.submit()
            fractions: list[float] = []
            await next_that(
                events,
                lambda e: (
                    fractions.append(e.fraction)
                    if isinstance(e, ca.GenerationProgress)
                    else True
                ),
            )
        assert fractions == sorted(fractions)
        assert len(studio.comfy.executed) == 2


async def test_style_references_reach_the_graph() -> None:
    """Without a style node the keywords of the reference go into the prompt."""
    async with open_studio() as studio:
        (reference,) = await studio.painted(prompt="ink wash")
        (asset,) = await studio.painted(style_reference_id=reference.id)
        text = studio.comfy.executed[-1].workflow.to_api()["6"]["inputs"]["text"]
    assert text == "a grizzled bartender, in the style of: ink wash"
    assert asset.style_reference_id == reference.id


async def test_style_images_are_uploaded_and_placed() -> None:
    """With a style node the reference's image goes to its LoadImage."""
    async with open_studio() as studio:
        (reference,) = await studio.painted(prompt="ink wash")
        await studio.system.workflows.put("portrait", STYLED)
        await studio.painted(style_reference_id=reference.id)
        placed = studio.comfy.executed[-1].workflow.to_api()["20"]["inputs"]["image"]
        original = await studio.system.assets.open_image(reference.id)
    assert studio.comfy.uploads == {placed: original}
