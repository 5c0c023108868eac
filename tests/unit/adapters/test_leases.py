"""How long a claim holds, and who may ask for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from comfy_assets.adapters._leases import check_owner, lease_end, utc_now
from comfy_assets.errors import InvalidRequestError
from comfy_assets.testing.samples import NOON


def test_a_lease_ends_so_many_seconds_from_now() -> None:
    """The end of a lease is exact to the microsecond; 0 seconds end at once."""
    assert lease_end(NOON, 0) == NOON
    assert lease_end(NOON, 1.5) == NOON + timedelta(seconds=1, microseconds=500_000)


@pytest.mark.parametrize("seconds", [-0.001, float("nan"), float("inf"), 1e12])
def test_a_lease_without_a_sensible_end_is_refused(seconds: float) -> None:
    """Negative, endless and absurd leases are the caller's mistake."""
    with pytest.raises(InvalidRequestError) as caught:
        lease_end(NOON, seconds)
    assert caught.value.field == "lease_seconds"


def test_an_owner_has_a_name() -> None:
    """An empty name would let all nameless workers share their claims."""
    check_owner("worker")
    with pytest.raises(InvalidRequestError) as caught:
        check_owner("")
    assert caught.value.field == "owner"


def test_the_default_clock_is_aware() -> None:
    """The clock returns the present in UTC."""
    before = datetime.now(UTC)
    assert before <= utc_now() <= datetime.now(UTC)
    assert utc_now().tzinfo is UTC
