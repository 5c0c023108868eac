"""Tests of `comfy_assets.domain.workflows.nodes`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.nodes import (
    Link,
    read_input,
    read_node,
    read_node_id,
    write_node,
)
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.graphs import node


def test_a_node_comes_back_equal() -> None:
    """Class, inputs, links, nested values and title survive reading and writing."""
    data = node("A", "T", plain=1, link=["4", 0], nested={"__value__": ["4", 0]})
    assert write_node(read_node("1", data)) == data


def test_a_node_without_a_title_is_written_without_one() -> None:
    """No empty ``_meta`` appears."""
    assert write_node(read_node("1", node("A"))) == node("A")


def test_only_a_whole_input_is_a_link() -> None:
    """A pair of text and whole number is a link; ComfyUI looks no deeper."""
    read = read_node("1", node("A", link=["4", 1], inner=[["4", 1]], text="x"))
    assert read.links == {"link": Link("4", 1)}
    assert read.literal("link") is None
    assert read.literal("absent") is None
    assert read.literal("text") == "x"
    assert read.literal("inner") == (("4", 1),)


@pytest.mark.parametrize(
    "value, expected",
    [
        (["4", 0.0], Link("4", 0)),
        (Link("4", 0), Link("4", 0)),
        (["4", True], ("4", True)),
        (["4", -1], ("4", -1)),
        (["4", 0.5], ("4", 0.5)),
        (["4", 1e300], ("4", 1e300)),
        ([4, 0], (4, 0)),
        (["4", 0, 0], ("4", 0, 0)),
    ],
)
def test_what_counts_as_a_link(value: object, expected: object) -> None:
    """A number that cannot count outputs makes no link, but a plain list."""
    assert read_input("1", value) == expected


def test_a_broken_name_of_an_input_is_refused() -> None:
    """What UTF-8 cannot carry is no name either."""
    with pytest.raises(WorkflowFormatError, match="UTF-8"):
        read_node("1", node("A", **{"\ud800": 1}))


@pytest.mark.parametrize("meta", [None, "T", {}, {"title": 5}])
def test_a_strange_title_is_none(meta: object) -> None:
    """What is no title does not make the workflow useless."""
    assert read_node("1", {**node("A"), "_meta": meta}).title is None


def test_a_node_may_lack_inputs() -> None:
    """A node without ``inputs`` has none."""
    assert read_node("1", {"class_type": "A"}).inputs == {}


@pytest.mark.parametrize(
    "data, problem",
    [
        (5, "no node"),
        ({"inputs": {}}, "no class_type"),
        ({"class_type": ""}, "no class_type"),
        ({"class_type": "A", "inputs": []}, "no mapping"),
        ({"class_type": "A", "inputs": {5: 1}}, "key 5"),
        ({"class_type": "A", "inputs": {"a": float("nan")}}, "finite"),
        ({"class_type": "\ud800"}, "UTF-8"),
        ({"class_type": "A", "_meta": {"title": "\ud800"}}, "UTF-8"),
    ],
)
def test_a_bad_node_is_named(data: Any, problem: str) -> None:
    """The error carries the node's id and says what is wrong."""
    with pytest.raises(WorkflowFormatError, match=problem) as caught:
        read_node("12", data)
    assert caught.value.node_id == "12"


@pytest.mark.parametrize("node_id", [6, "", None, "\ud800"])
def test_a_node_id_is_a_text(node_id: object) -> None:
    """Numbers, empty and broken texts are no ids; an id of a subgraph is one."""
    assert read_node_id("10:5") == "10:5"
    with pytest.raises(WorkflowFormatError):
        read_node_id(node_id)
