"""`ScriptedComfyClient` keeps the contract of `ComfyClient`."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from comfy_assets.domain.events import ComfyUIState
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import ExecutionError, WorkflowRejectedError
from comfy_assets.testing.comfy_client_suite import ComfyClientSuite
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.comfyui_graphs import image_graph

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from comfy_assets.domain.identity import PromptId
    from comfy_assets.testing.comfy_client_stage import OpenClient

pytestmark = pytest.mark.anyio

_CATALOGUE = {"SaveImage": {"input": {"required": {"images": ["IMAGE"]}}}}
_GRAPH = Workflow.from_api(image_graph(color=1))


class _ScriptedStage:
    """The stage of a client whose server is a script."""

    def __init__(self, client: ScriptedComfyClient) -> None:
        self.client = client
        self._hold = anyio.Event()

    def quick(self) -> Workflow:
        self.client.script()
        return _GRAPH

    def slow(self) -> Workflow:
        self.client.script(hold=self._hold)
        return _GRAPH

    def let_slow_end(self) -> None:
        self._hold.set()

    def failing(self) -> Workflow:
        error = ExecutionError(
            "scripted:", node_id="3", class_type="SaveImage", message="boom"
        )
        self.client.script(error=error)
        return _GRAPH

    def rejected(self) -> Workflow:
        self.client.script(error=WorkflowRejectedError("scripted:", ["no output"]))
        return _GRAPH

    partly_rejected = rejected

    def imageless(self) -> Workflow:
        self.client.script(images=[])
        return _GRAPH

    def previewing(self) -> Workflow:
        self.client.script(previews=[b"jpeg"])
        return _GRAPH

    async def wait_at_work(self, prompt_id: PromptId) -> None:
        while prompt_id not in {run.prompt_id for run in self.client.executed}:
            await self.client.wait_executed(len(self.client.executed) + 1)

    async def wait_idle(self) -> None:
        await self.client.wait_idle()

    async def times_queued(self, prompt_id: PromptId) -> object:
        await anyio.lowlevel.checkpoint()
        return self.client.queued.count(prompt_id)

    async def interrupt(self, prompt_id: PromptId) -> None:
        self.client.interrupt(prompt_id)

    async def take_server_away(self) -> None:
        self.client.state = ComfyUIState.DISCONNECTED


class TestScriptedComfyClient(ComfyClientSuite):
    """The suite, against the client that needs no server."""

    @pytest.fixture
    def open_client(self) -> OpenClient:
        """Open a scripted client."""

        @asynccontextmanager
        async def opening() -> AsyncIterator[_ScriptedStage]:
            async with ScriptedComfyClient(object_info=_CATALOGUE) as client:
                yield _ScriptedStage(client)

        return opening
