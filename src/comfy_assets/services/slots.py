"""`RunSlots`: how many runs may be with the servers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.ports.comfy import ComfyClient


class RunSlots:
    """Places for runs at the servers: at work, and waiting there.

    Each server has one run at work and `prefetch` waiting, so that it never idles
    while a result is fetched and stored. What waits beyond that waits with us, where
    it can be moved and cancelled.
    """

    def __init__(
        self, comfy: ComfyClient, *, prefetch: int, poll_seconds: float
    ) -> None:
        self._comfy = comfy
        self._prefetch = prefetch
        self._poll_seconds = poll_seconds
        self._taken = 0
        self._changed = anyio.Event()

    async def wait_free(self) -> None:
        """Wait until there is a place.

        Capacity can grow without word to us, as when a server comes back: so it is
        asked again every `poll_seconds`.
        """
        while True:
            changed = self._changed
            capacity = await self._comfy.capacity() * (1 + self._prefetch)
            if self._taken < capacity:
                return
            with anyio.move_on_after(self._poll_seconds):
                await changed.wait()

    async def acquire(self) -> Callable[[], None]:
        """Wait for a place and take it; one task at a time may call this.

        Returns:
            What gives the place back; quiet when it was given back already.
        """
        await self.wait_free()
        self._taken += 1
        is_taken = True

        def release() -> None:
            nonlocal is_taken
            if is_taken:
                is_taken = False
                self._taken -= 1
                self.notify()

        return release

    def notify(self) -> None:
        """Let those who wait ask for the capacity again."""
        self._changed.set()
        self._changed = anyio.Event()
