"""`RecordingEventSink`: an `EventSink` that keeps what it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

from comfy_assets.ports.events import EventSink

if TYPE_CHECKING:
    from comfy_assets.domain.events import AnyEvent


class RecordingEventSink(EventSink):
    """Keeps every event, for a test to look at."""

    def __init__(self) -> None:
        #: The events, in the order in which they were told.
        self.events: list[AnyEvent] = []

    async def publish(self, event: AnyEvent) -> None:
        """Keep one event."""
        await checkpoint()
        self.events.append(event)
