"""Values are converted and judged as ComfyUI does (recording 28)."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.simulator._input_values import check_value

_INT = ["INT", {"default": 512, "min": 1, "max": 16384}]


@pytest.mark.parametrize(
    "config, value, expected",
    [
        (_INT, 64.9, 64),
        (_INT, True, 1),
        (_INT, "64", 64),
        (_INT, {"__value__": 32}, 32),
        (["FLOAT", {}], 3, 3.0),
        (["STRING", {}], 12.5, "12.5"),
        (["BOOLEAN", {}], "false", True),
        (["*", {}], {"a": 1}, {"a": 1}),
        ([["a", "b"]], "b", "b"),
    ],
)
def test_values_are_converted(
    config: list[Any], value: object, expected: object
) -> None:
    """An accepted value comes back in the type of its input."""
    assert check_value("x", config, value) == (expected, None)


@pytest.mark.parametrize(
    "config, value, kind",
    [
        (_INT, "64.5", "invalid_input_type"),
        (_INT, None, "invalid_input_type"),
        (_INT, {"a": 1}, "invalid_input_type"),
        (_INT, 0, "value_smaller_than_min"),
        (_INT, 10**9, "value_bigger_than_max"),
        ([["a", "b"]], "c", "value_not_in_list"),
    ],
)
def test_bad_values_are_named(config: list[Any], value: object, kind: str) -> None:
    """A value that cannot be accepted is reported with what was received."""
    _, problem = check_value("x", config, value)
    assert problem is not None
    assert problem["type"] == kind
    assert problem["extra_info"]["input_name"] == "x"
    assert problem["extra_info"]["received_value"] == value


def test_long_lists_are_not_shown() -> None:
    """A report leaves a list of more than twenty choices out."""
    choices = [str(number) for number in range(21)]
    _, problem = check_value("x", [choices], "no")
    assert problem is not None
    assert problem["extra_info"]["input_config"] is None
    assert "list of length 21" in problem["details"]
