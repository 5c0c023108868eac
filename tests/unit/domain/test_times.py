"""`aware`: every value that bears a time refuses one without its offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from comfy_assets.domain.batches import Claim
from comfy_assets.domain.events import GenerationCancelled
from comfy_assets.errors import InvalidRequestError
from comfy_assets.testing.samples import make_asset, make_batch, make_configuration

if TYPE_CHECKING:
    from collections.abc import Callable

NAIVE = datetime(2026, 11, 22, 12)  # noqa: DTZ001 - that is the point

BEARERS: list[tuple[Callable[[], Any], str]] = [
    (make_asset, "created_at"),
    (make_batch, "created_at"),
    (make_batch, "started_at"),
    (make_batch, "finished_at"),
    (make_configuration, "created_at"),
    (make_configuration, "updated_at"),
    (lambda: Claim(owner="a", lease_until=datetime.now(UTC), fence=1), "lease_until"),
    (lambda: GenerationCancelled(batch_id=make_batch().id), "occurred_at"),
]


@pytest.mark.parametrize("make, field", BEARERS)
def test_naive_times_are_refused(make: Callable[[], Any], field: str) -> None:
    """The field is named, and what would be right."""
    with pytest.raises(InvalidRequestError, match=rf"{field}: .*datetime\.now\(UTC\)"):
        evolve(make(), **{field: NAIVE})


@pytest.mark.parametrize("make, field", BEARERS)
def test_any_offset_is_good(make: Callable[[], Any], field: str) -> None:
    """Aware is aware, in Tokyo as in London."""
    tokyo = NAIVE.replace(tzinfo=timezone(timedelta(hours=9)))
    assert getattr(evolve(make(), **{field: tokyo}), field) == tokyo
