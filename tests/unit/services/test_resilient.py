"""`ResilientComfyClient`: retries, breaker, told states; in virtual time."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio import wait_all_tasks_blocked
from trio.testing import MockClock

import comfy_assets as ca
from comfy_assets.domain.identity import new_batch_id
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.ports.comfy import ComfyClient, ComfyUIHealth
from comfy_assets.services.resilient import ResilientComfyClient
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.studio import GRAPH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

pytestmark = pytest.mark.anyio

SERVER = "scripted:"
AWAY = ca.ComfyUIUnavailableError(SERVER, "it does not answer.")


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """Run on trio, whose clock jumps: waits of minutes cost nothing."""
    return ("trio", {"clock": MockClock(autojump_threshold=0)})


class Bench:
    """A resilient client around a scripted one, and what was told."""

    def __init__(self, client: ComfyClient | None = None, **breaker: Any) -> None:
        self.told: list[ca.ComfyUIStateChanged] = []
        self.comfy = ScriptedComfyClient(runs_at_once=9)
        self.client = ResilientComfyClient(
            client or self.comfy,
            retry=ca.RetryPolicy(jitter=0.0),
            breaker=ca.CircuitBreaker(**breaker),
            publish=self.told.append,
            rng=random.Random(1),
        )

    async def run(self) -> Any:
        """Execute a small graph under a new id."""
        return await self.client.execute(
            Workflow.from_api(GRAPH), prompt_id=ca.PromptId(new_batch_id())
        )

    @property
    def states(self) -> list[ca.ComfyUIState]:
        """The states told, in order."""
        return [event.state for event in self.told]


async def seconds_of(call: Callable[[], Awaitable[Any]]) -> float:
    """Return how long a call takes, in virtual time."""
    began = anyio.current_time()
    await call()
    return anyio.current_time() - began


async def test_a_transient_fault_is_retried_after_growing_waits() -> None:
    """5, 15 and 45 seconds, then the run succeeds."""
    bench = Bench()
    bench.comfy.script(error=AWAY, times=3)
    assert await seconds_of(bench.run) == pytest.approx(65)
    assert len({run.prompt_id for run in bench.comfy.executed}) == 1


async def test_after_the_last_try_the_fault_is_told() -> None:
    """Three retries, then the error itself."""
    bench = Bench()
    bench.comfy.script(error=AWAY, times=4)
    with pytest.raises(ca.ComfyUIUnavailableError, match="does not answer"):
        await bench.run()
    assert len(bench.comfy.executed) == 4


async def test_what_is_no_transient_fault_is_told_at_once() -> None:
    """A node that raised is not retried and shows that the server is up."""
    bench = Bench(failure_threshold=1)
    error = ca.ExecutionError(SERVER, node_id="3", class_type="K", message="oom")
    bench.comfy.script(error=error)
    with pytest.raises(ca.ExecutionError):
        await bench.run()
    assert len(bench.comfy.executed) == 1
    assert bench.states == [ca.ComfyUIState.CONNECTED]


async def test_uploads_and_the_catalogue_are_retried_too() -> None:
    """Every call to the server is."""
    bench = Bench()

    class Once(ScriptedComfyClient):
        calls = 0

        async def _require_server(self) -> None:
            self.calls += 1
            if self.calls % 2:
                raise AWAY

    bench = Bench(Once(object_info={"KSampler": {}}))
    assert await bench.client.upload_image(b"x", filename="a.png") == "a.png"
    assert await bench.client.object_info() == {"KSampler": {}}


async def test_repeated_failures_open_the_circuit_and_nothing_more_is_sent() -> None:
    """While it is open the capacity is 0 and health is refused with the wait."""
    bench = Bench(failure_threshold=2, open_seconds=60)
    bench.comfy.script(error=AWAY, times=2)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bench.run)
        await anyio.sleep(10)  # virtual time
        assert len(bench.comfy.executed) == 2
        assert await bench.client.capacity() == 0
        with pytest.raises(ca.CircuitOpenError) as caught:
            await bench.client.check_health()
        assert caught.value.retry_in == pytest.approx(55)
    assert len(bench.comfy.executed) == 3
    assert await bench.client.capacity() == 9
    opened = bench.told[0]
    assert (opened.state, opened.retry_in) == (ca.ComfyUIState.CIRCUIT_OPEN, 60)
    assert bench.states[-1] is ca.ComfyUIState.CONNECTED


async def test_a_health_check_probes_before_any_run_is_sent() -> None:
    """A server that is still away meets no run; its failed probes use up the tries."""
    bench = Bench(failure_threshold=1, open_seconds=60)
    bench.comfy.state = ca.ComfyUIState.DISCONNECTED
    with pytest.raises(ca.ComfyUIUnavailableError):
        await bench.run()
    assert bench.comfy.executed == []
    assert len(bench.told) == 4
    assert {e.state for e in bench.told} == {ca.ComfyUIState.CIRCUIT_OPEN}


async def test_only_one_probe_is_out_at_a_time() -> None:
    """Many calls wait for the verdict of one health check."""
    probing = anyio.Event()
    probes = 0

    class Slow(ScriptedComfyClient):
        async def check_health(self) -> ComfyUIHealth:
            nonlocal probes
            probes += 1
            await probing.wait()
            return await super().check_health()

    slow = Slow(runs_at_once=9)
    bench = Bench(slow, failure_threshold=1, open_seconds=60)
    slow.script(error=AWAY)
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(bench.run)
        await anyio.sleep(100)  # virtual time, as in all of this file
        assert probes == 1
        probing.set()
    assert probes == 1


async def test_retry_now_ends_all_waits() -> None:
    """A person who started the server does not wait for the interval."""
    bench = Bench(failure_threshold=1, open_seconds=3600)
    bench.comfy.script(error=AWAY)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(bench.run)
        await wait_all_tasks_blocked()
        began = anyio.current_time()
        health = await bench.client.retry_now()
    assert anyio.current_time() - began < 1
    assert health.state is ca.ComfyUIState.CONNECTED
    assert len(bench.comfy.executed) == 2


async def test_retry_now_tells_when_the_server_is_still_away() -> None:
    """The circuit opens again, with its wait."""
    bench = Bench(failure_threshold=1)
    bench.comfy.state = ca.ComfyUIState.DISCONNECTED
    for _ in range(2):
        with pytest.raises(ca.ComfyUIUnavailableError):
            await bench.client.retry_now()
    assert bench.states == [ca.ComfyUIState.CIRCUIT_OPEN] * 2


async def test_a_cancelled_call_gives_no_verdict() -> None:
    """Cancelling a probe frees its place: the next call probes."""
    hang = True

    class Hanging(ScriptedComfyClient):
        async def check_health(self) -> ComfyUIHealth:
            if hang:
                await anyio.sleep_forever()
            return await super().check_health()

    hanging = Hanging(runs_at_once=9)
    bench = Bench(hanging, failure_threshold=1, open_seconds=60)
    hanging.script(error=AWAY)
    with anyio.move_on_after(100):
        await bench.run()
    hang = False
    await bench.run()
    assert bench.client.state is ca.ComfyUIState.CONNECTED


async def test_cancelling_a_run_leaves_the_circuit_as_it_is() -> None:
    """No verdict, no state, and the cancellation goes on."""
    bench = Bench()
    bench.comfy.script(hold=anyio.Event())
    with anyio.move_on_after(1) as scope:
        await bench.run()
    assert scope.cancelled_caught
    assert len(bench.comfy.cancelled) == 1
    assert bench.told == []


async def test_health_is_asked_once_in_five_seconds() -> None:
    """A cached answer costs the server nothing."""
    bench = Bench()
    async with bench.client:
        first = await bench.client.check_health()
        assert await bench.client.check_health() is first
        await anyio.sleep(5)  # virtual time
        assert await bench.client.check_health() is not first


async def test_the_clients_word_on_its_state_is_told() -> None:
    """A lost socket is degraded; the same word twice is told once."""
    bench = Bench()
    async with bench.client:
        assert bench.client.server == SERVER
        assert bench.client.state is ca.ComfyUIState.DISCONNECTED
        for state in (ca.ComfyUIState.DEGRADED, ca.ComfyUIState.CONNECTED):
            bench.comfy.on_state_change(state, "word")
            bench.comfy.on_state_change(state, "word")
    assert bench.states == [ca.ComfyUIState.DEGRADED, ca.ComfyUIState.CONNECTED]
    assert bench.told[0].message == "word"


async def test_an_open_circuit_outweighs_the_clients_word() -> None:
    """Who is left alone is not told as disconnected."""
    bench = Bench(failure_threshold=1)
    async with bench.client:
        with anyio.move_on_after(1):
            bench.comfy.script(error=AWAY)
            await bench.run()
        bench.comfy.on_state_change(ca.ComfyUIState.DISCONNECTED, "gone")
    assert bench.client.state is ca.ComfyUIState.CIRCUIT_OPEN
