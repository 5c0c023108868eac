"""Tests of `comfy_assets.domain.workflows.catalogue.expansion`."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.catalogue import live_inputs
from comfy_assets.domain.workflows.catalogue.expansion import expand
from comfy_assets.domain.workflows.catalogue.reading import frozen_json, read_inputs

_CODEC = [
    "COMFY_DYNAMICCOMBO_V3",
    {
        "options": [
            {"key": "auto", "inputs": {"required": {}}},
            {"key": "h264", "inputs": {"optional": {"crf": ["INT"]}}},
        ]
    },
]
_FORMAT = [
    "COMFY_DYNAMICCOMBO_V3",
    {
        "options": [
            {"key": "mp4", "inputs": {"required": {"codec": _CODEC, "fps": ["INT"]}}}
        ]
    },
]
_IMAGES = [
    "COMFY_AUTOGROW_V3",
    {
        "template": {
            "input": {"required": {"image": ["IMAGE"]}},
            "prefix": "image",
            "min": 1,
            "max": 2,
        }
    },
]
_INPUTS = read_inputs(
    frozen_json(
        {
            "required": {"format": _FORMAT, "text": ["STRING"]},
            "optional": {"images": _IMAGES},
            "hidden": {"prompt": "PROMPT"},
        }
    )
)


def _names(values: dict[str, Any]) -> list[str]:
    return [entry.name for entry in live_inputs(_INPUTS, values)]


def test_a_valid_key_brings_its_inputs_in_their_place() -> None:
    """Nested ones as well, under dotted names."""
    values = {"format": "mp4", "format.codec": "h264"}
    assert _names(values) == [
        "format",
        "format.codec",
        "format.codec.crf",
        "format.fps",
        "text",
        "images.image0",
        "images.image1",
    ]


def test_without_a_valid_key_a_choice_is_gone() -> None:
    """And all that it would bring; which ones are gone is told."""
    assert _names({"format.codec": "h264"})[0] == "text"
    expansion = expand(_INPUTS, {"format": "mp4", "format.codec": ["1", 0]})
    assert [entry.name for entry in expansion.live[:3]] == [
        "format",
        "format.fps",
        "text",
    ]
    assert [entry.name for entry in expansion.unchosen] == ["format.codec"]


def test_the_first_of_a_row_are_required() -> None:
    """Whatever stands above the row itself; hidden inputs are left out."""
    sections = {entry.name: entry.section for entry in live_inputs(_INPUTS, {})}
    assert sections == {
        "text": "required",
        "images.image0": "required",
        "images.image1": "optional",
    }
