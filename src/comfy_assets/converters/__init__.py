"""Entities, values and events to and from plain data: the only room that knows cattrs.

Plain data is what JSON has: texts, numbers, truth values, ``None``, lists, and dicts
with texts as keys. Times are ISO texts in UTC, enum members their values, pictures
base64; values of several kinds bear the name of theirs under ``type``. Nothing is
guessed: a number is no text, and a key that we do not know is refused.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from cattrs import BaseValidationError

from comfy_assets.converters._faults import FaultError, find_faults
from comfy_assets.converters._registry import CONVERTER
from comfy_assets.domain.events import AnyEvent
from comfy_assets.errors import PayloadError

__all__ = ["event_from_wire", "event_to_wire", "structure", "unstructure"]

T = TypeVar("T")


def unstructure(value: object) -> Any:  # noqa: ANN401 - any JSON
    """Return a value of ours as plain data, in fresh dicts and lists.

    A failure's details may hold anything: what is no JSON becomes a short text, so
    that a batch can always be stored as failed.

    Raises:
        PayloadError: When a time lacks its offset from UTC, or another field for JSON
            values holds something else, such as NaN or a set.
    """
    return _unstructured(value, type(value))


def structure(data: object, kind: type[T]) -> T:
    """Read what `unstructure` returned, trusting nothing.

    Args:
        data: Plain data, as ``json.loads`` returns it.
        kind: The class of the value.

    Raises:
        PayloadError: When the data has another form, or the class refuses a value;
            `PayloadError.problems` names every fault with the path to it.
    """
    return cast("T", _structured(data, kind, kind.__name__))


def event_to_wire(event: AnyEvent) -> dict[str, Any]:
    """Return an event as plain data, with its class name under ``type``.

    Raises:
        PayloadError: As in `unstructure`.
    """
    return cast("dict[str, Any]", _unstructured(event, AnyEvent))


def event_from_wire(data: object) -> AnyEvent:
    """Read what `event_to_wire` returned, trusting nothing.

    Raises:
        PayloadError: When it is no event, as in `structure`.
    """
    return cast("AnyEvent", _structured(data, AnyEvent, "event"))


def _unstructured(value: object, kind: object) -> object:
    try:
        return CONVERTER.unstructure(value, kind)
    except FaultError as error:
        raise PayloadError(type(value).__name__, [str(error)]) from error


def _structured(data: object, kind: object, what: str) -> object:
    try:
        # A union is no class, which cattrs takes all the same.
        return CONVERTER.structure(data, cast("type[object]", kind))
    except (BaseValidationError, FaultError) as error:
        raise PayloadError(what, find_faults(error)) from error
