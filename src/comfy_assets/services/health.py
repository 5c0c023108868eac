"""`HealthService`: how the ComfyUI servers stand with us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define

if TYPE_CHECKING:
    from comfy_assets.domain.events import ComfyUIState
    from comfy_assets.ports.comfy import ComfyUIHealth
    from comfy_assets.services.queue import Queue
    from comfy_assets.services.resilient import ResilientComfyClient


@define(eq=False, kw_only=True)
class HealthService:
    """Ask how ComfyUI is, and have a server that is left alone tried at once."""

    comfy: ResilientComfyClient
    queue: Queue

    @property
    def state(self) -> ComfyUIState:
        """How the server stood when we last heard of it; changes are told as events."""
        return self.comfy.state

    async def check(self) -> ComfyUIHealth:
        """Ask the server now; an answer less than 5 s old is given again.

        Raises:
            CircuitOpenError: When the server is left alone after repeated failures.
            ComfyUIUnavailableError: When it cannot be reached.
        """
        return await self.comfy.check_health()

    async def retry_now(self) -> ComfyUIHealth:
        """Try the server at once, whatever wait is under way, and go on if it is back.

        Raises:
            ComfyUIUnavailableError: When it still cannot be reached.
        """
        health = await self.comfy.retry_now()
        self.queue.wake()
        return health
