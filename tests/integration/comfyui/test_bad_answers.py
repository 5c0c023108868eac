"""A server that answers badly for a while costs nothing, and for good is given up."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest

from comfy_assets.adapters.comfyui import ComfyUIClient, ComfyUITimeouts
from comfy_assets.domain.identity import PromptId
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import (
    ComfyUIError,
    ComfyUITimeoutError,
    ComfyUIUnavailableError,
    ExecutionError,
)
from comfy_assets.simulator import ComfyUISimulator
from tests.comfyui_graphs import image_graph, sampler_graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from comfy_assets.ports.comfy import OutputImage

pytestmark = pytest.mark.anyio

_LIMIT_SECONDS = 15.0
_numbers = count(1)


@pytest.fixture
def server() -> Iterator[ComfyUISimulator]:
    """Run a simulator."""
    with ComfyUISimulator(run_seconds=0.1) as server:
        yield server


async def _execute(
    client: ComfyUIClient, *, prompt_id: str | None = None
) -> Sequence[OutputImage]:
    workflow = Workflow.from_api(image_graph(color=next(_numbers)))
    with anyio.fail_after(_LIMIT_SECONDS):
        return await client.execute(
            workflow, prompt_id=PromptId(prompt_id or str(uuid4()))
        )


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("route", ["/prompt", "/view", "/queue", "/jobs", None])
async def test_two_errors_of_the_server_cost_nothing(
    server: ComfyUISimulator, route: str | None, status: int
) -> None:
    """A 5xx that does not last is asked again, on every route."""
    async with ComfyUIClient(server.url) as client:
        await client.check_health()
        server.faults.fail(status, times=2, route=route)
        assert await _execute(client)
    assert len(server.executed) == 1, "the run was queued twice"


async def test_a_server_that_fails_at_every_post_is_given_up(
    server: ComfyUISimulator,
) -> None:
    """A 500 that repeats on POST /prompt raises without waiting for the limit."""
    async with ComfyUIClient(server.url) as client:
        server.faults.fail(500, times=50, route="/prompt")
        with pytest.raises(ComfyUIUnavailableError):
            await _execute(client)


async def test_a_truncated_image_is_fetched_again(server: ComfyUISimulator) -> None:
    """An image whose bytes stop half-way is not taken for whole."""
    async with ComfyUIClient(server.url) as client:
        server.faults.truncate("/view", times=2)
        (image,) = await _execute(client)
    assert image.data.endswith(b"IEND\xaeB`\x82")


async def test_a_post_whose_answer_is_lost_is_not_repeated(
    server: ComfyUISimulator,
) -> None:
    """A run that arrived although its POST failed is attached to."""
    async with ComfyUIClient(server.url) as client:
        await client.check_health()
        server.faults.truncate("/prompt", times=1)
        assert await _execute(client)
    assert len(server.executed) == 1


async def test_a_server_that_answers_nothing_is_given_up(
    server: ComfyUISimulator,
) -> None:
    """`ComfyUITimeoutError` comes when requests are taken but not answered."""
    timeouts = ComfyUITimeouts(
        history_seconds=0.2, queue_seconds=0.2, unreachable_seconds=0.5
    )
    async with ComfyUIClient(server.url, timeouts=timeouts) as client:
        server.faults.stall_http()
        with pytest.raises(ComfyUITimeoutError):
            await _execute(client)
        server.faults.clear()


async def test_a_page_in_the_place_of_comfyui_is_told(
    server: ComfyUISimulator,
) -> None:
    """A 404 where ComfyUI should be raises an error that is not worth a retry."""
    async with ComfyUIClient(f"{server.url}/elsewhere") as client:
        with pytest.raises(ComfyUIError) as caught:
            await _execute(client)
    assert not caught.value.transient


async def test_a_forgotten_line_is_noticed() -> None:
    """A waiting run that somebody cleared away ends as no longer known."""
    timeouts = ComfyUITimeouts(poll_seconds=0.2)
    # Long enough that the first run is at work while the second is forgotten.
    with ComfyUISimulator(run_seconds=6) as server:
        await _forget_line(server, ComfyUIClient(server.url, timeouts=timeouts))


async def _forget_line(server: ComfyUISimulator, client: ComfyUIClient) -> None:
    async with client:
        raised: list[ComfyUIUnavailableError] = []

        async def run() -> None:
            try:
                await _execute(client)
            except ComfyUIUnavailableError as e:
                raised.append(e)

        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(run)
            while (await client.check_health()).queue_remaining != 2:
                pass
            server.faults.forget_queue()
    assert len(raised) == 1
    assert "no longer knows" in str(raised[0])


async def test_a_failed_run_can_be_run_again_at_once(
    server: ComfyUISimulator,
) -> None:
    """Running anew right after the error does not meet the old run's end."""
    prompt_id = str(uuid4())
    async with ComfyUIClient(server.url) as client:
        for number in range(5):
            server.faults.fail_next_run(f"boom {number}")
            with pytest.raises(ExecutionError, match=f"boom {number}"):
                await _execute(client, prompt_id=prompt_id)
        assert await _execute(client, prompt_id=prompt_id)


async def test_images_over_the_websocket_are_returned(
    server: ComfyUISimulator,
) -> None:
    """`SaveImageWebsocket` gives images though nothing is saved, also when repeated."""
    graph = sampler_graph(seed=next(_numbers))
    graph["9"] = {"class_type": "SaveImageWebsocket", "inputs": {"images": ["8", 0]}}
    workflow, prompt_id = Workflow.from_api(graph), PromptId(str(uuid4()))
    async with ComfyUIClient(server.url) as client:
        for _ in range(2):
            with anyio.fail_after(_LIMIT_SECONDS):
                (image,) = await client.execute(workflow, prompt_id=prompt_id)
            assert image.data.startswith(b"\x89PNG")
            assert image.node_id == "9"


async def test_a_host_whose_callback_raises_leaves_no_run_behind() -> None:
    """An error of the host's own passes as it is, and the run is taken back."""

    def fail(_: object) -> None:
        message = "a fault of the host"
        raise ZeroDivisionError(message)

    workflow = Workflow.from_api(sampler_graph(seed=next(_numbers)))
    with ComfyUISimulator(run_seconds=5) as server:
        async with ComfyUIClient(server.url) as client:
            with pytest.raises(ZeroDivisionError):
                await client.execute(
                    workflow, prompt_id=PromptId(str(uuid4())), on_progress=fail
                )
            with anyio.fail_after(_LIMIT_SECONDS):
                while (await client.check_health()).queue_remaining:
                    pass
        assert server.executed[-1].outcome == "interrupted"


async def test_a_client_that_is_not_open_says_so(server: ComfyUISimulator) -> None:
    """Calls before and after the ``async with`` raise our error, and it opens again."""
    client = ComfyUIClient(server.url)
    for _ in range(2):
        with pytest.raises(ComfyUIError, match="async with"):
            await client.check_health()
        async with client:
            assert (await client.check_health()).version
            with pytest.raises(ComfyUIError, match="entered already"):
                await client.__aenter__()


async def test_a_host_meets_its_own_errors_unwrapped(
    server: ComfyUISimulator,
) -> None:
    """What the block raises leaves the ``async with`` as it is, in no group."""
    with pytest.raises(KeyError):
        async with ComfyUIClient(server.url):
            raise KeyError
