"""Judge and convert one widget value of a node, as ComfyUI 0.33 does.

Links and whole nodes are judged in `_validation`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from comfy_assets.simulator._graph import JsonObject

#: A `value_not_in_list` report shows the list up to this length.
_LONGEST_SHOWN_LIST = 20
_CONVERTERS: dict[str, Callable[[Any], object]] = {
    "INT": int,
    "FLOAT": float,
    "STRING": str,
    # The text "false" is a true value to ComfyUI, too.
    "BOOLEAN": bool,
}


def check_value(
    name: str, config: list[Any], value: object
) -> tuple[object, JsonObject | None]:
    """Convert a value to its input's type and check it against its limits.

    Args:
        name: The input's name.
        config: Its entry in `/object_info`: type or choices, then options.
        value: What the graph gives; no link.

    Returns:
        The value to go on with, and what is wrong with it, if anything.
    """
    # {"__value__": x} is how a graph passes a list that is no link.
    if isinstance(value, dict) and "__value__" in value:
        value = value["__value__"]
    kind = config[0]
    if isinstance(kind, list):
        return value, _check_choice(name, config, value)
    try:
        converted = _CONVERTERS[kind](value) if kind in _CONVERTERS else value
    except (TypeError, ValueError) as error:
        return value, _problem(
            "invalid_input_type",
            f"Failed to convert an input value to a {kind} value",
            f"{name}, {value}, {error}",
            input_name=name,
            input_config=config,
            received_value=value,
            exception_message=str(error),
        )
    return converted, _check_limits(name, config, converted)


def _check_limits(name: str, config: list[Any], value: Any) -> JsonObject | None:  # noqa: ANN401 - a number when there are limits
    options = config[1] if len(config) > 1 else {}
    low, high = options.get("min"), options.get("max")
    if low is not None and value < low:
        kind, word, limit, bound = "value_smaller_than_min", "smaller", "min", low
    elif high is not None and value > high:
        kind, word, limit, bound = "value_bigger_than_max", "bigger", "max", high
    else:
        return None
    return _problem(
        kind,
        f"Value {value} {word} than {limit} of {bound}",
        name,
        input_name=name,
        input_config=config,
        received_value=value,
    )


def _check_choice(name: str, config: list[Any], value: object) -> JsonObject | None:
    choices: list[object] = config[0]
    if value in choices:
        return None
    is_short = len(choices) <= _LONGEST_SHOWN_LIST
    shown = str(choices) if is_short else f"(list of length {len(choices)})"
    return _problem(
        "value_not_in_list",
        "Value not in list",
        f"{name}: '{value}' not in {shown}",
        input_name=name,
        input_config=config if is_short else None,
        received_value=value,
    )


def _problem(kind: str, message: str, details: str, **extra: object) -> JsonObject:
    return {"type": kind, "message": message, "details": details, "extra_info": extra}
