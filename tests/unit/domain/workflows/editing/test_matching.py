"""Tests of `comfy_assets.domain.workflows.editing.matching`."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.editing.matching import match_nodes
from comfy_assets.domain.workflows.graph import Workflow
from tests.unit.domain.workflows.graphs import node, text_to_image


def _matched(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    return match_nodes(Workflow.from_api(old), Workflow.from_api(new))


def test_a_graph_is_matched_with_itself() -> None:
    """Every node with itself."""
    graph = text_to_image()
    assert _matched(graph, graph) == {node_id: node_id for node_id in graph}


def test_a_node_of_the_same_class_and_title_is_found_under_another_id() -> None:
    """Ids change when a workflow is built anew; titles stay."""
    old = {"1": node("Text", "Prompt"), "2": node("Text", "Bad")}
    new = {"7": node("Text", "Bad"), "8": node("Text", "Prompt")}
    assert _matched(old, new) == {"1": "8", "2": "7"}


def test_a_title_goes_before_an_id() -> None:
    """Two nodes that changed their ids are not taken for each other."""
    old = {"1": node("Text", "Prompt"), "2": node("Text", "Bad")}
    new = {"1": node("Text", "Bad"), "2": node("Text", "Prompt")}
    assert _matched(old, new) == {"1": "2", "2": "1"}


def test_a_node_that_was_renamed_is_found_by_its_id() -> None:
    """Of the same class."""
    old = {"1": node("Text", "Prompt"), "2": node("Text", "Bad")}
    new = {"1": node("Text", "Good"), "2": node("Text", "Bad")}
    assert _matched(old, new) == {"1": "1", "2": "2"}


def test_another_class_is_another_node() -> None:
    """Whatever its id and title."""
    assert _matched({"1": node("Text", "A")}, {"1": node("Image", "A")}) == {}


def test_of_several_that_look_alike_none_is_guessed() -> None:
    """Neither where two were there, nor where two are."""
    one = {"1": node("Text")}
    two = {"7": node("Text"), "8": node("Text")}
    assert _matched(one, two) == {}
    assert _matched(two, one) == {}


def test_the_last_of_those_that_look_alike_is_found() -> None:
    """What its id has told of the others leaves one."""
    old = {"1": node("Text"), "2": node("Text")}
    new = {"1": node("Text"), "9": node("Text")}
    assert _matched(old, new) == {"1": "1", "2": "9"}
