"""Tests of `comfy_assets.domain.workflows.validation.nodes`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.validation import (
    Fault,
    FaultKind,
    validate_document,
)
from tests.unit.domain.workflows.graphs import node
from tests.unit.domain.workflows.object_info import BASICS, described, modern, older

_COMBO = {
    "options": [
        {"key": "mp4", "inputs": {"required": {"fps": ["INT", {}]}}},
        {"key": "gif", "inputs": {"required": {}}},
    ]
}
_ROW = {
    "template": {
        "input": {"required": {"image": ["IMAGE"]}},
        "names": ["image0", "image1"],
        "min": 1,
    }
}


def _faults(
    target: dict[str, Any], inputs: Any, *, catalogue: Any = modern, **more: Any
) -> tuple[Fault, ...]:
    """Judge one output node of a class of its own, with a picture beside it."""
    known: Catalogue = catalogue(**BASICS, Target=target | {"output_node": True})
    graph = {
        "1": node("Empty", width=64, color=1),
        "9": {"class_type": "Target", "inputs": inputs},
    }
    return validate_document(graph | more, known)


def _kinds(target: dict[str, Any], inputs: Any, **more: Any) -> list[tuple[Any, Any]]:
    faults = _faults(target, inputs, **more)
    return [(fault.kind, fault.input_name) for fault in faults]


_IMAGE = described(required={"image": ["IMAGE"]}, optional={"mask": ["MASK"]})
_NONE = described()


def test_a_missing_input_is_told_with_what_it_needs() -> None:
    """A link by its type, a value by what is usual, and a stray of a like name."""
    (fault,) = _faults(_IMAGE, {})
    assert (fault.kind, fault.input_name) == (FaultKind.MISSING_INPUT, "image")
    assert "a link of type IMAGE" in str(fault)
    number = described(required={"steps": ["INT", {"default": 20}]})
    missing, stray = _faults(number, {"step": 3})
    assert "a value or a link (20 is usual)" in str(missing)
    assert missing.suggestions == ("step",)
    assert (stray.kind, stray.suggestions) == (FaultKind.UNKNOWN_INPUT, ("steps",))


def test_an_optional_input_may_be_missing() -> None:
    """Nothing is said of it."""
    assert _kinds(_IMAGE, {"image": ["1", 0]}) == []


@pytest.mark.parametrize(
    "link",
    [
        *([], ["1"], ["1", 0, "IMAGE"], ["77", 0], [1, 0], [None, 0], [["1"], 0]),
        *(["1", 2], ["1", -3], ["1", "0"], ["1", 0.0], ["1", None], ["1", {}]),
    ],
)
def test_a_link_must_lead_to_an_output(link: Any) -> None:
    """Every list is a link; its id is a text, its slot a whole number in range."""
    assert _kinds(_IMAGE, {"image": link}) == [(FaultKind.BAD_LINK, "image")]
    optional = {"image": ["1", 0], "mask": link}
    assert _kinds(_IMAGE, optional) == [(FaultKind.BAD_LINK, "mask")]


def test_a_link_to_a_near_id_is_offered() -> None:
    """A slip of the pen is found."""
    more = {"12:30": node("Empty", width=64, color=1)}
    (fault,) = _faults(_IMAGE, {"image": ["12-30", 0]}, **more)
    assert fault.suggestions == ("12:30",)


@pytest.mark.parametrize("slot, number", [(-2, 0), (False, 0)])
def test_odd_slots_count_but_are_doubted(slot: Any, number: int) -> None:
    """Negative ones from the end, truth values as numbers."""
    (fault,) = _faults(_IMAGE, {"image": ["1", slot]})
    assert fault.severity.value == "warning"
    assert fault.kind is FaultKind.CHANGED_VALUE
    assert f"counts as {number};" in str(fault)


def test_another_type_is_refused_with_the_outputs_that_fit() -> None:
    """And what lies behind such a link is not looked at."""
    more = {"2": node("Invert", image=["77", 0])}
    (fault,) = _faults(_IMAGE, {"image": ["1", 0], "mask": ["2", 0]}, **more)
    assert (fault.kind, fault.input_name) == (FaultKind.TYPE_MISMATCH, "mask")
    (fault,) = _faults(_IMAGE, {"image": ["1", 1]})
    assert fault.suggestions == ('["1", 0]',)
    old_list = described(required={"name": [["a", "b"]]})
    (fault,) = _faults(old_list, {"name": ["1", 0]})
    assert "it takes one of its choices" in str(fault)


def test_what_a_link_needs_is_judged() -> None:
    """A fault of a node above is told there."""
    more = {"2": node("Invert", image=["77", 0])}
    (fault,) = _faults(_IMAGE, {"image": ["2", 0]}, **more)
    assert (fault.node_id, fault.kind) == ("2", FaultKind.BAD_LINK)


def test_of_unreadable_classes_nothing_is_said() -> None:
    """Neither of their inputs nor of links from them."""
    known = modern(
        **BASICS, Odd={"output_node": True}, Target=_IMAGE | {"output_node": True}
    )
    graph = {
        "1": node("Odd", whatever=[1, 2, 3]),
        "9": node("Target", image=["1", 7]),
    }
    assert validate_document(graph, known) == ()


@pytest.mark.parametrize(
    "inputs, kinds",
    [
        (None, [FaultKind.MALFORMED_NODE]),
        (7, [FaultKind.MALFORMED_NODE]),
        ([], [FaultKind.MISSING_INPUT]),
        ("", [FaultKind.MISSING_INPUT]),
        (["image"], [FaultKind.MALFORMED_NODE]),
        ("an image", [FaultKind.MALFORMED_NODE]),
    ],
)
def test_older_servers_look_for_names_in_anything(
    inputs: Any, kinds: list[FaultKind]
) -> None:
    """In a text or a list Python finds none, or stumbles over the one it finds."""
    found = _kinds(_IMAGE, inputs, catalogue=older)
    assert [kind for kind, _ in found] == kinds
    assert _kinds(_IMAGE, inputs) == [(FaultKind.MALFORMED_NODE, None)]


def test_older_servers_need_no_inputs_of_a_class_without_any() -> None:
    """But the key itself."""
    assert _kinds(_NONE, None, catalogue=older) == []
    known = older(Target=_NONE | {"output_node": True})
    (fault,) = validate_document({"9": {"class_type": "Target"}}, known)
    assert fault.kind is FaultKind.MALFORMED_NODE


def test_unknown_inputs_are_ignored_by_the_server() -> None:
    """They are told, but not what editors leave behind; of custom nodes with doubt."""
    extra = {"image": ["1", 0], "masc": ["77", 0], "upload": "image"}
    (fault,) = _faults(_IMAGE, extra)
    assert fault.severity.value == "warning"
    assert (fault.kind, fault.suggestions) == (FaultKind.UNKNOWN_INPUT, ("mask",))
    assert fault.is_certain
    custom = _IMAGE | {"python_module": "custom_nodes.pack"}
    (fault,) = _faults(custom, extra)
    assert not fault.is_certain


def test_a_graph_full_of_unknown_inputs_is_told_shortly() -> None:
    """Nobody reads hundreds of the same."""
    extra = {"image": ["1", 0]} | {f"x{i}": 1 for i in range(300)}
    assert len(_faults(_IMAGE, extra)) == 20


def test_viewers_of_editors_leave_an_input() -> None:
    """It is no unknown one."""
    known = modern(SaveGLB=described(output_node=True))
    assert validate_document({"9": node("SaveGLB", image="")}, known) == ()


def test_a_dynamic_choice_without_a_valid_key_fails_later() -> None:
    """The server takes it; what stands below it is not told as unknown too."""
    target = described(required={"format": ["COMFY_DYNAMICCOMBO_V3", _COMBO]})
    (fault,) = _faults(target, {"format": "mp5", "format.fps": 1})
    assert fault.severity.value == "warning"
    assert (fault.kind, fault.input_name) == (FaultKind.UNKNOWN_KEY, "format")
    assert "mp4" in fault.suggestions
    (fault,) = _faults(target, {})
    assert "nothing is given" in str(fault)
    optional = described(optional={"format": ["COMFY_DYNAMICCOMBO_V3", _COMBO]})
    assert _faults(optional, {}) == ()


def test_inputs_of_a_chosen_key_are_judged() -> None:
    """By their dotted names."""
    target = described(required={"format": ["COMFY_DYNAMICCOMBO_V3", _COMBO]})
    missing = [(FaultKind.MISSING_INPUT, "format.fps")]
    assert _kinds(target, {"format": "mp4"}) == missing
    assert _kinds(target, {"format": "gif"}) == []
    left_over = [(FaultKind.UNKNOWN_INPUT, "format.fps")]
    assert _kinds(target, {"format": "gif", "format.fps": 3}) == left_over


def test_a_row_needs_its_first_inputs_only() -> None:
    """Names outside the row, and the row's own, are unknown."""
    target = described(required={"images": ["COMFY_AUTOGROW_V3", _ROW]})
    link = ["1", 0]
    assert _kinds(target, {"images.image0": link}) == []
    assert _kinds(target, {"images": link}) == [
        (FaultKind.MISSING_INPUT, "images.image0"),
        (FaultKind.UNKNOWN_INPUT, "images"),
    ]
    beyond = {"images.image0": link, "images.image2": ["77", 0]}
    assert _kinds(target, beyond) == [(FaultKind.UNKNOWN_INPUT, "images.image2")]
