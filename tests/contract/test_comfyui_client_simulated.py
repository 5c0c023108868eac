"""`ComfyUIClient` keeps the contract of `ComfyClient` with the simulator."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from comfy_assets.adapters.comfyui import ComfyUIClient, ComfyUITimeouts
from comfy_assets.simulator import ComfyUISimulator
from comfy_assets.testing.comfy_client_suite import ComfyClientSuite
from tests.comfyui_graphs import sampler_graph
from tests.comfyui_stage import HttpStage
from tests.loopback import NO_CERTIFICATES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from comfy_assets.testing.comfy_client_stage import OpenClient

pytestmark = pytest.mark.anyio


class TestComfyUIClientWithSimulator(ComfyClientSuite):
    """The suite, against a server that draws without a GPU."""

    # Every output node of its catalogue saves or shows pictures.
    can_leave_no_image = False

    @pytest.fixture
    def open_client(self) -> OpenClient:
        """Start a simulator and open a client of it."""

        @asynccontextmanager
        async def opening() -> AsyncIterator[HttpStage]:
            timeouts = ComfyUITimeouts(unreachable_seconds=0.5, socket_seconds=20)
            with ComfyUISimulator(run_seconds=0.3) as server:
                async with (
                    ComfyUIClient(server.url, timeouts=timeouts) as client,
                    httpx.AsyncClient(
                        verify=NO_CERTIFICATES, base_url=server.url, trust_env=False
                    ) as http,
                ):
                    yield HttpStage(
                        client,
                        http,
                        slow_graph=lambda seed: sampler_graph(seed=seed),
                        take_away=server.die,
                    )

        return opening
