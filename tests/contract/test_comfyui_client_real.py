"""`ComfyUIClient` keeps the contract of `ComfyClient` with real servers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from comfy_assets.adapters.comfyui import ComfyUIClient
from comfy_assets.testing.comfy_client_suite import ComfyClientSuite
from tests.comfyui_graphs import blurred_graph
from tests.comfyui_stage import HttpStage
from tests.loopback import NO_CERTIFICATES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from comfy_assets.testing.comfy_client_stage import OpenClient
    from tests.servers.comfyui import RealComfyUI

pytestmark = pytest.mark.anyio


class TestComfyUIClientWithRealServers(ComfyClientSuite):
    """The suite, against ComfyUI 0.3.75 and ComfyUI of March 2024."""

    # Only samplers show previews, and there is no model to sample with.
    shows_previews = False
    # Starting one takes long, and other tests use it too.
    can_lose_server = False

    @pytest.fixture
    def open_client(self, real_comfyui: RealComfyUI) -> OpenClient:
        """Open a client of the server, which stays up between the tests."""

        @asynccontextmanager
        async def opening() -> AsyncIterator[HttpStage]:
            async with (
                ComfyUIClient(real_comfyui.url) as client,
                httpx.AsyncClient(
                    verify=NO_CERTIFICATES, base_url=real_comfyui.url, trust_env=False
                ) as http,
            ):
                stage = HttpStage(
                    client,
                    http,
                    slow_graph=lambda color: blurred_graph(color=color, times=6),
                    take_away=real_comfyui.kill,
                )
                yield stage
                # A test that fails half-way must not slow down the next.
                await http.post("/queue", json={"clear": True})
                await http.post("/interrupt", json={})
                await stage.wait_idle()

        return opening
