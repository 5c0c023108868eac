"""How a batch at work ends: the last step and the event that tells it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

import comfy_assets as ca
from comfy_assets.services.endings import end_event, last_step
from comfy_assets.testing.samples import make_asset, make_batch

if TYPE_CHECKING:
    from comfy_assets.domain.batches import GenerationBatch

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FAILURE = ca.BatchFailure(message="no", error_type="ExecutionError")


def at_work(*, painted: int = 0) -> GenerationBatch:
    """Make a batch of one image that is being painted, or is painted."""
    batch = make_batch().start(NOW)
    return batch.record_image(0, [make_asset().id]) if painted else batch


@pytest.mark.parametrize(
    "painted, befell, expected",
    [
        (1, {"failure": FAILURE, "is_cancel_wished": True}, ca.BatchStatus.COMPLETE),
        (0, {"failure": FAILURE, "is_cancel_wished": True}, ca.BatchStatus.FAILED),
        (0, {"is_cancel_wished": True}, ca.BatchStatus.CANCELLED),
        (0, {}, ca.BatchStatus.QUEUED),
    ],
)
def test_the_last_step_follows_from_what_befell(
    painted: int, befell: dict[str, Any], expected: ca.BatchStatus
) -> None:
    """Complete beats failed beats cancelled; without any the batch goes on later."""
    told: dict[str, Any] = {"failure": None, "is_cancel_wished": False} | befell
    assert last_step(at_work(painted=painted), NOW, **told).status is expected


def test_each_end_is_told_by_its_event() -> None:
    """What goes back into line is no end, and is not told."""
    asset = make_asset()
    complete = end_event(at_work(painted=1).complete(NOW), (asset,))
    assert isinstance(complete, ca.GenerationComplete)
    assert complete.assets == (asset,)
    failed = end_event(at_work().fail(NOW, FAILURE), ())
    assert isinstance(failed, ca.GenerationFailed)
    assert (failed.error, failed.error_type) == ("no", "ExecutionError")
    assert isinstance(end_event(at_work().cancel(NOW), ()), ca.GenerationCancelled)
    assert end_event(at_work().requeue(), ()) is None
