"""Tests of `comfy_assets.domain.workflows.validation.class_checks`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import NodeDescription
from comfy_assets.domain.workflows.validation import FaultKind, validate_document
from comfy_assets.domain.workflows.validation.class_checks import class_check
from tests.unit.domain.workflows.graphs import node
from tests.unit.domain.workflows.object_info import described, modern, older

_MOVES = ("horizontal_movement", "vertical_movement", "pan", "tilt", "roll", "zoom")


def _found(
    class_type: str, target: dict[str, Any], *, catalogue: Any = older, **inputs: Any
) -> list[tuple[FaultKind, str | None]]:
    known = catalogue(
        **{class_type: target | {"output_node": True}},
        Int=described(output=["INT", "STRING", "RIG_TASK_ID", "FLOAT"]),
    )
    graph = {"9": node(class_type, **inputs), "1": node("Int")}
    return [(f.kind, f.input_name) for f in validate_document(graph, known)]


@pytest.mark.parametrize("ratio", ["16:9", "1:4", "4:1", " 3 : 2 ", "+1:2"])
def test_a_ratio_within_four_to_one_passes(ratio: str) -> None:
    """As whole numbers, the limits included."""
    target = described(required={"aspect_ratio": ["STRING", {}]})
    assert _found("FluxProUltraImageNode", target, aspect_ratio=ratio) == []


@pytest.mark.parametrize(
    "ratio", ["5:1", "1:5", "16", "1:2:3", "a:b", "0:1", "-1:-1", 7, {}, ["1", 1]]
)
def test_another_ratio_is_refused(ratio: Any) -> None:
    """And so is a link, which has no value yet."""
    target = described(required={"aspect_ratio": ["STRING", {}]})
    found = _found("FluxProUltraImageNode", target, aspect_ratio=ratio)
    assert found == [(FaultKind.CLASS_CHECK, "aspect_ratio")]


def test_a_ratio_that_is_missing_is_told_once() -> None:
    """By the server's own check."""
    target = described(required={"aspect_ratio": ["STRING", {}]})
    found = _found("FluxProUltraImageNode", target)
    assert found == [(FaultKind.MISSING_INPUT, "aspect_ratio")]


_CAMERA = described(
    required={name: ["FLOAT", {"min": -10.0, "max": 10.0}] for name in _MOVES}
)


def test_a_camera_must_move() -> None:
    """Its limits are not looked at; newer servers do just that."""
    still = dict.fromkeys(_MOVES, 0)
    found = _found("KlingCameraControls", _CAMERA, **still)
    assert found == [(FaultKind.CLASS_CHECK, name) for name in _MOVES]
    assert _found("KlingCameraControls", _CAMERA, **still | {"pan": 99}) == []
    assert _found("KlingCameraControls", _CAMERA, catalogue=modern, **still) == []
    linked = still | {"pan": ["1", 3]}
    assert _found("KlingCameraControls", _CAMERA, **linked) == [
        (FaultKind.CLASS_CHECK, "pan")
    ]


def test_a_task_comes_by_a_link() -> None:
    """Of one of its types; links into other inputs may be of any."""
    target = described(
        required={"original_model_task_id": ["MODEL_TASK_ID,RIG_TASK_ID"]},
        optional={"quad": ["BOOLEAN", {}]},
    )
    name = "TripoConversionNode"
    right = {"original_model_task_id": ["1", 2]}
    assert _found(name, target, **right) == []
    assert _found(name, target, **right, quad=["1", 0]) == []
    wrong = _found(name, target, original_model_task_id=["1", 0])
    assert wrong == [(FaultKind.TYPE_MISMATCH, "original_model_task_id")]
    literal = _found(name, target, original_model_task_id="x")
    assert (FaultKind.CLASS_CHECK, "original_model_task_id") in literal


@pytest.mark.parametrize(
    "class_type, input_name",
    [
        ("ModelAttentionBackend", "attention"),
        ("SelectModelDevice", "device"),
        ("SelectCLIPDevice", "device"),
        ("SelectVAEDevice", "device"),
        ("CustomCombo", "choice"),
    ],
)
def test_some_classes_take_anything(class_type: str, input_name: str) -> None:
    """Where they have a list of choices."""
    target = described(required={input_name: [["cpu"]]})
    assert _found(class_type, target, **{input_name: "gpu:7"}) == []


def test_a_class_that_takes_all_has_no_unknown_inputs() -> None:
    """CustomCombo gets its choices under names of their own."""
    target = described(required={"choice": ["COMBO", {"options": []}]})
    found = _found("CustomCombo", target, choice="a", option1="a", index=0)
    assert found == []


def test_scenes_are_checked_by_newer_classes_only() -> None:
    """The older one has a plain list."""
    old = described(required={"model_file": [["a.glb"]]})
    new = described(required={"model_file": ["COMBO", {"options": ["a.glb"]}]})
    for told, expected in ((old, False), (new, True), (described(), False)):
        found = NodeDescription.from_object_info("Load3D", told)
        assert (class_check(found) is not None) is expected
