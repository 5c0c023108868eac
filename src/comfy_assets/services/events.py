"""`EventHub`: tells events to subscribers in this process, and feeds the sinks."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

import anyio

from comfy_assets.domain.events import (
    AnyEvent,
    Event,
    GenerationPreview,
    GenerationProgress,
    GenerationQueued,
)
from comfy_assets.errors import SubscriptionOverflowError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Hashable
    from contextlib import AbstractAsyncContextManager

    from comfy_assets.ports.events import EventSink

_logger = logging.getLogger("comfy_assets.events")

_FirstT = TypeVar("_FirstT", bound=Event)
_SecondT = TypeVar("_SecondT", bound=Event)
_ThirdT = TypeVar("_ThirdT", bound=Event)
EventT_co = TypeVar("EventT_co", bound=Event, covariant=True)

#: Events that a subscriber may leave unread before its subscription ends.
MAX_UNREAD: Final = 10_000


class Subscription(Generic[EventT_co]):
    """The events told to one subscriber: read with ``async for``, or by `poll`.

    Progress, previews and places in line are snapshots: a newer one replaces an
    unread older one of the same batch and takes its place at the end. So the buffer
    grows with batches, not with steps, and final events are never dropped.
    """

    def __init__(self, kinds: tuple[type[Event], ...], max_unread: int) -> None:
        self._kinds = kinds
        self._max_unread = max_unread
        # In the order of telling; snapshots under a key that the next one shares.
        self._unread: dict[Hashable, Any] = {}
        self._arrived = anyio.Event()
        self._is_overflowed = False
        self._is_closed = False

    def __aiter__(self) -> Subscription[EventT_co]:
        """Return itself: a subscription has one reader."""
        return self

    async def __anext__(self) -> EventT_co:
        """Wait for the next event; ends when the system has closed.

        Raises:
            SubscriptionOverflowError: When too many events were left unread.
        """
        while not self._unread:
            self._check_overflow()
            if self._is_closed:
                raise StopAsyncIteration
            self._arrived = anyio.Event()
            await self._arrived.wait()
        first = next(iter(self._unread))
        event: EventT_co = self._unread.pop(first)
        return event

    def poll(self) -> list[EventT_co]:
        """Take all unread events without waiting; an empty list when there are none.

        Raises:
            SubscriptionOverflowError: When too many events were left unread.
        """
        self._check_overflow()
        events: list[EventT_co] = list(self._unread.values())
        self._unread.clear()
        return events

    def wants(self, kind: type[Event]) -> bool:
        """Whether this subscriber asked for events of a kind.

        Previews are large and frequent: only who names their kind gets them.
        """
        if kind is GenerationPreview:
            return kind in self._kinds
        return issubclass(kind, self._kinds)

    def offer(self, event: Event) -> None:
        """Put an event into the buffer; called by the hub, never waits."""
        if self._is_overflowed or not self.wants(type(event)):
            return
        key = _snapshot_key(event)
        self._unread.pop(key, None)
        self._unread[key] = event
        if len(self._unread) > self._max_unread:
            self._is_overflowed = True
            self._unread.clear()
        self._arrived.set()

    def close(self) -> None:
        """Let the reader end when it has read what is there; called by the hub."""
        self._is_closed = True
        self._arrived.set()

    def _check_overflow(self) -> None:
        if self._is_overflowed:
            raise SubscriptionOverflowError(self._max_unread)


class EventHub:
    """Tells every event to every subscriber, in order, without ever waiting."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription[Any]] = set()
        self._is_closed = False

    def wants(self, kind: type[Event]) -> bool:
        """Whether anybody asked for events of a kind, so that they are worth making."""
        return any(each.wants(kind) for each in self._subscriptions)

    @overload
    def subscribe(
        self, *, max_unread: int = ...
    ) -> AbstractAsyncContextManager[Subscription[AnyEvent]]: ...

    @overload
    def subscribe(
        self, first: type[_FirstT], /, *, max_unread: int = ...
    ) -> AbstractAsyncContextManager[Subscription[_FirstT]]: ...

    @overload
    def subscribe(
        self, first: type[_FirstT], second: type[_SecondT], /, *, max_unread: int = ...
    ) -> AbstractAsyncContextManager[Subscription[_FirstT | _SecondT]]: ...

    @overload
    def subscribe(
        self,
        first: type[_FirstT],
        second: type[_SecondT],
        third: type[_ThirdT],
        /,
        *,
        max_unread: int = ...,
    ) -> AbstractAsyncContextManager[Subscription[_FirstT | _SecondT | _ThirdT]]: ...

    @overload
    def subscribe(
        self, *kinds: type[Event], max_unread: int = ...
    ) -> AbstractAsyncContextManager[Subscription[Event]]: ...

    def subscribe(
        self, *kinds: type[Event], max_unread: int = MAX_UNREAD
    ) -> AbstractAsyncContextManager[Subscription[Any]]:
        """Hear events from now on; leave the context to stop.

        Subscribe before you submit: the buffer then holds everything since.

        Args:
            kinds: Event classes; none, or `Event`, means every kind but
                `GenerationPreview`, which is told only to who names it.
            max_unread: Unread events after which this subscription ends with
                `SubscriptionOverflowError`.

        Yields:
            The subscription, to read with ``async for`` or `Subscription.poll`.
        """
        return self._subscribed(kinds or (Event,), max_unread)

    @asynccontextmanager
    async def _subscribed(
        self, kinds: tuple[type[Event], ...], max_unread: int
    ) -> AsyncIterator[Subscription[Any]]:
        subscription = Subscription[Any](kinds, max_unread)
        self._subscriptions.add(subscription)
        if self._is_closed:
            subscription.close()
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def publish(self, event: AnyEvent) -> None:
        """Tell an event to all who asked for it; never waits, never raises."""
        for subscription in self._subscriptions:
            subscription.offer(event)

    def close(self) -> None:
        """Let all readers end when they have read what is there."""
        self._is_closed = True
        for subscription in self._subscriptions:
            subscription.close()

    async def forward(
        self,
        sink: EventSink,
        *,
        task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Feed a sink until the hub closes; a fault of the sink costs one event."""
        async with self.subscribe() as events:
            task_status.started()
            async for event in events:
                try:
                    await sink.publish(event)
                except Exception:
                    _logger.exception("The event sink %r failed on %r", sink, event)


def _snapshot_key(event: Event) -> Hashable:
    match event:
        case GenerationPreview():
            return (GenerationPreview, event.batch_id, event.index)
        case GenerationProgress() | GenerationQueued():
            return (type(event), event.batch_id)
        case _:
            # Its own key: the event is in the buffer, so the id cannot be reused.
            return id(event)
