"""Tests of `comfy_assets.domain.workflows.validation.literals`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.validation import (
    Fault,
    FaultKind,
    Severity,
    validate_document,
)
from tests.unit.domain.workflows.graphs import node
from tests.unit.domain.workflows.object_info import BASICS, described, modern, older

_FILES = ["a.png", "b.png"]
_CLASSES = {
    "LoadImage": described(
        required={"image": [_FILES, {"image_upload": True}]},
        output=["IMAGE"],
        output_node=True,
    ),
    "LoadVideo": described(
        required={"file": ["COMBO", {"options": ["v.mp4"]}]},
        output=["VIDEO"],
        output_node=True,
    ),
    "LoadImageOutput": described(
        required={"image": ["COMBO", {"remote": {"route": "/x"}}]},
        output=["IMAGE"],
        output_node=True,
    ),
    "Load3D": described(
        required={
            "model_file": ["COMBO", {"options": ["none", "3d/cube.glb"]}],
            "width": ["INT", {"min": 1}],
        },
        output_node=True,
    ),
    "Loader": described(
        required={"lora_name": [["styles/Ink.safetensors", "b.safetensors"]]},
        output_node=True,
    ),
    "Text": described(output=["COMFY_MATCHTYPE_V3"]),
}


def _faults(class_type: str, *, catalogue: Any = modern, **inputs: Any) -> list[Fault]:
    graph = {"9": node(class_type, **inputs), "1": node("Text")}
    return list(validate_document(graph, catalogue(**_CLASSES)))


def _one(class_type: str, **inputs: Any) -> Fault:
    (fault,) = _faults(class_type, **inputs)
    return fault


def _target(spec: Any, value: Any, *, catalogue: Any = modern, **more: Any) -> Any:
    """Judge one value of an input of a class of its own."""
    target = described(required={"x": spec}, output_node=True, **more)
    known = catalogue(**BASICS, Target=target)
    return list(validate_document({"9": node("Target", x=value)}, known))


@pytest.mark.parametrize(
    "name",
    ["a.png", "./a.png", "a.png [input]", {"__value__": "b.png"}],
)
def test_listed_files_are_there(name: Any) -> None:
    """In any spelling that leads to the input folder."""
    assert _faults("LoadImage", image=name) == []


@pytest.mark.parametrize(
    "name", ["A.png", "gone.png", "a.png [other]", "..\\a.png", "http://x/a.png"]
)
def test_files_that_are_not_listed_are_missing(name: str) -> None:
    """The nearest names are offered."""
    fault = _one("LoadImage", image=name)
    assert (fault.severity, fault.kind) == (Severity.ERROR, FaultKind.MISSING_FILE)
    assert "upload it" in str(fault)


def test_files_in_folders_may_be_there() -> None:
    """No catalogue lists them: the verdict is not certain."""
    fault = _one("LoadImage", image="sub/a.png")
    assert (fault.severity, fault.is_certain) == (Severity.ERROR, False)
    assert fault.suggestions[0] == "a.png"


@pytest.mark.parametrize("name", ["", ".", "3d", "3d/"])
def test_a_folder_passes_for_a_file(name: str) -> None:
    """The server only asks whether there is something of that name."""
    fault = _one("LoadImage", image=name)
    assert fault.severity is Severity.WARNING
    assert "is a folder" in str(fault)


def test_a_file_of_another_kind_passes() -> None:
    """It fails when it is opened."""
    fault = _one("LoadImage", image="v.mp4")
    assert fault.severity is Severity.WARNING
    assert "no file of this kind" in str(fault)


def test_output_files_are_listed_nowhere() -> None:
    """The class that is there for them gets the benefit of the doubt."""
    fault = _one("LoadImage", image="a.png [output]")
    assert (fault.severity, fault.is_certain) == (Severity.ERROR, False)
    fault = _one("LoadImageOutput", image="a.png [output]")
    assert (fault.severity, fault.is_certain) == (Severity.WARNING, False)
    assert _faults("LoadImageOutput", image="a.png") == []


@pytest.mark.parametrize("value", [None, 7, True, {}])
def test_a_file_name_is_a_text(value: Any) -> None:
    """The class stumbles over anything else."""
    assert _one("LoadImage", image=value).kind is FaultKind.INVALID_VALUE


def test_a_file_name_cannot_come_by_a_link() -> None:
    """The class looks for the file before anything runs."""
    assert _one("LoadImage", image=["1", 0]).kind is FaultKind.CLASS_CHECK


@pytest.mark.parametrize("value", ["none", "", None, 0, False, {}, "3d/cube.glb"])
def test_a_scene_may_be_empty(value: Any) -> None:
    """And its other limits are not looked at."""
    assert _faults("Load3D", model_file=value, width=-5) == []


def test_a_scene_that_is_missing_condemns_the_node() -> None:
    """The server names all inputs, as the class sees them all."""
    first, second = _faults("Load3D", model_file="gone.glb", width=5, other=1)
    assert (first.kind, first.input_name) == (FaultKind.MISSING_FILE, "model_file")
    assert (second.kind, second.input_name) == (FaultKind.CLASS_CHECK, "width")
    assert not first.is_certain
    assert _one("Load3D", model_file=7, width=5).kind is FaultKind.INVALID_VALUE


def test_a_missing_model_is_told_with_its_folder() -> None:
    """The same file elsewhere comes first; slashes and case do not matter."""
    fault = _one("Loader", lora_name="INK.safetensors")
    assert (fault.severity, fault.kind) == (Severity.ERROR, FaultKind.MISSING_MODEL)
    assert "install it into models/loras" in str(fault)
    assert fault.suggestions[0] == "styles/Ink.safetensors"
    fault = _target(["COMBO", {"options": []}], "x.gguf")[0]
    assert "its folder below models" in str(fault)


def test_a_choice_that_is_not_listed_is_refused() -> None:
    """By its own word where it is no model; never for certain of custom nodes."""
    (fault,) = _target([["euler", "heun"]], "Euler")
    assert (fault.kind, fault.suggestions) == (FaultKind.NOT_LISTED, ("euler",))
    assert fault.is_certain
    (fault,) = _target([["euler"]], None, python_module="custom_nodes.x")
    assert (fault.severity, fault.is_certain) == (Severity.ERROR, False)


def test_older_servers_take_any_newer_choice() -> None:
    """It fails later; a list that only the editor knows is not judged at all."""
    spec = ["COMBO", {"options": ["a"]}]
    (fault,) = _target(spec, "b", catalogue=older)
    assert (fault.severity, fault.kind) == (Severity.WARNING, FaultKind.NOT_LISTED)
    assert _target(spec, "a", catalogue=older) == []
    remote = ["COMBO", {"remote": {"route": "/x"}}]
    assert _target(remote, "b", catalogue=older) == []


def test_values_out_of_range_are_refused() -> None:
    """Never for certain of custom nodes, whose code may judge otherwise."""
    (fault,) = _target(["INT", {"min": 1}], 0)
    assert (fault.kind, fault.is_certain) == (FaultKind.TOO_SMALL, True)
    (fault,) = _target(["INT", {"min": 1}], 0, python_module="custom_nodes.x")
    assert not fault.is_certain


@pytest.mark.parametrize("value", ["x", 0, {}, True, None])
def test_a_plain_value_is_no_link(value: Any) -> None:
    """The server takes it, and the node fails."""
    (fault,) = _target(["IMAGE", {}], value)
    assert fault.severity is Severity.WARNING
    assert fault.kind is FaultKind.LITERAL_FOR_LINK


@pytest.mark.parametrize(
    "spec", [["*", {}], ["NOBODY_GIVES_IT", {}], ["STRING", {"forceInput": True}]]
)
def test_some_inputs_take_plain_values_without_a_field(spec: Any) -> None:
    """Any type, types of custom fields, and texts whose field is only hidden."""
    assert _target(spec, "x") == []


def test_null_is_as_good_as_nothing_for_an_optional_link() -> None:
    """Nodes expect that."""
    target = described(optional={"x": ["IMAGE"]}, output_node=True)
    known = modern(**BASICS, Target=target)
    assert validate_document({"9": node("Target", x=None)}, known) == ()


def test_doubtful_values_are_told() -> None:
    """With what becomes of them."""
    (fault,) = _target(["BOOLEAN", {}], "false")
    assert fault.severity is Severity.WARNING
    assert "'false' counts as true" in str(fault)
