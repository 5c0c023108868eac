"""Times are aware: the one check of it for every value that bears one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from comfy_assets.errors import InvalidRequestError

if TYPE_CHECKING:
    from datetime import datetime

    from attrs import Attribute


def aware(_: object, attribute: Attribute[Any], value: datetime | None) -> None:
    """Check, as an attrs validator, that a time knows its offset from UTC.

    Raises:
        InvalidRequestError: When it does not: no two machines would agree on it.
    """
    if value is not None and value.utcoffset() is None:
        problem = "must be an aware time, such as datetime.now(UTC)"
        raise InvalidRequestError(attribute.name, problem)
