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
        return Workflow.from_api(image_graph(color=next(_colors)))

    def slow(self) -> Workflow:
        return Workflow.from_api(self._slow_graph(next(_colors)))

    def let_slow_end(self) -> None:
        """Do nothing: they end by themselves."""

    def failing(self) -> Workflow:
        return Workflow.from_api(escaping_graph(color=next(_colors)))

    def rejected(self) -> Workflow:
        return Workflow.from_api(broken_graph(color=next(_colors)))

    def partly_rejected(self) -> Workflow:
        return Workflow.from_api(half_broken_graph(color=next(_colors)))

    def imageless(self) -> Workflow:
        return Workflow.from_api(latent_graph(color=next(_colors)))

    def previewing(self) -> Workflow:
        return Workflow.from_api(sampler_graph(seed=next(_colors)))

    async def wait_at_work(self, prompt_id: PromptId) -> None:
        while prompt_id not in (await self._queue())["queue_running"]:
            await anyio.sleep(_POLL_SECONDS)  # a server can only be asked again

    async def wait_idle(self) -> None:
        while any((await self._queue()).values()):
            await anyio.sleep(_POLL_SECONDS)  # as above

    async def times_queued(self, prompt_id: PromptId) -> object:
        """Return the numbers of the run: queueing it once more changes or adds one."""
        history = (await self._http.get("/history?max_items=200")).json()
        queue = (await self._http.get("/queue")).json()
        items = [entry["prompt"] for entry in history.values()]
        items += queue["queue_running"] + queue["queue_pending"]
        return sorted({item[0] for item in items if _our_id(item) == prompt_id})

    async def interrupt(self, prompt_id: PromptId) -> None:
        await self._http.post("/interrupt", json={})

    async def take_server_away(self) -> None:
        await anyio.to_thread.run_sync(self._take_away)

    async def _queue(self) -> dict[str, list[str]]:
        queue = (await self._http.get("/queue")).json()
        return {key: [_our_id(item) for item in items] for key, items in queue.items()}


def _our_id(item: list[Any]) -> str:
    """Return our id of a run, also where the server chose one of its own."""
    found: str = item[3]["comfy_assets"]["prompt_id"]
    return found
