"""A run ends right by itself whatever breaks between the client and the server."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import anyio
import anyio.to_thread
import pytest

from comfy_assets.adapters.comfyui import ComfyUIClient, ComfyUITimeouts
from comfy_assets.domain.events import ComfyUIState
from comfy_assets.domain.identity import PromptId
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import ComfyUITimeoutError, ComfyUIUnavailableError
from comfy_assets.simulator import ComfyUISimulator
from tests.comfyui_graphs import blurred_graph, sampler_graph
from tests.servers.comfyui import RealComfyUI
from tests.servers.proxy import TcpProxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from comfy_assets.ports.comfy import OutputImage

pytestmark = pytest.mark.anyio

_LIMIT_SECONDS: Final = 30.0
_BLIP_SECONDS: Final = 2.0


@pytest.fixture(scope="module")
def seeds() -> Iterator[int]:
    """Number the graphs: one that was run before would come from the cache."""
    return iter(range(1, 10_000))


class Scene:
    """A server, a proxy before it, and a client that knows only the proxy."""

    def __init__(
        self,
        server: ComfyUISimulator | RealComfyUI,
        proxy: TcpProxy,
        graph: Callable[[int], dict[str, Any]],
    ) -> None:
        self.server = server
        self.proxy = proxy
        self.client = ComfyUIClient(proxy.url)
        self.states: list[ComfyUIState] = []
        self._graph = graph

    def workflow(self, seed: int) -> Workflow:
        """Return a workflow that takes about a second."""
        return Workflow.from_api(self._graph(seed))

    @asynccontextmanager
    async def running(
        self, seed: int, **limits: float
    ) -> AsyncIterator[list[Sequence[OutputImage] | ComfyUIUnavailableError]]:
        """Start a run, enter the block while it is at work, and wait for its end."""
        ended: list[Sequence[OutputImage] | ComfyUIUnavailableError] = []
        at_work = anyio.Event()
        timeouts = ComfyUITimeouts(**({"poll_seconds": 1.0} | limits))
        self.client = ComfyUIClient(
            self.proxy.url,
            timeouts=timeouts,
            on_state_change=lambda state, _: self.states.append(state),
        )

        async def run() -> None:
            try:
                images = await self.client.execute(
                    self.workflow(seed),
                    prompt_id=PromptId(str(uuid4())),
                    on_progress=lambda _: at_work.set(),
                )
                ended.append(images)
            except ComfyUIUnavailableError as e:
                ended.append(e)

        with anyio.fail_after(_LIMIT_SECONDS):
            async with self.client, anyio.create_task_group() as tasks:
                tasks.start_soon(run)
                await at_work.wait()
                yield ended


@contextmanager
def _simulated() -> Iterator[Scene]:
    with (
        ComfyUISimulator(run_seconds=1.0) as server,
        TcpProxy(server.url) as proxy,
    ):
        yield Scene(server, proxy, lambda seed: sampler_graph(seed=seed))


@pytest.fixture(
    params=[
        "simulator",
        pytest.param("real", marks=pytest.mark.external_service(of="comfyui")),
    ]
)
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    """Set the scene with the simulator, and with ComfyUI 0.3.75."""
    if request.param == "simulator":
        with _simulated() as scene:
            yield scene
        return
    server: RealComfyUI = request.getfixturevalue("comfyui_0_3_75")
    with TcpProxy(server.url) as proxy:
        yield Scene(server, proxy, lambda color: blurred_graph(color=color, times=5))


async def test_a_cut_websocket_costs_nothing(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """The image comes when the WebSocket breaks during the run."""
    async with scene.running(next(seeds)) as ended:
        scene.proxy.cut_websockets()
    assert _is_image(ended)


async def test_a_refused_websocket_leaves_polling(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """The image comes when the WebSocket breaks and none can be opened any more."""
    async with scene.running(next(seeds)) as ended:
        scene.proxy.cut_websockets(refuse=True)
    assert _is_image(ended)
    assert ComfyUIState.DEGRADED in scene.states


async def test_a_silent_websocket_is_not_believed(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """The image comes when the WebSocket stays open but nothing comes over it."""
    async with scene.running(next(seeds)) as ended:
        scene.proxy.mute_websockets()
    assert _is_image(ended)


async def test_a_blip_of_everything_costs_nothing(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """The image comes when nothing gets through for two seconds."""
    async with scene.running(next(seeds)) as ended:
        scene.proxy.refuse_all()
        await anyio.sleep(_BLIP_SECONDS)  # the blip itself
        scene.proxy.accept_all()
    assert _is_image(ended)


async def test_a_run_can_be_posted_during_a_blip(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """A call that begins while nothing gets through waits, and gives its image."""
    scene.proxy.refuse_all()
    found: list[Sequence[OutputImage]] = []

    async def run() -> None:
        found.append(
            await scene.client.execute(
                scene.workflow(next(seeds)), prompt_id=PromptId(str(uuid4()))
            )
        )

    with anyio.fail_after(_LIMIT_SECONDS):
        async with scene.client, anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            await anyio.sleep(_BLIP_SECONDS / 4)  # the blip itself
            scene.proxy.accept_all()
    assert found


async def test_a_server_gone_for_good_is_given_up(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """`ComfyUIUnavailableError` comes when the server stays away beyond the limit."""
    async with scene.running(next(seeds), unreachable_seconds=0.5) as ended:
        scene.proxy.refuse_all()
    assert isinstance(ended[0], ComfyUIUnavailableError)
    assert scene.states[-1] is ComfyUIState.DISCONNECTED


@pytest.mark.timeout(60)
async def test_a_restarted_server_has_forgotten_the_run(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """`ComfyUIUnavailableError` says so, and calling again gives the image."""
    with anyio.fail_after(2 * _LIMIT_SECONDS):
        async with scene.client:
            workflow, prompt_id = scene.workflow(next(seeds)), PromptId(str(uuid4()))
            at_work = anyio.Event()
            raised: list[ComfyUIUnavailableError] = []

            async def run() -> None:
                try:
                    await scene.client.execute(
                        workflow,
                        prompt_id=prompt_id,
                        on_progress=lambda _: at_work.set(),
                    )
                except ComfyUIUnavailableError as e:
                    raised.append(e)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(run)
                await at_work.wait()
                await anyio.to_thread.run_sync(scene.server.restart)
            assert "no longer knows" in str(raised[0])
            assert await scene.client.execute(workflow, prompt_id=prompt_id)


async def test_a_run_that_does_not_get_on_is_interrupted(
    scene: Scene, seeds: Iterator[int]
) -> None:
    """`ComfyUITimeoutError` comes, and the server is free, after the stall limit."""
    async with scene.running(
        next(seeds), poll_seconds=0.2, stall_seconds=0.05
    ) as ended:
        pass
    assert isinstance(ended[0], ComfyUITimeoutError)


def _is_image(ended: Sequence[Sequence[OutputImage] | ComfyUIUnavailableError]) -> bool:
    outcome = ended[0]
    return not isinstance(outcome, ComfyUIUnavailableError) and bool(outcome[0].data)
