"""What somebody would write in an afternoon: post, wait on the socket, fetch.

It stores nothing, survives nothing and tells nothing: the speed to be compared with.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from random import randrange
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
from attrs import define, field
from websockets.asyncio.client import ClientConnection, connect

from benchmarks._studio import BATCH, noisy_graph

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@define(eq=False)
class BareScript:
    """One connection to a server and the runs that wait for their end."""

    _http: httpx.AsyncClient
    _client_id: str
    #: By prompt id, the files that a run told of.
    _files: dict[str, list[dict[str, Any]]] = field(factory=dict, init=False)
    _ended: dict[str, asyncio.Event] = field(factory=dict, init=False)

    async def paint(self, images: int, waiting: int) -> None:
        """Paint so many images; at most `waiting` runs wait behind the one at work."""
        places = asyncio.Semaphore(1 + waiting)
        async with asyncio.TaskGroup() as tasks:
            for begun in range(0, images, BATCH):
                # Named as ours are: the server looks through a folder for each name.
                folder = uuid4()
                for index in range(min(BATCH, images - begun)):
                    await places.acquire()
                    graph = noisy_graph(
                        seed=randrange(2**32),  # noqa: S311 - no secret
                        prefix=f"bare/{folder}/{index}",
                    )
                    tasks.create_task(self._paint_one(graph, places))

    async def _paint_one(
        self, graph: dict[str, Any], places: asyncio.Semaphore
    ) -> list[bytes]:
        prompt_id = str(uuid4())
        ended = self._ended[prompt_id] = asyncio.Event()
        body = {"prompt": graph, "client_id": self._client_id, "prompt_id": prompt_id}
        (await self._http.post("/prompt", json=body)).raise_for_status()
        await ended.wait()
        places.release()
        del self._ended[prompt_id]
        return [
            (await self._http.get("/view", params=file)).raise_for_status().content
            for file in self._files.pop(prompt_id)
        ]

    async def listen(self, socket: ClientConnection) -> None:
        """Note what the server tells, until cancelled."""
        async for frame in socket:
            if isinstance(frame, bytes):
                continue
            message = json.loads(frame)
            kind, data = message["type"], message["data"]
            if kind == "executed":
                found = self._files.setdefault(data["prompt_id"], [])
                found.extend(data["output"]["images"])
            elif kind == "executing" and data["node"] is None:
                self._ended[data["prompt_id"]].set()


@asynccontextmanager
async def bare_script(url: str) -> AsyncIterator[BareScript]:
    """Connect to a server."""
    client_id = str(uuid4())
    address = f"{url.replace('http', 'ws', 1)}/ws?clientId={client_id}"
    async with (
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http,
        connect(address, max_size=None, proxy=None) as socket,
        asyncio.TaskGroup() as tasks,
    ):
        script = BareScript(http, client_id)
        listening = tasks.create_task(script.listen(socket))
        yield script
        listening.cancel()
