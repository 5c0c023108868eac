"""Pours the saved ``widgets_values`` of a node into its widgets, by position."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from comfy_assets.domain.workflows.catalogue import Autogrow, NodeDescription
from comfy_assets.domain.workflows.conversion.widgets import (
    UNSET,
    Part,
    Widget,
    choose,
    walk,
)

_CUSTOM_COMBO: Final = "CustomCombo"
_SAMPLERS: Final = frozenset({"KSampler", "KSamplerAdvanced"})


def pour(
    parts: list[Part],
    description: NodeDescription,
    values: list[Any] | Mapping[str, Any] | None,
    linked: Mapping[str, object],
) -> None:
    """Give the widgets of a fresh node their saved values, as the editor does.

    Values are not checked or corrected: a file of other versions of the class is
    poured wrongly, as in the editor.

    Args:
        parts: What the node has; changed.
        description: Its class.
        values: What was saved.
        linked: The names of its linked inputs.
    """
    if isinstance(values, Mapping):
        # Only custom nodes with code of their own read a mapping.
        for part in walk(parts):
            for widget in part.widgets:
                if widget.takes_slot:
                    widget.value = UNSET
    elif values is not None:
        rest = _without_dummies(parts, values)
        if description.class_type == _CUSTOM_COMBO:
            _grow_options(parts, rest)
        rest.reverse()
        _fill(_in_slot_order(parts), rest, linked)
    elif description.class_type == _CUSTOM_COMBO:
        _grow_options(parts, [])
    _settle(parts, linked)
    if description.class_type in _SAMPLERS:
        _repair_sampler(parts)


def _in_slot_order(parts: list[Part]) -> list[Part]:
    """Return the parts, rows of equal inputs first: the editor makes them first."""
    rows = [p for p in parts if p.entry and isinstance(p.entry.dynamic, Autogrow)]
    return [*rows, *(part for part in parts if part not in rows)] if rows else parts


def _fill(parts: list[Part], rest: list[Any], linked: Mapping[str, object]) -> None:
    """Take values off the end of the list, for each widget with a place one."""
    for part in parts:
        for widget in part.widgets:
            if not rest:
                return
            if widget.takes_slot:
                choose(part, widget, rest.pop(), linked)
        _fill(part.children, rest, linked)


def _without_dummies(parts: list[Part], values: list[Any]) -> list[Any]:
    """Drop the places that frontends before 1.16 kept for sockets of widget types."""
    are_dummies: list[bool] = []
    for part in parts:
        is_forced = part.entry is not None and part.entry.force_input
        if part.main is not None or is_forced:
            are_dummies.append(is_forced)
            if part.entry and part.entry.options.get("control_after_generate"):
                are_dummies.append(False)
    if len(are_dummies) != len(values):
        return list(values)
    return [
        value
        for value, is_dummy in zip(values, are_dummies, strict=True)
        if not is_dummy
    ]


def _settle(parts: list[Part], linked: Mapping[str, object]) -> None:
    """Let choices without a value take their first."""
    for part in list(walk(parts)):
        main, entry = part.main, part.entry
        if main is None or entry is None or not entry.choices:
            continue
        if main.value is None or main.value is UNSET:
            choose(part, main, entry.choices[0], linked)


def _grow_options(parts: list[Part], values: list[Any]) -> None:
    """Give a CustomCombo its index and one text for each option, and an empty one.

    Saved are the choice, the index and the options.
    """
    options = 1
    while len(values) > 1 + options and values[1 + options]:
        options += 1
    names = ["index", *(f"option{number}" for number in range(1, options + 1))]
    for name in names:
        widget = Widget(name, "")
        parts.append(Part(name=name, main=widget, widgets=[widget]))


def _repair_sampler(parts: list[Part]) -> None:
    for part in parts:
        if part.name == "sampler_name" and part.main:
            value = part.main.value
            if isinstance(value, str):
                part.main.value = value.removeprefix("sample_")
