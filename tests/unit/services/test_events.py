"""`EventHub` and its subscriptions."""

from __future__ import annotations

import logging

import anyio
import pytest
from anyio import wait_all_tasks_blocked
from anyio.lowlevel import checkpoint

import comfy_assets as ca
from comfy_assets.services.events import EventHub
from tests.studio import MARCUS

pytestmark = pytest.mark.anyio

ONE = ca.BatchId("11111111-1111-4111-8111-111111111111")
TWO = ca.BatchId("22222222-2222-4222-8222-222222222222")


def progress(batch_id: ca.BatchId, fraction: float) -> ca.GenerationProgress:
    """Make a snapshot of a batch."""
    return ca.GenerationProgress(
        batch_id=batch_id, completed=0, total=1, fraction=fraction
    )


def preview(index: int) -> ca.GenerationPreview:
    """Make a preview of an image of the first batch."""
    return ca.GenerationPreview(
        batch_id=ONE, index=index, data=b"x", media_type="image/jpeg"
    )


def cancelled(batch_id: ca.BatchId) -> ca.GenerationCancelled:
    """Make a final event."""
    return ca.GenerationCancelled(batch_id=batch_id)


async def test_events_come_in_the_order_in_which_they_were_told() -> None:
    """A subscriber reads what was told since it subscribed, in order."""
    hub = EventHub()
    async with hub.subscribe() as events:
        told = [cancelled(ONE), cancelled(TWO)]
        for event in told:
            hub.publish(event)
        assert [await anext(events), await anext(events)] == told


async def test_a_waiting_reader_wakes_when_an_event_arrives() -> None:
    """Reading waits for the next event."""
    hub = EventHub()
    read: list[ca.Event] = []

    async def reader() -> None:
        read.append(await anext(events))

    async with hub.subscribe() as events, anyio.create_task_group() as tasks:
        tasks.start_soon(reader)
        await wait_all_tasks_blocked()
        hub.publish(cancelled(ONE))
    assert [type(event) for event in read] == [ca.GenerationCancelled]


async def test_a_newer_progress_replaces_an_unread_older_one_of_the_same_batch() -> (
    None
):
    """Progress is a snapshot: the newest stands, at its own time's place."""
    hub = EventHub()
    async with hub.subscribe() as events:
        hub.publish(progress(ONE, 0.1))
        hub.publish(cancelled(TWO))
        hub.publish(progress(TWO, 0.5))
        newest = progress(ONE, 0.9)
        hub.publish(newest)
        kinds = [(type(e).__name__, e.batch_id) for e in events.poll()]
    assert kinds == [
        ("GenerationCancelled", TWO),
        ("GenerationProgress", TWO),
        ("GenerationProgress", ONE),
    ]


async def test_only_the_kinds_asked_for_are_told() -> None:
    """A subscription to classes yields just those."""
    hub = EventHub()
    async with hub.subscribe(ca.GenerationComplete, ca.GenerationCancelled) as events:
        hub.publish(progress(ONE, 0.1))
        hub.publish(cancelled(ONE))
        assert [type(e) for e in events.poll()] == [ca.GenerationCancelled]


async def test_previews_are_told_only_to_who_names_them() -> None:
    """The base class does not stand for previews."""
    hub = EventHub()
    async with hub.subscribe(ca.Event) as all_else:
        assert not hub.wants(ca.GenerationPreview)
        async with hub.subscribe(ca.GenerationPreview) as previews:
            assert hub.wants(ca.GenerationPreview)
            hub.publish(preview(0))
            hub.publish(preview(0))
            hub.publish(preview(1))
            assert [e.index for e in previews.poll()] == [0, 1]
            assert all_else.poll() == []


async def test_poll_never_waits() -> None:
    """Without unread events `poll` gives an empty list."""
    async with EventHub().subscribe() as events:
        assert events.poll() == []


async def test_who_leaves_too_much_unread_loses_its_subscription_alone() -> None:
    """Overflow ends one subscription, with an error; others go on."""
    hub = EventHub()
    async with hub.subscribe(max_unread=1) as slow, hub.subscribe() as quick:
        hub.publish(cancelled(ONE))
        hub.publish(cancelled(TWO))
        hub.publish(cancelled(ONE))
        with pytest.raises(ca.SubscriptionOverflowError, match="More than 1"):
            await anext(slow)
        with pytest.raises(ca.SubscriptionOverflowError):
            slow.poll()
        assert len(quick.poll()) == 3


async def test_closing_lets_readers_finish_what_is_there() -> None:
    """After the close a reader gets what was told before, then its loop ends."""
    hub = EventHub()
    async with hub.subscribe() as events:
        hub.publish(cancelled(ONE))
        hub.close()
        assert [type(e) async for e in events] == [ca.GenerationCancelled]
    async with hub.subscribe() as late:
        assert [e async for e in late] == []


async def test_a_subscription_hears_nothing_after_it_was_left() -> None:
    """Leaving the context ends the telling."""
    hub = EventHub()
    async with hub.subscribe() as events:
        pass
    hub.publish(cancelled(ONE))
    assert events.poll() == []


async def test_a_sink_that_raises_misses_one_event_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault of a sink is logged and costs that event, not the next."""

    class Sink(ca.EventSink):
        def __init__(self) -> None:
            self.taken: list[ca.AnyEvent] = []

        async def publish(self, event: ca.AnyEvent) -> None:
            await checkpoint()
            if isinstance(event, ca.GenerationCancelled):
                message = "no room"
                raise OSError(message)
            self.taken.append(event)

    hub, sink = EventHub(), Sink()
    deleted = ca.AssetDeleted(
        asset_id=ca.AssetId(ONE), entity=MARCUS, asset_type=ca.AssetType.ITEM
    )
    with caplog.at_level(logging.ERROR, "comfy_assets.events"):
        async with anyio.create_task_group() as tasks:
            await tasks.start(hub.forward, sink)
            hub.publish(cancelled(ONE))
            hub.publish(deleted)
            hub.close()
    assert sink.taken == [deleted]
    assert "no room" in caplog.text
