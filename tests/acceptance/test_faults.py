"""What goes wrong between library and server ends by itself, with each image once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest

import comfy_assets as ca
from comfy_assets.simulator import ComfyUISimulator
from tests.acceptance.faulty_places import FaultyComfyUI, FaultySimulator
from tests.acceptance.host import assert_gallery, host, portraits
from tests.servers.proxy import TcpProxy
from tests.studio import next_that

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.acceptance.faulty_places import FaultyPlace
    from tests.servers.comfyui import RealComfyUI

# A real server that is restarted takes its time.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(150, func_only=True)]

COUNT = 4
#: Far more than a job takes, also on a machine with much else to do.
LIMIT_SECONDS = 60.0
QUICK = ca.ComfyUITimeouts(poll_seconds=0.5, socket_seconds=1.0)
#: Limits of a host that does not want to wait long for a server that is gone.
IMPATIENT = ca.ComfyUITimeouts(
    poll_seconds=0.5, socket_seconds=0.5, unreachable_seconds=1.0
)


class Faults:
    """Each fault strikes a batch at work; subclasses choose the server."""

    @pytest.fixture
    def place(self) -> FaultyPlace:
        """Give the server; to override."""
        raise NotImplementedError

    async def painted(
        self, place: FaultyPlace, folder: Path, strike: Callable[[], None]
    ) -> list[ca.Event]:
        """Paint a batch that a fault strikes; check what is left, return the events."""
        async with (
            host(folder, place.url, timeouts=QUICK) as system,
            system.events.subscribe() as events,
        ):
            await system.workflows.put("portrait", place.graph())
            batch = await system.generation.submit(portraits(COUNT))
            told: list[ca.Event] = []
            has_struck = False
            with anyio.fail_after(LIMIT_SECONDS):
                async for event in events:
                    told.append(event)
                    if not has_struck and _is_under_way(event):
                        has_struck = True
                        await anyio.to_thread.run_sync(strike)
                    if isinstance(event, (ca.GenerationComplete, ca.GenerationFailed)):
                        break

            last = told[-1]
            assert isinstance(last, ca.GenerationComplete), last
            ended = await system.generation.get(batch.id)
            assert ended.status is ca.BatchStatus.COMPLETE
            assert last.assets == await system.generation.result(batch.id)
            fractions = [
                e.fraction for e in told if isinstance(e, ca.GenerationProgress)
            ]
            assert fractions == sorted(fractions)
            assert [e for e in events.poll() if isinstance(e, ca.BatchEvent)] == []
        repository = ca.SqliteAssetRepository(folder / "game.db")
        try:
            await assert_gallery(repository.assets, folder, indexes=list(range(COUNT)))
        finally:
            await repository.aclose()
        return told

    async def test_a_socket_that_is_cut_comes_back(
        self, place: FaultyPlace, tmp_path: Path
    ) -> None:
        """A batch does not notice that the WebSocket broke and was opened again."""
        await self.painted(place, tmp_path, place.cut_sockets)

    async def test_a_batch_goes_on_without_a_socket(
        self, place: FaultyPlace, tmp_path: Path
    ) -> None:
        """Where no WebSocket gets through any more the batch goes on by asking."""
        told = await self.painted(
            place, tmp_path, lambda: place.cut_sockets(refuse=True)
        )
        assert ca.ComfyUIState.DEGRADED in _states(told)

    async def test_a_socket_that_says_nothing_is_not_believed(
        self, place: FaultyPlace, tmp_path: Path
    ) -> None:
        """While the WebSocket is silent the server is asked, and the batch goes on."""
        await self.painted(place, tmp_path, place.mute_sockets)

    @pytest.mark.parametrize("seconds", [0.5, 2.0])
    async def test_a_network_that_is_away_for_a_moment_does_no_harm(
        self, place: FaultyPlace, tmp_path: Path, seconds: float
    ) -> None:
        """All connections break and none gets through for a moment: then it goes on."""
        await self.painted(place, tmp_path, lambda: place.blip(seconds))

    async def test_a_server_that_forgot_its_line_paints_it_again(
        self, place: FaultyPlace, tmp_path: Path
    ) -> None:
        """After a restart of the server each image is delivered, and once."""
        await self.painted(place, tmp_path, place.restart)

    async def test_a_server_that_is_gone_fails_the_batch_in_time(
        self, place: FaultyPlace, tmp_path: Path
    ) -> None:
        """After the limit, and not before, the batch fails with a sentence for people.

        What was finished stays, and nothing else lies in the folder.
        """
        retry = ca.RetryPolicy(max_retries=1, base_seconds=0.05, jitter=0.0)
        async with (
            host(tmp_path, place.url, timeouts=IMPATIENT, retry=retry) as system,
            system.events.subscribe() as events,
        ):
            await system.workflows.put("portrait", place.graph())
            batch = await system.generation.submit(portraits(COUNT))
            with anyio.fail_after(LIMIT_SECONDS):
                await next_that(events, _is_under_way)
                await anyio.to_thread.run_sync(place.die)
                begun = time.monotonic()
                failed = await next_that(
                    events,
                    lambda event: isinstance(
                        event, (ca.GenerationFailed, ca.GenerationComplete)
                    ),
                )
                passed = time.monotonic() - begun

            assert isinstance(failed, ca.GenerationFailed), failed
            assert passed >= IMPATIENT.unreachable_seconds
            assert failed.error_type == "ComfyUIUnavailableError"
            assert place.url in failed.error
            assert "Is the server running?" in failed.error
            ended = await system.generation.get(batch.id)
            assert ended.status is ca.BatchStatus.FAILED
            assert ended.error_message == failed.error
            indexes = sorted(ended.completed_indexes)
            assert len(indexes) < COUNT
        repository = ca.SqliteAssetRepository(tmp_path / "game.db")
        try:
            await assert_gallery(repository.assets, tmp_path, indexes=indexes)
        finally:
            await repository.aclose()


def _is_under_way(event: ca.AnyEvent) -> bool:
    """Tell whether one image is stored, so that the next is at work."""
    return isinstance(event, ca.GenerationProgress) and event.completed >= 1


def _states(events: list[ca.Event]) -> list[ca.ComfyUIState]:
    return [e.state for e in events if isinstance(e, ca.ComfyUIStateChanged)]


class TestFaultsOfTheSimulator(Faults):
    """All faults, and what only the simulator can tell."""

    @pytest.fixture
    def simulator(self) -> Iterator[ComfyUISimulator]:
        """Run a server."""
        with ComfyUISimulator(run_seconds=0.3) as running:
            yield running

    @pytest.fixture
    def place(self, simulator: ComfyUISimulator) -> FaultySimulator:
        """Give the simulator."""
        return FaultySimulator(simulator)

    async def test_no_fault_of_the_network_paints_an_image_twice(
        self, simulator: ComfyUISimulator, place: FaultySimulator, tmp_path: Path
    ) -> None:
        """Runs that went on behind a broken network are found again, not repeated."""
        await self.painted(place, tmp_path, lambda: place.blip(1.0))

        assert [run.outcome for run in simulator.executed] == ["success"] * COUNT

    async def test_an_image_that_breaks_off_is_fetched_again(
        self, simulator: ComfyUISimulator, place: FaultySimulator, tmp_path: Path
    ) -> None:
        """Half an image is never stored: the rest is asked for, without a new run."""
        await self.painted(
            place, tmp_path, lambda: simulator.faults.truncate("/view", times=2)
        )

        assert [run.outcome for run in simulator.executed] == ["success"] * COUNT

    async def test_a_server_that_answers_with_errors_is_asked_again(
        self, simulator: ComfyUISimulator, place: FaultySimulator, tmp_path: Path
    ) -> None:
        """A few answers of 500 in a row cost time, and no image."""
        await self.painted(place, tmp_path, lambda: simulator.faults.fail(500, times=3))

        assert [run.outcome for run in simulator.executed] == ["success"] * COUNT

    async def test_a_server_that_was_gone_is_told_and_told_again_when_it_is_back(
        self, place: FaultySimulator, tmp_path: Path
    ) -> None:
        """A host learns that the server is away, and that it is there again."""
        told = await self.painted(place, tmp_path, lambda: place.blip(2.0))

        states = _states(told)
        away = states.index(ca.ComfyUIState.DISCONNECTED)
        assert states[away + 1 :]
        assert ca.ComfyUIState.DISCONNECTED not in states[away + 1 :]


class TestFaultsOfARealServer(Faults):
    """All faults, with ComfyUI 0.3.75 behind a proxy."""

    @pytest.fixture
    def place(self, comfyui_0_3_75: RealComfyUI) -> Iterator[FaultyComfyUI]:
        """Give a proxy before the server."""
        with TcpProxy(comfyui_0_3_75.url) as proxy:
            yield FaultyComfyUI(comfyui_0_3_75, proxy)
