"""`AssetSystem`: entering, leaving, and what passes through it."""

from __future__ import annotations

import anyio
import pytest
from anyio import wait_all_tasks_blocked

import comfy_assets as ca
from comfy_assets.testing import RecordingEventSink, ScriptedComfyClient
from tests.studio import open_studio

pytestmark = pytest.mark.anyio


async def test_everything_but_the_server_has_a_default() -> None:
    """`AssetSystem(comfy=…)` alone works, in memory."""
    async with ca.AssetSystem(comfy=ScriptedComfyClient()) as system:
        assert await system.assets.count() == 0
        assert (await system.generation.find()).items == ()


@pytest.mark.parametrize("service", ["workflows", "generation", "assets", "health"])
async def test_a_closed_system_says_so(service: str) -> None:
    """Before it is entered and after it was left nothing can be asked of it."""
    system = ca.AssetSystem(comfy=ScriptedComfyClient())
    with pytest.raises(ca.SystemClosedError, match="async with"):
        getattr(system, service)
    async with system:
        getattr(system, service)
    with pytest.raises(ca.SystemClosedError):
        getattr(system, service)


@pytest.mark.parametrize(
    "option, value",
    [
        ("prefetch", -1),
        ("lease_seconds", 0),
        ("poll_seconds", 0),
        ("shutdown_grace_seconds", -1),
        ("lease_seconds", float("nan")),
    ],
)
def test_numbers_out_of_range_are_refused(option: str, value: float) -> None:
    """The option and its least value are told."""
    with pytest.raises(ca.InvalidRequestError, match=f"{option}: must be .* or more"):
        ca.AssetSystem(comfy=ScriptedComfyClient(), **{option: value})


async def test_the_hosts_own_error_comes_out_as_it_was_raised() -> None:
    """No exception group stands around what the host raised inside."""
    cause = KeyError("cause")
    with pytest.raises(ZeroDivisionError) as caught:
        async with open_studio():
            raise ZeroDivisionError from cause
    assert caught.value.__cause__ is cause


async def test_several_errors_at_once_come_out_together() -> None:
    """Nothing that went wrong is hidden."""

    async def fail() -> None:
        raise KeyError

    async def fail_twice() -> None:
        async with open_studio(), anyio.create_task_group() as tasks:
            tasks.start_soon(fail)
            tasks.start_soon(fail)

    with pytest.raises(ExceptionGroup) as caught:
        await fail_twice()
    assert len(caught.value.exceptions) == 2


async def test_a_database_that_cannot_be_opened_is_told_at_once() -> None:
    """The host meets our own error when it enters the system."""
    repository = ca.MemoryAssetRepository()
    await repository.aclose()
    with pytest.raises(ca.RepositoryError):
        async with ca.AssetSystem(comfy=ScriptedComfyClient(), repository=repository):
            pytest.fail("the system must not open")


async def test_sinks_hear_what_the_hub_tells_until_the_end() -> None:
    """A sink reads what is left when the host leaves; then the system closes."""
    sink = RecordingEventSink()
    async with open_studio(sinks=[sink], shutdown_grace_seconds=5) as studio:
        await studio.painted()
    assert isinstance(sink.events[-1], ca.GenerationComplete)


async def test_a_sink_that_hangs_does_not_hold_the_host_for_ever() -> None:
    """After the grace period the sink is cancelled."""

    class Hanging(ca.EventSink):
        async def publish(self, event: ca.AnyEvent) -> None:
            await anyio.sleep_forever()

    with anyio.fail_after(5):
        async with open_studio(sinks=[Hanging()], shutdown_grace_seconds=0.01) as it:
            await it.submit()


async def test_a_host_that_is_cancelled_leaves_its_batch_in_line() -> None:
    """No grace for who wants out: the run is taken from the server."""
    repository = ca.MemoryAssetRepository()

    async def stay_open() -> None:
        """Let the test look into the repository when the system has closed."""

    repository.aclose = stay_open
    comfy = ScriptedComfyClient()
    comfy.script(hold=anyio.Event())
    with anyio.CancelScope() as scope:
        async with open_studio(
            comfy=comfy, repository=repository, shutdown_grace_seconds=3600
        ) as studio:
            batch = await studio.submit()
            await comfy.wait_executed(1)
            scope.cancel()
            await wait_all_tasks_blocked()
    stored = await repository.batches.get(batch.id)
    assert (stored.status, stored.claim) == (ca.BatchStatus.QUEUED, None)
    assert len(comfy.cancelled) == 1


async def test_subscribers_end_when_the_system_closes() -> None:
    """A reader's loop ends by itself."""
    async with anyio.create_task_group() as tasks, open_studio() as studio:

        async def read() -> None:
            async with studio.system.events.subscribe() as events:
                async for _ in events:
                    pass

        tasks.start_soon(read)
        await wait_all_tasks_blocked()
