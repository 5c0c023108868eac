"""Tests of `comfy_assets.domain.workflows.analysis.listing`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.analysis.listing import list_nodes, takes_picture
from comfy_assets.domain.workflows.analysis.results import AnalyzedInput
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.roles import Role, TypedGraph
from tests.unit.domain.workflows.described import catalogue, description
from tests.unit.domain.workflows.graphs import node, text_to_image

CHOICE = ["COMBO", {"options": ["a", "b"], "tooltip": "Which.", "display_name": "Kind"}]


def inputs(
    graph: dict[str, Any],
    kinds: Catalogue | None = None,
    roles: dict[InputRef, Role] | None = None,
) -> dict[str, AnalyzedInput]:
    """The inputs of a graph by address."""
    typed = TypedGraph(Workflow.from_api(graph), kinds)
    listed = list_nodes(typed, roles or {}, ())
    return {entry.address: entry for n in listed for entry in n.inputs}


def test_a_class_tells_of_its_inputs() -> None:
    """Type, range, choices, title and tooltip are those of the catalogue."""
    kinds = catalogue(
        Paint=description(
            {
                "kind": CHOICE,
                "size": ["INT", {"min": 8, "max": 64, "step": 8}],
                "text": ["STRING", {"multiline": True}],
            }
        )
    )
    found = inputs({"1": node("Paint", text="x", size=16, kind="a")}, kinds)
    assert list(found) == ["1.kind", "1.size", "1.text"]
    kind, size, text = found.values()
    assert (kind.type, kind.choices, kind.value) == ("COMBO", ("a", "b"), "a")
    assert (kind.title, kind.tooltip, kind.ref.input_name) == ("Kind", "Which.", "kind")
    assert (size.type, size.minimum, size.maximum, size.step) == ("INT", 8, 64, 8)
    assert (text.title, text.is_multiline, size.is_multiline) == ("text", True, False)


def test_common_classes_are_known_without_a_server() -> None:
    """The steps of a KSampler have a range; which files there are is not known."""
    found = inputs(text_to_image())
    assert (found["3.steps"].minimum, found["3.steps"].maximum) == (1, 10_000)
    assert found["6.text"].is_multiline
    assert (found["4.ckpt_name"].type, found["4.ckpt_name"].choices) == ("COMBO", None)


@pytest.mark.parametrize(
    "value, type_",
    [(True, "BOOLEAN"), (1, "INT"), (0.5, "FLOAT"), ("a", "STRING"), ([1], "")],
)
def test_a_value_tells_its_type(value: object, type_: str) -> None:
    """Of an unknown class there is nothing else; a list has none."""
    (found,) = inputs({"1": node("Strange", x=value)}).values()
    assert found.type == type_
    assert found.title == "x"


def test_sockets_are_no_inputs_to_set() -> None:
    """A model comes by a link only; a linked number may be set, and cuts the link."""
    graph = {
        "1": node("KSampler", model=["2", 0], steps=["3", 0], cfg=7.0),
        "2": node("UNETLoader", unet_name="a"),
        "3": node("PrimitiveInt", value=5),
        "4": node("Strange", a=["3", 0]),
    }
    found = inputs(graph)
    assert [a for a in found if a[0] in "14"] == ["1.steps", "1.cfg"]
    assert found["1.steps"].is_linked
    assert found["1.steps"].value is None
    assert not found["1.cfg"].is_linked


def test_what_the_class_does_not_know_is_listed_last() -> None:
    """Some custom nodes take what their class does not tell."""
    kinds = catalogue(Loras=description({"model": ["MODEL"]}))
    found = inputs({"1": node("Loras", lora_1="a", model=None)}, kinds)
    assert list(found) == ["1.model", "1.lora_1"]


def test_dynamic_inputs_are_listed_under_full_names() -> None:
    """What a choice brings along has its range."""
    option = {"key": "a", "inputs": {"required": {"n": ["INT", {"max": 3}]}}}
    kinds = catalogue(
        Paint=description({"kind": ["COMFY_DYNAMICCOMBO_V3", {"options": [option]}]})
    )
    found = inputs({"1": node("Paint", **{"kind": "a", "kind.n": 2})}, kinds)
    assert found[r"1.kind.n"].maximum == 3


def test_an_input_of_a_role_is_always_listed() -> None:
    """Also where nobody knows the class."""
    ref = InputRef("1", "text")
    graph = {"1": node("Strange", text=["2", 0]), "2": node("Strange")}
    assert inputs(graph) == {}
    assert inputs(graph, roles={ref: Role.POSITIVE})["1.text"].role is Role.POSITIVE


def test_nodes_have_titles() -> None:
    """A person's title goes before the editor's, and that before the class."""
    kinds = catalogue(Paint={**description(), "display_name": "Paint it"})
    graph = {"1": node("Paint", "Mine"), "2": node("Paint"), "3": node("Strange")}
    typed = TypedGraph(Workflow.from_api(graph), kinds)
    titles = [n.title for n in list_nodes(typed, {}, ())]
    assert titles == ["Mine", "Paint it", "Strange"]


def test_nodes_tell_whether_a_run_works_on_them() -> None:
    """What no output needs is listed, as unused."""
    graph = text_to_image() | {"10": node("KSampler", seed=1)}
    nodes = list_nodes(TypedGraph(Workflow.from_api(graph)), {}, ())
    assert [n.node_id for n in nodes if not n.is_used] == ["10"]


@pytest.mark.parametrize(
    "name, class_type, takes",
    [
        ("image", "LoadImage", True),
        ("image", "LoadImageOutput", True),
        ("mask", "LoadImageOutput", False),
        ("image", "LoadVideo", False),
        ("image", "Upload", True),
        ("clip", "Upload", False),
        ("film", "Upload", False),
    ],
)
def test_pictures_are_taken_by_loaders(name: str, class_type: str, takes: bool) -> None:
    """The class tells by its upload option; else the name of a loader does."""
    upload = {"image": ["COMBO", {"image_upload": True}], "clip": ["STRING"]}
    upload["film"] = ["COMBO", {"video_upload": True}]
    kinds = catalogue(Upload=description(upload))
    typed = TypedGraph(Workflow.from_api({"1": node(class_type, **{name: "a"})}), kinds)
    assert takes_picture(typed, InputRef("1", name)) is takes


def test_a_linked_picture_is_none_to_upload() -> None:
    """It comes from another node."""
    graph = {"1": node("LoadImage", image=["2", 0]), "2": node("Pick")}
    assert not takes_picture(
        TypedGraph(Workflow.from_api(graph)), InputRef("1", "image")
    )
