"""How long a claim holds: the one rule that every repository of ours shares."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from comfy_assets.errors import InvalidRequestError


def utc_now() -> datetime:
    """Return the time, aware, UTC: the clock of a repository that is given none."""
    return datetime.now(UTC)


def check_owner(owner: str) -> None:
    """Check the name under which a batch is claimed.

    Raises:
        InvalidRequestError: When it is empty.
    """
    if not owner:
        raise InvalidRequestError("owner", "must be a text that is not empty")


def lease_end(now: datetime, lease_seconds: float) -> datetime:
    """Return when a lease that is given or renewed now runs out.

    Raises:
        InvalidRequestError: When `lease_seconds` is negative, no number, or ends
            after the year 9999.
    """
    try:
        end = now + timedelta(seconds=lease_seconds)
    except (OverflowError, ValueError) as error:
        problem = f"{lease_seconds!r} seconds from now is no time"
        raise InvalidRequestError("lease_seconds", problem) from error
    if end < now:
        raise InvalidRequestError("lease_seconds", "must be 0 or more")
    return end
