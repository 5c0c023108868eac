"""`WidgetKind`: which kind of widget an input asks for on a screen."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.roles import TEXT_ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from comfy_assets.domain.workflows.analysis import AnalyzedInput
    from comfy_assets.domain.workflows.graph import InputRef


class WidgetKind(StrEnum):
    """The kind of widget with which a person sets an input."""

    #: A text in one line.
    TEXT = "text"
    #: A text in several lines.
    MULTILINE_TEXT = "multiline_text"
    #: A whole number.
    INTEGER = "integer"
    #: A number.
    NUMBER = "number"
    #: True or false.
    TOGGLE = "toggle"
    #: One of the field's ``choices``.
    CHOICE = "choice"
    #: The name of a picture that the server has; one may be uploaded.
    IMAGE = "image"
    #: A seed, 0 to 2^64-1, which each batch draws unless it is mapped or locked.
    SEED = "seed"
    #: Any other JSON value.
    JSON = "json"


_BY_TYPE: Final[Mapping[str, WidgetKind]] = {
    "BOOLEAN": WidgetKind.TOGGLE,
    "INT": WidgetKind.INTEGER,
    "FLOAT": WidgetKind.NUMBER,
    "STRING": WidgetKind.TEXT,
}


def widget_of(
    entry: AnalyzedInput, *, images: Collection[InputRef], seeds: Collection[InputRef]
) -> WidgetKind:
    """Return the kind of widget for an input.

    By what it is for, then by its type; where that says nothing, by its value.

    Args:
        entry: The input.
        images: The inputs of the workflow that take a picture's name.
        seeds: Those that hold a seed.
    """
    if entry.ref in images:
        return WidgetKind.IMAGE
    if entry.ref in seeds:
        return WidgetKind.SEED
    if entry.choices:
        return WidgetKind.CHOICE
    kind = _BY_TYPE.get(entry.type) or _by_value(entry.value)
    if kind is WidgetKind.TEXT and _has_lines(entry):
        return WidgetKind.MULTILINE_TEXT
    return kind


def _by_value(value: object) -> WidgetKind:
    match value:
        # A truth value is an int to Python: it comes first.
        case bool():
            return WidgetKind.TOGGLE
        case int():
            return WidgetKind.INTEGER
        case float():
            return WidgetKind.NUMBER
        case str():
            return WidgetKind.TEXT
        case _:
            return WidgetKind.JSON


def _has_lines(entry: AnalyzedInput) -> bool:
    has_break = isinstance(entry.value, str) and "\n" in entry.value
    return entry.is_multiline or entry.role in TEXT_ROLES or has_break
