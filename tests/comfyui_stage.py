"""The stage of the client suite for servers over HTTP: real ones and the simulator."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import httpx

from comfy_assets.domain.workflows.graph import Workflow
from tests.comfyui_graphs import (
    broken_graph,
    escaping_graph,
    half_broken_graph,
    image_graph,
    latent_graph,
    sampler_graph,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.adapters.comfyui import ComfyUIClient
    from comfy_assets.domain.identity import PromptId

#: Colours of this process's pictures: a graph seen before would come from the cache.
_colors = count(1)
_POLL_SECONDS = 0.02


class HttpStage:
    """A client of a server over HTTP, and a bare look at that server beside it."""

    def __init__(
        self,
        client: ComfyUIClient,
        http: httpx.AsyncClient,
        *,
        slow_graph: Callable[[int], dict[str, Any]],
        take_away: Callable[[], None],
    ) -> None:
        self.client = client
        self._http = http
        self._slow_graph = slow_graph
        self._take_away = take_away

    def quick(self) -> Workflow:
        """Return a graph with a picture of its own."""
        return Workflow.from_api(image_graph(color=next(_colors)))

    def slow(self) -> Workflow:
        """Return the slow graph with a colour or seed of its own."""
        return Workflow.from_api(self._slow_graph(next(_colors)))

    def let_slow_end(self) -> None:
        """Do nothing: they end by themselves."""

    def failing(self) -> Workflow:
        """Return one whose SaveImage raises."""
        return Workflow.from_api(escaping_graph(color=next(_colors)))

    def rejected(self) -> Workflow:
        """Return one without a width."""
        return Workflow.from_api(broken_graph(color=next(_colors)))

    def partly_rejected(self) -> Workflow:
        """Return one of whose two outputs one has no width."""
        return Workflow.from_api(half_broken_graph(color=next(_colors)))

    def imageless(self) -> Workflow:
        """Return one that saves a latent."""
        return Workflow.from_api(latent_graph(color=next(_colors)))

    def previewing(self) -> Workflow:
        """Return one with a sampler."""
        return Workflow.from_api(sampler_graph(seed=next(_colors)))

    async def wait_at_work(self, prompt_id: PromptId) -> None:
        """Ask until the run is at work."""
        while prompt_id not in (await self._queue())["queue_running"]:
            pass

    async def wait_idle(self) -> None:
        """Ask until the queue is empty."""
        while any((await self._queue()).values()):
            pass

    async def times_queued(self, prompt_id: PromptId) -> object:
        """Return the numbers of the run: queueing it once more changes or adds one."""
        history = (await self._http.get("/history?max_items=200")).json()
        queue = (await self._http.get("/queue")).json()
        items = [entry["prompt"] for entry in history.values()]
        items += queue["queue_running"] + queue["queue_pending"]
        return sorted({item[0] for item in items if _our_id(item) == prompt_id})

    async def interrupt(self, prompt_id: PromptId) -> None:
        """Interrupt whatever is at work, as the web page does."""
        await self._http.post("/interrupt", json={})

    async def take_server_away(self) -> None:
        """Do what the test file says."""
        await anyio.to_thread.run_sync(self._take_away)

    async def _queue(self) -> dict[str, list[str]]:
        # A server tells nobody: it can only be asked again.
        await anyio.sleep(_POLL_SECONDS)
        queue = (await self._http.get("/queue")).json()
        return {key: [_our_id(item) for item in items] for key, items in queue.items()}


def _our_id(item: list[Any]) -> str:
    """Return our id of a run, also where the server chose one of its own.

    Runs that somebody else queued there have none.
    """
    found: str = item[3].get("comfy_assets", {}).get("prompt_id", "")
    return found
