"""`EventSink`: a place to which events are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from comfy_assets.domain.events import AnyEvent


class EventSink(Protocol):
    """A place to which events are told, beside the built-in hub.

    Each sink has a reader of its own in the running system: events come one at a
    time, in the order in which they were published, and a sink that is slow or raises
    delays nobody else. Progress is a snapshot: a slow sink misses some of it, but no
    final event.
    """

    async def publish(self, event: AnyEvent) -> None:
        """Take one event.

        What it raises is logged and costs this event, not the next. It is cancelled
        only when the system closes and the sink is still busy after the grace period.
        """
        ...
