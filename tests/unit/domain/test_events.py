"""Events: frozen values of plain fields, closed under one union."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError

from comfy_assets.domain import events
from comfy_assets.domain.events import (
    AnyEvent,
    BatchEvent,
    ComfyUIState,
    ComfyUIStateChanged,
    Event,
    GenerationCancelled,
    GenerationFailed,
    GenerationPreview,
)
from comfy_assets.domain.identity import BatchId

BATCH = BatchId("3f2a5b1c-0000-4000-8000-000000000001")


def test_the_union_holds_every_event() -> None:
    """A host that matches all of `AnyEvent` has matched all that can be told."""
    defined = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, Event)
    }

    assert defined - {Event, BatchEvent} == set(get_args(AnyEvent))


@pytest.mark.parametrize("kind", get_args(AnyEvent))
def test_every_event_is_built_by_keywords_and_frozen(kind: type[Event]) -> None:
    """New fields never shift the others, and no reader changes another's event."""
    assert all(each.kw_only for each in attrs.fields(kind))
    assert kind.__setattr__ is not object.__setattr__


def test_an_event_happens_now_in_utc() -> None:
    """An event that is not told its time is of this moment, aware and in UTC."""
    before = datetime.now(UTC)
    event = GenerationCancelled(batch_id=BATCH)

    assert before <= event.occurred_at <= datetime.now(UTC)
    assert event.occurred_at.tzinfo is UTC


def test_an_event_cannot_be_changed() -> None:
    """A field of an event is read-only, and so is what a failure tells."""
    details = {"node_id": "3"}
    event = GenerationFailed(
        batch_id=BATCH,
        error="It failed.",
        error_type="ExecutionError",
        details=details,
        attempts=1,
    )
    details["node_id"] = "4"

    with pytest.raises(FrozenInstanceError):
        event.error = "It did not."  # type: ignore[misc] # that is the point
    with pytest.raises(TypeError):
        event.details["node_id"] = "4"  # type: ignore[index] # that is the point
    assert event.details == {"node_id": "3"}


def test_a_preview_does_not_fill_the_log() -> None:
    """The bytes of a picture are left out of an event's text."""
    event = GenerationPreview(
        batch_id=BATCH, index=0, data=b"picture", media_type="image/png"
    )

    assert "picture" not in repr(event)


def test_states_have_the_names_that_hosts_know() -> None:
    """The four states are spelled as the documentation and the wire spell them."""
    assert list(ComfyUIState) == [
        "connected",
        "degraded",
        "disconnected",
        "circuit_open",
    ]


def test_a_server_that_is_not_waited_for_has_no_retry_time() -> None:
    """``retry_in`` is ``None`` unless a time is known."""
    event = ComfyUIStateChanged(
        server="http://127.0.0.1:8188", state=ComfyUIState.CONNECTED, message="Fine."
    )

    assert event.retry_in is None
