"""Saved values go into widgets by their places."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion import convert
from tests.unit.domain.workflows.conversion.documents import (
    CLASSES,
    class_info,
    converted,
    document,
    ui_node,
)


def poured(type_: str, values: Any, **classes: Any) -> dict[str, Any]:
    """The inputs of a node with these saved values."""
    catalogue = Catalogue.from_object_info(CLASSES | classes)
    graph = convert(document([ui_node(1, type_, values)]), catalogue)
    inputs: dict[str, Any] = graph.to_api()["1"]["inputs"]
    return inputs


@pytest.mark.parametrize(
    "values, seed, steps",
    [
        ([5, "randomize", 30], 5, 30),
        ([5, "randomize"], 5, 20),
        ([5], 5, 20),
        ([], 0, 20),
        (None, 0, 20),
        ([5, "fixed", 30, 40, 50], 5, 30),
        (["x", None, "512"], "x", "512"),
    ],
)
def test_values_are_poured_in_order(values: Any, seed: object, steps: object) -> None:
    """The control takes a place and is not written; nothing is checked or counted."""
    assert poured("Sampler", values) == {"seed": seed, "steps": steps}


def test_null_stays_null_except_for_a_choice() -> None:
    """A choice without a value takes its first."""
    assert poured("Plain", [None, None]) == {"text": None, "number": None}
    assert poured("Loader", [None]) == {"name": "a.safetensors"}


def test_a_mapping_of_values_leaves_choices_alone() -> None:
    """No class of ComfyUI's own reads one."""
    assert poured("Sampler", {"seed": 4}) == {}
    assert poured("Loader", {"name": "b.safetensors"}) == {"name": "a.safetensors"}
    compared = class_info([], view=["IMAGECOMPARE"])
    assert poured("ImageCompare", {}, ImageCompare=compared) == {
        "view": {"__value__": ["", ""]}
    }


def test_the_option_decides_which_inputs_take_the_next_values() -> None:
    """They exist as soon as the choice is poured."""
    assert poured("Resize", ["by size", 640, "nearest"]) == {
        "size": "by size",
        "size.width": 640,
        "method": "nearest",
    }
    assert poured("Resize", ["by factor", 2.5, "nearest"]) == {
        "size": "by factor",
        "size.factor": 2.5,
        "method": "nearest",
    }


def test_an_option_that_does_not_exist_brings_nothing_along() -> None:
    """The value stays as it is, for the server to refuse."""
    assert poured("Resize", ["by heart", "nearest"]) == {
        "size": "by heart",
        "method": "nearest",
    }


def test_a_dynamic_choice_without_a_value_takes_its_first_with_defaults() -> None:
    """As every choice does."""
    empty = {"size": "by size", "size.width": 0, "method": "area"}
    assert poured("Resize", None) == empty
    assert poured("Resize", [None, "area"]) == empty


def test_places_that_old_frontends_kept_for_sockets_are_dropped() -> None:
    """If, and only if, the count tells that the file is of that time."""
    forced = class_info(
        [],
        text=["STRING", {"forceInput": True}],
        seed=["INT", {"control_after_generate": True}],
        steps=["INT"],
    )
    assert poured("Old", ["dummy", 5, "fixed", 9], Old=forced) == {
        "seed": 5,
        "steps": 9,
    }
    assert poured("Old", [5, "fixed", 9], Old=forced) == {"seed": 5, "steps": 9}


def test_a_row_of_equal_widgets_is_poured_first() -> None:
    """The editor makes rows before the widgets of the class."""
    template = {"input": {"required": {"n": ["INT", {"default": 1}]}}}
    row = class_info(
        [],
        text=["STRING"],
        row=["COMFY_AUTOGROW_V3", {"template": {**template, "prefix": "n", "max": 3}}],
    )
    assert poured("Row", [7, "x"], Row=row) == {"row.n0": 7, "text": "x"}


@pytest.mark.parametrize("type_", ["KSampler", "KSamplerAdvanced"])
def test_the_samplers_of_2023_lose_their_prefix(type_: str) -> None:
    """They were called `sample_euler` for some weeks."""
    info = class_info([], cfg=["FLOAT"], sampler_name=[["euler"]])
    assert poured(type_, [1, "sample_euler"], **{type_: info})["sampler_name"] == (
        "euler"
    )
    assert poured(type_, [1, 5], **{type_: info})["sampler_name"] == 5


COMBO = class_info(["STRING", "INT"], choice=["COMBO", {"options": []}])


@pytest.mark.parametrize(
    "values, written",
    [
        (
            ["b", 0, "a", "b", ""],
            {"choice": "b", "index": 1, "option1": "a", "option2": "b", "option3": ""},
        ),
        (["z", 0], {"choice": "z", "index": -1, "option1": ""}),
        (None, {"index": -1, "option1": ""}),
    ],
)
def test_a_custom_combo_writes_its_options_and_which_is_chosen(
    values: Any, written: dict[str, Any]
) -> None:
    """One text for each option and an empty one; the index is counted anew."""
    assert poured("CustomCombo", values, CustomCombo=COMBO) == written


def test_a_box_is_poured_with_its_four_numbers() -> None:
    """They take places, and the box alone is written."""
    box = {"x": 1, "y": 2, "width": 3, "height": 4}
    info = class_info([], box=["BOUNDING_BOX"], text=["STRING"])
    assert poured("Box", [box, 1, 2, 3, 4, "t"], Box=info) == {"box": box, "text": "t"}


def test_values_by_name_are_not_looked_at() -> None:
    """The editor restores by position unless somebody changes a setting."""
    node = ui_node(1, "Whole", [3], widgets_values_named={"value": 4})
    assert converted(document([node])) == {"1": {"value": 3}}
