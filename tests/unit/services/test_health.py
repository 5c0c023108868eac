"""`HealthService`: how ComfyUI stands, and trying it at once."""

from __future__ import annotations

import pytest

import comfy_assets as ca
from tests.studio import open_studio

pytestmark = pytest.mark.anyio


async def test_health_is_asked_and_told() -> None:
    """Checking gives the server's answer and its state."""
    async with open_studio() as studio:
        health = studio.system.health
        assert health.state is ca.ComfyUIState.DISCONNECTED
        assert (await health.check()).state is ca.ComfyUIState.CONNECTED
        assert health.state is ca.ComfyUIState.CONNECTED


async def test_trying_again_at_once_sets_the_queue_going() -> None:
    """After a person started the server, waiting batches run."""
    async with open_studio(
        breaker=ca.CircuitBreaker(failure_threshold=1, open_seconds=3600)
    ) as studio:
        studio.comfy.state = ca.ComfyUIState.DISCONNECTED
        with pytest.raises(ca.ComfyUIUnavailableError):
            await studio.system.health.check()
        batch = await studio.submit()
        studio.comfy.state = ca.ComfyUIState.CONNECTED
        health = await studio.system.health.retry_now()
        assert health.state is ca.ComfyUIState.CONNECTED
        assert len(await studio.system.generation.result(batch.id)) == 1
