"""Tests of `comfy_assets.domain.workflows.catalogue.inputs`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import (
    DynamicCombo,
    DynamicOption,
    InputDescription,
)


def _entry(type_: str = "INT", name: str = "steps", **options: Any) -> InputDescription:
    return InputDescription(name=name, section="required", type=type_, options=options)


def test_limits_are_numbers_or_absent() -> None:
    """Texts and truth values are no limits."""
    entry = _entry(min=1, max=2.5, step=True)
    assert (entry.minimum, entry.maximum, entry.step) == (1, 2.5, None)
    assert _entry(min="1").minimum is None


def test_plain_options_are_told_by_name() -> None:
    """What editors need stands in properties."""
    entry = _entry(
        "STRING",
        default="a",
        multiline=True,
        tooltip="t",
        display_name="d",
        advanced=True,
        dynamicPrompts=True,
        socketless=True,
        multiselect=True,
    )
    assert entry.is_required
    assert entry.default == "a"
    assert entry.is_multiline
    assert entry.tooltip == "t"
    assert entry.display_name == "d"
    assert entry.is_advanced
    assert entry.has_dynamic_prompts
    assert entry.is_socketless
    assert entry.is_multiselect


def test_absent_options_mean_no() -> None:
    """An input that says nothing is called by its name and has nothing special."""
    entry = _entry("IMAGE")
    assert entry.display_name == "steps"
    assert (entry.tooltip, entry.default, entry.upload) == ("", None, None)
    assert not entry.is_remote
    assert not entry.control_after_generate


@pytest.mark.parametrize(
    "type_, options, expected",
    [
        ("INT", {}, True),
        ("COMBO", {}, True),
        ("STRING", {"forceInput": True}, False),
        ("IMAGE", {}, False),
        ("FLOAT,INT", {}, False),
        ("FLOAT,INT", {"widgetType": "FLOAT"}, True),
        ("COMFY_DYNAMICCOMBO_V3", {}, True),
        ("COMFY_AUTOGROW_V3", {}, False),
    ],
)
def test_widgets_are_told_by_type(
    type_: str, options: dict[str, Any], expected: bool
) -> None:
    """The type, or the one that the class names for it, decides."""
    assert _entry(type_, **options).is_widget is expected


@pytest.mark.parametrize(
    "type_, name, options, expected",
    [
        ("INT", "seed", {}, True),
        ("INT", "noise_seed", {}, True),
        ("INT", "seed", {"control_after_generate": False}, False),
        ("INT", "number", {"control_after_generate": "randomize"}, True),
        ("FLOAT", "seed", {}, False),
        ("FLOAT", "x", {"control_after_generate": True}, True),
        ("COMBO", "x", {"control_after_generate": True}, True),
        ("STRING", "x", {"control_after_generate": True}, False),
    ],
)
def test_controls_stand_behind_seeds_and_where_asked_for(
    type_: str, name: str, options: dict[str, Any], expected: bool
) -> None:
    """Whole numbers called seed have one unless the class does not want it."""
    assert _entry(type_, name, **options).control_after_generate is expected


@pytest.mark.parametrize("kind", ["image", "animated_image", "video", "audio", "file"])
def test_uploads_are_told_by_kind(kind: str) -> None:
    """Each kind has an option of its own."""
    assert _entry("COMBO", **{f"{kind}_upload": True}).upload == kind


def test_unions_are_taken_apart() -> None:
    """Blanks around the members do not count."""
    assert _entry("INT, FLOAT").types == ("INT", "FLOAT")


def test_a_dynamic_choice_is_found_by_its_key() -> None:
    """An unknown key leads to nothing."""
    option = DynamicOption(key="png", inputs=())
    combo = DynamicCombo(options=(option,))
    assert combo.option("png") is option
    assert combo.option({}) is None
