"""Tests of `comfy_assets.domain.workflows.catalogue.reading`."""

from __future__ import annotations

import math
from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import (
    Autogrow,
    DynamicCombo,
    InputDescription,
    MatchType,
)
from comfy_assets.domain.workflows.catalogue.reading import frozen_json, read_inputs


def _read(spec: Any) -> InputDescription:
    (entry,) = read_inputs(frozen_json({"required": {"a": spec}}))
    return entry


def test_json_is_copied_and_cannot_be_changed() -> None:
    """Lists become tuples, mappings read-only; odd numbers stay."""
    source = {"a": [1, {"b": math.inf}], 7: "no text"}
    frozen = frozen_json(source)
    source["a"] = None
    assert frozen == {"a": (1, {"b": math.inf})}
    with pytest.raises(TypeError):
        frozen["a"] = None


def test_what_is_too_deep_is_left_out() -> None:
    """A hundred levels are kept; below them nothing is."""
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    frozen, depth = frozen_json(deep), 0
    while frozen is not None:
        (frozen,) = frozen
        depth += 1
    assert depth == 101


def test_inputs_stand_in_the_order_of_the_class() -> None:
    """Required, optional, hidden; in each as `input_order` says, then the rest."""
    data = {
        "hidden": {"h": "PROMPT"},
        "optional": {"c": ["INT"]},
        "required": {"x": ["INT"], "b": ["INT"], "a": ["INT"]},
    }
    order = {"required": ["a", "ghost", 7, "b"], "optional": None}
    entries = read_inputs(frozen_json(data), frozen_json(order))
    assert [entry.name for entry in entries] == ["a", "b", "x", "c", "h"]
    assert [entry.section for entry in entries[2:]] == [
        "required",
        "optional",
        "hidden",
    ]
    assert entries[4].type == "PROMPT"


def test_a_name_counts_where_it_stands_first() -> None:
    """The server, too, looks among the required ones first."""
    data = frozen_json({"required": {"a": ["INT"]}, "optional": {"a": ["FLOAT"]}})
    (entry,) = read_inputs(data)
    assert (entry.section, entry.type) == ("required", "INT")


@pytest.mark.parametrize("data", [None, (), 7, {"required": None}, {"other": {}}])
def test_what_holds_no_inputs_gives_none(data: Any) -> None:
    """Malformed parts are left out."""
    assert read_inputs(frozen_json(data)) == ()


@pytest.mark.parametrize(
    "spec, choices, has_list_type",
    [
        ([["a", "b"], {}], ("a", "b"), True),
        ([["a"]], ("a",), True),
        (["COMBO", {"options": ["a", 1]}], ("a", 1), False),
        (["COMBO", {"remote": {"route": "/x"}}], None, False),
        (["COMBO", {}], (), False),
        (["COMBO"], (), False),
    ],
)
def test_choices_have_three_spellings(
    spec: Any, choices: Any, has_list_type: bool
) -> None:
    """A list as the type, options, or a route that only the editor asks."""
    entry = _read(spec)
    assert entry.type == "COMBO"
    assert entry.choices == choices
    assert entry.has_list_type is has_list_type
    assert entry.is_remote is (choices is None)


@pytest.mark.parametrize("spec", [[], [None], [{}], 7, None, [7, {"min": 1}]])
def test_a_type_that_cannot_be_read_is_empty(spec: Any) -> None:
    """The input stays: the class has it."""
    assert _read(spec).type == ""


@pytest.mark.parametrize("spec", [["INT", None], ["INT", []], ["INT"]])
def test_options_that_are_none_are_empty(spec: Any) -> None:
    """A class may tell a type alone."""
    assert _read(spec).options == {}


def test_a_dynamic_choice_brings_its_inputs() -> None:
    """Its keys are its choices; options that are none are left out."""
    entry = _read(
        [
            "COMFY_DYNAMICCOMBO_V3",
            {"options": [{"key": "k", "inputs": {"required": {"b": ["INT"]}}}, 7]},
        ]
    )
    assert entry.choices == ("k",)
    assert isinstance(entry.dynamic, DynamicCombo)
    assert [inner.name for inner in entry.dynamic.options[0].inputs] == ["b"]
    empty = _read(["COMFY_DYNAMICCOMBO_V3", {}])
    assert empty.dynamic == DynamicCombo(options=())


def _row(**template: Any) -> Any:
    return _read(["COMFY_AUTOGROW_V3", {"template": template}]).dynamic


def test_a_row_is_named_by_prefix_or_by_names() -> None:
    """Numbers begin at 0; never more than a hundred."""
    inner = {"required": {"i": ["IMAGE"]}}
    row = _row(input=inner, prefix="image", min=1, max=3)
    assert isinstance(row, Autogrow)
    assert (row.names, row.minimum) == (("image0", "image1", "image2"), 1)
    assert row.template.type == "IMAGE"
    assert _row(input=inner, names=["a", 7, "b"], min=2).names == ("a", "b")
    assert len(_row(input=inner, prefix="i", max=10**9).names) == 100
    assert len(_row(input=inner, names=["a"] * 200).names) == 100


def test_a_row_of_optional_inputs_needs_none() -> None:
    """The minimum counts only where the template is required."""
    assert _row(input={"optional": {"i": ["IMAGE"]}}, names=["a"], min=1).minimum == 0
    inner = {"required": {"i": ["IMAGE"]}}
    assert _row(input=inner, names=["a"], min="x").minimum == 0


@pytest.mark.parametrize(
    "template", [{}, {"input": {"required": {"i": ["IMAGE"]}}}, {"names": ["a"]}]
)
def test_a_row_that_cannot_be_read_is_none(template: dict[str, Any]) -> None:
    """Without names or without what they are, nothing grows."""
    assert _row(**template) is None
    assert _read(["COMFY_AUTOGROW_V3", {"template": 7}]).dynamic is None


def test_inputs_that_match_tell_their_template() -> None:
    """Which types are allowed, any where nothing is told."""
    told = {"template_id": "t", "allowed_types": "IMAGE, MASK"}
    entry = _read(["COMFY_MATCHTYPE_V3", {"template": told}])
    assert entry.dynamic == MatchType(template_id="t", allowed_types=("IMAGE", "MASK"))
    bare = _read(["COMFY_MATCHTYPE_V3", {"template": {}}])
    assert bare.dynamic == MatchType(template_id="", allowed_types=("*",))
