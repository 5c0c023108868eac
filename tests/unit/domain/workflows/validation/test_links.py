"""Tests of `comfy_assets.domain.workflows.validation.links`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import InputDescription, OutputDescription
from comfy_assets.domain.workflows.validation.links import (
    Target,
    fits,
    output_at,
    read_link,
)
from comfy_assets.domain.workflows.validation.rules import ServerRules

_NEW = ServerRules(checks_new_choices=True, looks_at_all_inputs=True)
_OLD = ServerRules(checks_new_choices=False, looks_at_all_inputs=False)


def _output(type_: str, choices: Any = None) -> OutputDescription:
    return OutputDescription(type=type_, name="o", choices=choices)


def _input(type_: str, choices: Any = None, *, is_list: bool = False) -> Any:
    return InputDescription(
        name="i",
        section="required",
        type=type_,
        choices=choices,
        has_list_type=is_list,
    )


@pytest.mark.parametrize(
    "given, taken, expected",
    [
        ("IMAGE", "IMAGE", True),
        ("IMAGE", "MASK", False),
        ("INT", "FLOAT", False),
        ("INT", "BOOLEAN", False),
        ("STRING", "COMBO", False),
        ("INT", "FLOAT,INT", True),
        ("INT, STRING", "STRING,MASK", True),
        ("IMAGE", "*", True),
        ("*", "IMAGE", True),
        ("COMFY_MATCHTYPE_V3", "IMAGE", True),
        ("IMAGE", "COMFY_MATCHTYPE_V3", True),
        ("", "IMAGE", True),
        ("IMAGE", "", True),
    ],
)
def test_types_fit_by_one_in_common(given: str, taken: str, expected: bool) -> None:
    """Any type and types that match others fit all; what cannot be read is let in."""
    assert fits(_output(given), _input(taken), _NEW) is expected


def test_lists_of_choices_fit_the_same_list() -> None:
    """Newer servers let them into newer choices, too."""
    listed = _output("COMBO", ("a", "b"))
    assert fits(listed, _input("COMBO", ("a", "b"), is_list=True), _OLD)
    assert not fits(listed, _input("COMBO", ("a",), is_list=True), _NEW)
    assert not fits(_output("STRING"), _input("COMBO", ("a",), is_list=True), _NEW)
    assert fits(listed, _input("COMBO", ("c",)), _NEW)
    assert not fits(listed, _input("COMBO", ("c",)), _OLD)
    assert not fits(listed, _input("STRING"), _NEW)
    assert fits(_output("COMBO"), _input("COMBO", ("c",)), _OLD)


def test_slots_count_as_in_python() -> None:
    """From either end, truth values as numbers; anything else is none."""
    outputs = (_output("A"), _output("B"))
    assert output_at(outputs, 1) is outputs[1]
    assert output_at(outputs, -2) is outputs[0]
    assert output_at(outputs, True) is outputs[1]
    for slot in (2, -3, "0", 0.0, None, 10**20):
        assert output_at(outputs, slot) is None


@pytest.mark.parametrize(
    "link, part",
    [
        ([], "two parts"),
        (["1", 0, 0], "two parts"),
        ([1, 0], "by a text"),
        ([["1"], 0], "by a text"),
        (["7", 0], "does not exist"),
    ],
)
def test_a_misspelt_link_is_told(link: Any, part: str) -> None:
    """With how to write it, or what to mend."""
    problem = read_link(link, {"1": {}})
    assert isinstance(problem, str)
    assert part in problem


def test_a_link_leads_to_a_node() -> None:
    """Its slot is judged later."""
    assert read_link(["1", "odd"], {"1": {}}) == Target("1", "odd")
