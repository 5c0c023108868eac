"""Which inputs are widgets, what stands behind them, and their values to begin with."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import InputDescription, NodeDescription
from comfy_assets.domain.workflows.conversion.widgets import (
    UNSET,
    default_of,
    is_widget,
    make_part,
    parts_of,
    walk,
)
from tests.unit.domain.workflows.conversion.documents import CATALOGUE, class_info


def entry(name: str, *spec: Any) -> InputDescription:
    """What a class says of one input."""
    read = NodeDescription.from_object_info("X", class_info(**{name: list(spec)}))
    return read.inputs[0]


def followers(name: str, *spec: Any) -> list[str]:
    """The widgets behind an input's own."""
    return [w.name for w in make_part(name, entry(name, *spec), {}).widgets[1:]]


@pytest.mark.parametrize(
    "spec, answer",
    [
        (["INT"], True),
        ([["a", "b"]], True),
        (["COMBO", {"options": []}], True),
        (["INT", {"forceInput": True}], False),
        (["INT", {"defaultInput": True, "lazy": True, "hidden": True}], True),
        (["FLOAT,INT"], False),
        (["FLOAT,INT", {"widgetType": "FLOAT"}], True),
        (["IMAGE"], False),
        (["*"], False),
    ],
)
def test_a_type_with_a_widget_is_one_unless_forced(spec: Any, answer: bool) -> None:
    """`forceInput` makes a socket, `widgetType` a widget; nothing else matters."""
    assert is_widget(entry("x", *spec)) is answer


@pytest.mark.parametrize(
    "spec, value",
    [
        (["INT", {"default": 5}], 5),
        (["INT"], 0),
        (["FLOAT"], 0),
        (["STRING"], ""),
        (["BOOLEAN"], False),
        (["COLOR"], "#000000"),
        ([["a", "b"]], "a"),
        ([["a", "b"], {"default": "b"}], "b"),
        (["COMBO", {"options": []}], UNSET),
        (["CURVE"], UNSET),
        (["BOUNDING_BOX"], {"x": 0, "y": 0, "width": 512, "height": 512}),
    ],
)
def test_a_widget_that_nobody_touched_has_a_value(spec: Any, value: object) -> None:
    """The class tells it, else the type does."""
    assert default_of(entry("x", *spec)) == value


def test_a_dynamic_choice_begins_with_its_first_option() -> None:
    """A default that the class tells is not looked at."""
    options = [{"key": "a", "inputs": {}}, {"key": "b", "inputs": {}}]
    spec = {"options": options, "default": "b"}
    assert default_of(entry("x", "COMFY_DYNAMICCOMBO_V3", spec)) == "a"


CONTROL = "control_after_generate"


@pytest.mark.parametrize(
    "name, spec, behind",
    [
        ("seed", ["INT"], [CONTROL]),
        ("noise_seed", ["INT"], [CONTROL]),
        ("seed", ["INT", {CONTROL: False}], []),
        ("seed", ["FLOAT"], []),
        ("steps", ["INT"], []),
        ("steps", ["INT", {CONTROL: "fixed"}], [CONTROL]),
        ("x", ["FLOAT", {CONTROL: True}], [CONTROL]),
        ("x", [["a"], {CONTROL: True}], [CONTROL, "control_filter_list"]),
        ("x", ["STRING", {CONTROL: True}], []),
        ("x", ["BOUNDING_BOX"], ["x", "y", "width", "height"]),
    ],
)
def test_what_stands_behind_a_widget(name: str, spec: Any, behind: list[str]) -> None:
    """Seeds have a control, choices a filter too, boxes their four numbers."""
    assert followers(name, *spec) == behind


def test_an_upload_button_stands_behind_all_others() -> None:
    """The editor adds it as an input of its own; it is never written."""
    upload = NodeDescription.from_object_info(
        "LoadImage",
        class_info(image=[["a.png"], {"image_upload": True}], channel=[["red"]]),
    )
    widgets = [w for part in walk(parts_of(upload, {})) for w in part.widgets]
    assert [(w.name, w.is_written) for w in widgets] == [
        ("image", True),
        ("channel", True),
        ("upload", False),
    ]


def test_a_viewer_of_models_has_three_buttons_before_it() -> None:
    """They have places of their own, and are written."""
    load = NodeDescription.from_object_info(
        "Load3D", class_info(model_file=[["none"]], image=["LOAD_3D"], width=["INT"])
    )
    names = [w.name for part in walk(parts_of(load, {})) for w in part.widgets]
    buttons = ["upload 3d model", "upload extra resources", "clear"]
    assert names == ["model_file", *buttons, "image", "width"]
    preview = NodeDescription.from_object_info("P", class_info(image=["LOAD_3D"]))
    assert [len(part.widgets) for part in parts_of(preview, {})] == [1]


def test_a_saved_model_has_a_viewer_behind_all_others() -> None:
    """An extension of the editor adds it to this class."""
    save = NodeDescription.from_object_info("SaveGLB", class_info(mesh=["MESH"]))
    assert [part.name for part in parts_of(save, {})] == ["mesh", "image"]


def test_a_comparison_of_images_takes_no_place() -> None:
    """It is written all the same."""
    widget = make_part("view", entry("view", "IMAGECOMPARE"), {}).widgets[0]
    assert (widget.takes_slot, widget.is_written) == (False, True)


@pytest.mark.parametrize(
    "linked, count", [((), 2), (("images.image0",), 2), (("images.image3",), 5)]
)
def test_a_row_of_equal_inputs_grows_with_its_links(
    linked: tuple[str, ...], count: int
) -> None:
    """There is always one more than is needed, up to the most that may be."""
    parts = parts_of(CATALOGUE.nodes["Batch"], dict.fromkeys(linked))
    assert len(parts[0].children) == count


def test_hidden_inputs_are_none_of_a_nodes_parts() -> None:
    """The server fills them in."""
    info = class_info(a=["INT"])
    info["input"]["hidden"] = {"prompt": "PROMPT"}
    read = NodeDescription.from_object_info("X", info)
    assert [part.name for part in parts_of(read, {})] == ["a"]
