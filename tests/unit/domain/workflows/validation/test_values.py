"""Tests of `comfy_assets.domain.workflows.validation.values`."""

from __future__ import annotations

import math
from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import InputDescription
from comfy_assets.domain.workflows.validation.faults import FaultKind
from comfy_assets.domain.workflows.validation.rules import ServerRules
from comfy_assets.domain.workflows.validation.values import (
    check_value,
    doubt,
    shown,
    unwrapped,
)

_NEW = ServerRules(checks_new_choices=True, looks_at_all_inputs=True)
_OLD = ServerRules(checks_new_choices=False, looks_at_all_inputs=False)
_SEED = {"min": 0, "max": 2**64 - 1}


def _entry(type_: str, choices: Any = None, **options: Any) -> InputDescription:
    return InputDescription(
        name="x", section="required", type=type_, choices=choices, options=options
    )


def _check(
    entry: InputDescription, value: Any, *, rules: ServerRules = _NEW
) -> FaultKind | None:
    found = check_value(entry, value, rules, is_checked_by_class=False)
    return None if found is None else found.kind


@pytest.mark.parametrize("value", [7, "7", " 7 ", "+7", "0_7", "\uff17", 7.5, True])
def test_whole_numbers_are_read_as_python_reads_them(value: Any) -> None:
    """Digits as text, with blanks, signs and underscores; fractions are cut."""
    assert _check(_entry("INT", **_SEED), value) is None


@pytest.mark.parametrize(
    "value",
    [
        *("7.5", "7.0", "1e3", "0x10", "", "abc", None, {}),
        math.nan,
        math.inf,
        "9" * 5000,
    ],
)
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    """Points and exponents in a text are none to Python."""
    assert _check(_entry("INT", **_SEED), value) is FaultKind.INVALID_VALUE


@pytest.mark.parametrize("value", ["0.5", "1e-3", " 1 ", "nan", math.nan, True, 2**70])
def test_numbers_are_read_as_python_reads_them(value: Any) -> None:
    """NaN passes every limit."""
    assert _check(_entry("FLOAT", min=0), value) is None


@pytest.mark.parametrize("value", ["0,5", "50%", "1/2", "", None, {}, 10**400])
def test_what_is_no_number_is_refused(value: Any) -> None:
    """A number beyond all floats included."""
    assert _check(_entry("FLOAT"), value) is FaultKind.INVALID_VALUE


def test_a_number_too_long_to_write_is_no_text() -> None:
    """Everything else is one."""
    assert _check(_entry("STRING"), 10**5000) is FaultKind.INVALID_VALUE
    for value in ("", 7, None, {}, True):
        assert _check(_entry("STRING"), value) is None


@pytest.mark.parametrize(
    "value, kind",
    [
        (-1, FaultKind.TOO_SMALL),
        (0, None),
        (2**64 - 1, None),
        (18446744073709552000, FaultKind.TOO_LARGE),
    ],
)
def test_limits_are_inclusive_and_exact(value: int, kind: FaultKind | None) -> None:
    """What JavaScript makes of the largest seed is too large."""
    assert _check(_entry("INT", **_SEED), value) is kind


def test_infinities_fall_to_limits() -> None:
    """And pass where there are none."""
    assert _check(_entry("FLOAT", max=1.0), math.inf) is FaultKind.TOO_LARGE
    assert _check(_entry("FLOAT", min=0), "-inf") is FaultKind.TOO_SMALL
    assert _check(_entry("FLOAT"), math.inf) is None


def test_unions_are_compared_as_they_come() -> None:
    """A text cannot be compared with a number."""
    entry = _entry("FLOAT,INT", min=0)
    assert _check(entry, 3) is None
    assert _check(entry, "3") is FaultKind.INVALID_VALUE


def test_choices_are_exact() -> None:
    """Several at once only where the input takes several."""
    entry = _entry("COMBO", ("a", 1))
    assert _check(entry, "a") is None
    assert _check(entry, "A") is FaultKind.NOT_LISTED
    assert _check(entry, ["a"]) is FaultKind.NOT_LISTED
    several = _entry("COMBO", ("a", "b"), multiselect=True)
    assert _check(several, ["b", "a"]) is None
    assert _check(several, ["a", "c"]) is FaultKind.NOT_LISTED
    assert _check(_entry("COMBO"), "a") is FaultKind.NOT_LISTED


def test_choices_of_other_servers_are_not_checked() -> None:
    """Newer spellings by older servers, and lists that another server holds."""
    assert _check(_entry("COMBO", ("a",)), "b", rules=_OLD) is None
    assert _check(_entry("COMBO", (), remote_combo={"route": "/"}), "b") is None
    old_style = InputDescription(
        name="x", section="required", type="COMBO", choices=("a",), has_list_type=True
    )
    assert _check(old_style, "b", rules=_OLD) is FaultKind.NOT_LISTED


def test_a_class_may_judge_in_place_of_the_server() -> None:
    """Its values are converted all the same."""
    entry = _entry("INT", min=0)
    assert check_value(entry, -1, _NEW, is_checked_by_class=True) is None
    assert check_value(entry, "x", _NEW, is_checked_by_class=True) is not None


@pytest.mark.parametrize(
    "type_, value, part",
    [
        ("BOOLEAN", "false", "'false' counts as true"),
        ("BOOLEAN", "", "'' counts as false"),
        ("BOOLEAN", None, "null counts as false"),
        ("FLOAT", math.nan, "NaN"),
        ("FLOAT", "nan", "NaN"),
        ("FLOAT", True, "true counts as 1"),
        ("INT", 7.5, "cut to 7"),
        ("INT", False, "false counts as 0"),
        ("STRING", None, "null becomes"),
        ("STRING", {"a": 1}, "{'a': 1} becomes"),
    ],
)
def test_values_that_become_others_are_doubted(
    type_: str, value: Any, part: str
) -> None:
    """With what they become."""
    found = doubt(_entry(type_), value)
    assert found is not None
    assert part in found.problem


@pytest.mark.parametrize(
    "type_, value",
    [
        *(("BOOLEAN", True), ("BOOLEAN", 0), ("FLOAT", "0.5"), ("INT", "7")),
        *(("INT", 7.0), ("STRING", "x"), ("STRING", 7), ("IMAGE", None)),
    ],
)
def test_values_that_stay_what_they_are_pass(type_: str, value: Any) -> None:
    """Numbers as text are meant as numbers."""
    assert doubt(_entry(type_), value) is None


def test_a_wrapped_value_is_unwrapped_once() -> None:
    """That is how lists travel."""
    assert unwrapped({"__value__": [1]}) == [1]
    assert unwrapped({"__value__": {"__value__": 1}}) == {"__value__": 1}
    assert unwrapped({"value": 1}) == {"value": 1}


@pytest.mark.parametrize(
    "value, text",
    [
        *((None, "null"), (True, "true"), (False, "false"), ("a", "'a'"), (7, "7")),
        ("x" * 100, "'" + "x" * 59 + "…"),
        pytest.param(10**5000, "this value", id="5,000 digits"),
    ],
)
def test_values_are_told_shortly(value: Any, text: str) -> None:
    """In JSON's words, and never at full length."""
    assert shown(value) == text
