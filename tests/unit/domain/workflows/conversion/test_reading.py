"""Reading a file of the editor: leniently, and with every fault told."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.conversion import convert
from comfy_assets.domain.workflows.conversion.reading import identity, read_document
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.conversion.documents import (
    CATALOGUE,
    converted,
    document,
    inputs,
    ui_node,
)


@pytest.mark.parametrize(
    "value, text",
    [
        (5, "5"),
        (5.0, "5"),
        ("5", "5"),
        ("", None),
        (None, None),
        (True, None),
        (1.5, None),
        pytest.param(10**5000, None, id="beyond all numbers"),
    ],
)
def test_an_id_is_a_number_or_a_text(value: object, text: str | None) -> None:
    """Files have both, and one node must not have two ids."""
    assert identity(value) == text


def test_version_1_has_links_as_objects_and_another_counter() -> None:
    """It says the same in other words."""
    link = {"id": 9, "origin_id": 1, "origin_slot": 0, "target_id": 2, "target_slot": 0}
    data = {
        "version": 1,
        "state": {"lastNodeId": 41},
        "nodes": [ui_node(1, "Whole", [3]), ui_node(2, "Any", inputs=inputs(source=9))],
        "links": [link],
    }
    assert read_document(data).last_node_id == 41
    assert converted(data)["2"] == {"source": ["1", 0]}


def test_broken_rows_of_links_are_passed_over() -> None:
    """A link counts only where an input refers to it."""
    data = document([ui_node(1, "Whole", [3])])
    data["links"] = [None, [], [1, 2], [1, None, 0, 1, 0, "*"], "x"]
    assert converted(data) == {"1": {"value": 3}}


@pytest.mark.parametrize(
    "nodes, problem",
    [
        (["x"], "entry 0 of the nodes is no node"),
        ([{"id": 1}], "entry 0 of the nodes has no id or no type"),
        ([{"type": "Whole"}], "entry 0 of the nodes has no id or no type"),
        ([ui_node(1, "Whole"), ui_node(1, "Any")], "two nodes have the id 1"),
    ],
)
def test_a_node_that_cannot_be_read_is_told(nodes: list[Any], problem: str) -> None:
    """Leaving it out in silence would be another workflow."""
    with pytest.raises(WorkflowFormatError, match=problem):
        convert({"nodes": nodes}, CATALOGUE)


def test_a_node_that_cannot_be_read_is_told_with_its_subgraph() -> None:
    """Its number alone would be looked for at the top."""
    inner = {"id": "s", "name": "Eyes", "nodes": [3]}
    data = document([ui_node(1, "s")], definitions={"subgraphs": [inner, 1, {}]})
    with pytest.raises(WorkflowFormatError, match="of the subgraph 'Eyes'"):
        convert(data, CATALOGUE)


def test_types_of_old_files_are_understood() -> None:
    """A choice list stood for its type once, and 0 for any."""
    node = {**ui_node(1, "Gone"), "inputs": [{"name": "a", "type": ["x", "y"]}]}
    node["inputs"].append({"name": "b", "type": 0})
    read = read_document(document([node])).root.nodes["1"]
    assert [socket.type for socket in read.inputs] == ["COMBO", "*"]


def test_parts_of_another_form_are_read_as_absent() -> None:
    """A file is as its author's tools left it."""
    data = document(
        [
            {
                "id": 1,
                "type": "Whole",
                "mode": "2",
                "title": 5,
                "inputs": 7,
                "outputs": [1],
                "properties": [],
                "widgets_values": "x",
            }
        ],
        extra=4,
        definitions=[],
    )
    data["links"] = 3
    assert converted(data) == {"1": {"value": 0}}
