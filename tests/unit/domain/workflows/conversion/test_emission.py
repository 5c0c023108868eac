"""Nodes are written in API format, all that take part."""

from __future__ import annotations

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion import convert
from tests.unit.domain.workflows.conversion.documents import (
    CATALOGUE,
    CLASSES,
    class_info,
    converted,
    document,
    inputs,
    subgraph,
    ui_node,
    with_subgraphs,
)


def test_nodes_are_written_needed_or_not() -> None:
    """Modes 1 and 3 are those of a node at work."""
    data = document(
        [
            ui_node(1, "Whole", [1], mode=1),
            ui_node(2, "Decode", mode=3),
            ui_node(3, "Whole", [1], mode=4),
            ui_node(4, "Note", ["hello"]),
        ]
    )
    assert converted(data) == {"1": {"value": 1}, "2": {}}


def test_a_node_of_an_unknown_class_has_its_links_alone() -> None:
    """Which value is whose, only its class could tell; it has no title, either."""
    data = document(
        [
            ui_node(1, "Gone", [1, 2], inputs=inputs(a=1)),
            ui_node(2, "Whole", [3]),
            ui_node(3, "CustomCombo", ["a", 0, "a"]),
        ],
        {1: (2, 0, 1, 0)},
    )
    graph = convert(data, CATALOGUE).to_api()
    assert graph["1"] == {"class_type": "Gone", "inputs": {"a": ["2", 0]}}
    assert graph["3"] == {"class_type": "CustomCombo", "inputs": {}}


def test_a_comparison_of_images_is_written_empty() -> None:
    """As the editor does, whatever was saved."""
    info = class_info([], view=["IMAGECOMPARE", {"socketless": True}], text=["STRING"])
    catalogue = Catalogue.from_object_info(CLASSES | {"ImageCompare": info})
    graph = convert(document([ui_node(1, "ImageCompare", ["t"])]), catalogue).to_api()
    assert graph["1"]["inputs"] == {"view": {"__value__": ["", ""]}, "text": "t"}


def test_a_promoted_list_is_wrapped_and_one_without_a_value_is_left_out() -> None:
    """As those of the node itself are."""
    inner = subgraph(
        "s",
        [
            ui_node(5, "Plain", ["x", 1], inputs=inputs(text=1)),
            ui_node(6, "Sampler", {}, inputs=inputs(steps=2)),
        ],
        {1: (-10, 0, 5, 0), 2: (-10, 1, 6, 0)},
        ins={"text": "STRING", "steps": "INT"},
    )
    data = document([ui_node(1, "s", [["a", 0]])], **with_subgraphs(inner))
    assert converted(data) == {
        "1:5": {"text": {"__value__": ["a", 0]}, "number": 1},
        "1:6": {},
    }


def test_the_index_of_a_promoted_choice_follows_the_host() -> None:
    """It is the position of what is chosen there."""
    combo = class_info(["STRING", "INT"], choice=["COMBO", {"options": []}])
    catalogue = Catalogue.from_object_info(CLASSES | {"CustomCombo": combo})
    inner = subgraph(
        "s",
        [ui_node(5, "CustomCombo", ["a", 0, "a", "b", ""], inputs=inputs(choice=1))],
        {1: (-10, 0, 5, 0)},
        ins={"choice": "COMBO"},
    )
    data = document([ui_node(1, "s", ["b"])], **with_subgraphs(inner))
    written = convert(data, catalogue).to_api()["1:5"]["inputs"]
    assert (written["choice"], written["index"]) == ("b", 1)
