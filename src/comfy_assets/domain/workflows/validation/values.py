"""Judges a plain value by its input's type, limits and choices; links by `links`.

A server converts a value first, with Python's own `int`, `float`, `str` and `bool`, and
then compares it (``validate_inputs``, seen in 0.3.75 and 0.33).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from comfy_assets.domain.workflows.catalogue import InputDescription
from comfy_assets.domain.workflows.validation.faults import FaultKind
from comfy_assets.domain.workflows.validation.rules import ServerRules

_CONVERTERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "INT": int,
    "FLOAT": float,
    "STRING": str,
    "BOOLEAN": bool,
}
_SHOWN: Final = 60
_SHOULD_BE: Final[Mapping[str, str]] = {
    "INT": "a whole number",
    "FLOAT": "a number",
    "STRING": "a text",
}


@frozen(kw_only=True)
class Objection:
    """Why a value will not do."""

    #: What is wrong.
    kind: FaultKind
    #: What is wrong and what to do.
    problem: str


def unwrapped(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Take a value out of ``{"__value__": …}``, in which lists travel; once."""
    if isinstance(value, Mapping) and "__value__" in value:
        return value["__value__"]
    return value


def shown(value: object) -> str:
    """Return a value as a sentence tells it: short, and in JSON's words."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        text = repr(value)
    # Python writes no number of more than 4,300 digits, nor what is too deep.
    except (ValueError, RecursionError):
        return "this value"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def check_value(
    entry: InputDescription,
    value: Any,  # noqa: ANN401 - any JSON
    rules: ServerRules,
    *,
    is_checked_by_class: bool,
) -> Objection | None:
    """Return why the server refuses a value; ``None`` where it takes it.

    Args:
        entry: The input.
        value: What the graph gives, unwrapped; no link.
        rules: How the server judges.
        is_checked_by_class: Whether the class judges this input itself: then neither
            limits nor choices count.
    """
    try:
        converted = _convert(entry.type, value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        what = _SHOULD_BE[entry.type]
        problem = f"{shown(value)} cannot be read as {what}; give {what}."
        return Objection(kind=FaultKind.INVALID_VALUE, problem=problem)
    if is_checked_by_class:
        return None
    return _check_limits(entry, converted) or _check_choice(entry, value, rules)


def doubt(
    entry: InputDescription,
    value: Any,  # noqa: ANN401 - any JSON
) -> Objection | None:
    """Return how a value that the server takes becomes another one; else ``None``."""
    problem = ""
    match entry.type:
        case "BOOLEAN" if not isinstance(value, bool | int | float):
            problem = (
                f"{shown(value)} counts as {shown(bool(value))}; "
                "write true or false, without quotes."
            )
        case "FLOAT" if math.isnan(float(value)):
            problem = "NaN is no number, and all that is worked out of it is none."
            return Objection(kind=FaultKind.NOT_A_NUMBER, problem=problem)
        case "INT" if isinstance(value, float) and not value.is_integer():
            problem = f"{shown(value)} is cut to {int(value)}; give a whole number."
        case "INT" | "FLOAT" if isinstance(value, bool):
            problem = f"{shown(value)} counts as {int(value)}; give a number."
        case "STRING" if value is None or isinstance(value, bool | list | Mapping):
            problem = f"{shown(value)} becomes what Python writes for it; give a text."
    if not problem:
        return None
    return Objection(kind=FaultKind.CHANGED_VALUE, problem=problem)


def is_listed(entry: InputDescription, value: object) -> bool:
    """Tell whether a value is among the choices; several where the input takes such."""
    choices = entry.choices or ()
    if isinstance(value, list | tuple) and entry.is_multiselect:
        return all(item in choices for item in value)
    return value in choices


def _convert(type_: str, value: Any) -> Any:  # noqa: ANN401 - any JSON
    convert = _CONVERTERS.get(type_)
    # Only a number of thousands of digits makes no text.
    if convert is None or (convert is str and not isinstance(value, int)):
        return value
    return convert(value)


def _check_limits(entry: InputDescription, value: Any) -> Objection | None:  # noqa: ANN401 - any JSON
    options = entry.options
    try:
        # Any type may tell limits, such as a union of numbers and texts.
        if "min" in options and value < options["min"]:
            problem = f"{shown(value)} is below the minimum {shown(options['min'])}."
            return Objection(kind=FaultKind.TOO_SMALL, problem=problem)
        if "max" in options and value > options["max"]:
            problem = f"{shown(value)} is above the maximum {shown(options['max'])}."
            return Objection(kind=FaultKind.TOO_LARGE, problem=problem)
    except TypeError:
        problem = f"{shown(value)} cannot be compared with its limits; give a number."
        return Objection(kind=FaultKind.INVALID_VALUE, problem=problem)
    return None


def _check_choice(
    entry: InputDescription, value: object, rules: ServerRules
) -> Objection | None:
    is_new = entry.type == "COMBO" and not entry.has_list_type
    is_checked = entry.has_list_type or (
        is_new and rules.checks_new_choices and not entry.options.get("remote_combo")
    )
    if not is_checked or is_listed(entry, value):
        return None
    problem = f"{shown(value)} is none of the choices."
    return Objection(kind=FaultKind.NOT_LISTED, problem=problem)
