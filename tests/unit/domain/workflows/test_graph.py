"""Tests of `comfy_assets.domain.workflows.graph`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.graph import (
    MAX_NODES,
    InputRef,
    Link,
    Workflow,
    read_json,
)
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.graphs import JSON, node, text_to_image


@given(JSON)
def test_any_json_is_a_workflow_or_a_format_error(data: Any) -> None:
    """No JSON value makes the reader raise anything else."""
    try:
        workflow = Workflow.from_api(data)
    except WorkflowFormatError as e:
        # The sentence can be logged and sent, whatever was in the data.
        str(e).encode()
        return
    assert Workflow.from_api(workflow.to_api()) == workflow


@given(st.dictionaries(st.text(), st.builds(node, st.text(), a=JSON, b=JSON)))
def test_any_graph_is_a_workflow_or_a_format_error(data: dict[str, Any]) -> None:
    """No graph makes the reader raise anything else."""
    try:
        workflow = Workflow.from_api(data)
    except WorkflowFormatError:
        return
    assert Workflow.from_api(workflow.to_api()) == workflow


@given(st.binary() | st.text() | JSON.map(json.dumps))
def test_any_text_is_a_workflow_or_a_format_error(text: str | bytes) -> None:
    """No bytes and no text make the reader raise anything else."""
    try:
        workflow = read_json(text)
    except WorkflowFormatError:
        return
    assert workflow.nodes


@pytest.mark.parametrize(
    "text", ["[" * 200_000, "1" * 5_000, b"\xff", "", '{"1": NaN}', "nothing"]
)
def test_a_hostile_text_is_a_format_error(text: str | bytes) -> None:
    """Endless nesting and numbers, broken UTF-8 and no JSON at all are refused."""
    with pytest.raises(WorkflowFormatError, match="API"):
        read_json(text)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_file_may_begin_with_a_byte_order_mark(mark: bytes) -> None:
    """Windows editors write one."""
    text = json.dumps(text_to_image())
    assert read_json(mark + text.encode()).to_api() == text_to_image()
    assert read_json(text).to_api() == text_to_image()


def test_the_wrapper_of_a_prompt_is_taken_off() -> None:
    """``{"prompt": {...}}``, as sent to the server and kept in pictures, is read."""
    wrapped = {"prompt": text_to_image(), "client_id": "x"}
    assert Workflow.from_api(wrapped).to_api() == text_to_image()


def test_a_node_may_be_called_prompt() -> None:
    """A node with the id ``prompt`` is no wrapper."""
    graph = {"prompt": node("A"), "nodes": node("B")}
    assert Workflow.from_api(graph).to_api() == graph


def test_the_editor_format_is_refused_with_advice() -> None:
    """A workflow that was saved, not exported, tells how to export it."""
    with pytest.raises(WorkflowFormatError, match=r"Export \(API\)"):
        Workflow.from_api({"nodes": [], "links": []})


@pytest.mark.parametrize("data", [None, [], "x", {}, {"1": 5}])
def test_no_graph_is_refused_with_advice(data: object) -> None:
    """Whatever is no graph tells how to get one."""
    with pytest.raises(WorkflowFormatError, match=r"Export \(API\)"):
        Workflow.from_api(data)


def test_a_workflow_has_at_most_5000_nodes() -> None:
    """The limit itself is fine."""
    graph = {str(i): node("A") for i in range(MAX_NODES)}
    assert len(Workflow.from_api(graph).nodes) == MAX_NODES
    with pytest.raises(WorkflowFormatError, match="5001 nodes"):
        Workflow.from_api({**graph, "more": node("A")})


def test_a_link_to_nowhere_is_named() -> None:
    """The error tells node, input and the node that is missing."""
    with pytest.raises(WorkflowFormatError, match="'a' is linked to node '9'") as e:
        Workflow.from_api({"1": node("A", a=["9", 0])})
    assert e.value.node_id == "1"


def test_a_workflow_does_not_follow_its_source() -> None:
    """Neither the source nor what was written can change the workflow."""
    source = text_to_image()
    workflow = Workflow.from_api(source)
    source["6"]["inputs"]["text"] = "changed"
    workflow.to_api()["6"]["inputs"]["text"] = "changed"
    assert workflow.to_api() == text_to_image()


def test_new_values_leave_the_old_workflow_alone() -> None:
    """`with_inputs` returns a copy in which only those inputs differ."""
    workflow = Workflow.from_api(text_to_image())
    changes = {InputRef("6", "text"): "new", InputRef("3", "seed"): ["4", 0]}
    changed = workflow.with_inputs(changes)
    expected = text_to_image()
    expected["6"]["inputs"]["text"] = "new"
    expected["3"]["inputs"]["seed"] = ["4", 0]
    assert changed.to_api() == expected
    assert changed.nodes["3"].links["seed"] == Link("4", 0)
    assert workflow.to_api() == text_to_image()


@pytest.mark.parametrize("value", [float("nan"), ["99", 0]])
def test_a_new_value_is_checked(value: object) -> None:
    """A new value is held to the same rules as one that was read."""
    workflow = Workflow.from_api(text_to_image())
    with pytest.raises(WorkflowFormatError):
        workflow.with_inputs({InputRef("6", "text"): value})


def test_ancestors_are_what_a_node_depends_on() -> None:
    """They come nearest first, each once."""
    workflow = Workflow.from_api(text_to_image())
    assert workflow.ancestors("8") == ["3", "4", "6", "7", "5"]
    assert workflow.ancestors("4") == []


def test_ancestors_end_on_a_circle() -> None:
    """A graph that runs in a circle does not run us in one."""
    graph = {"1": node("A", a=["2", 0]), "2": node("A", a=["1", 0], b=["2", 0])}
    assert Workflow.from_api(graph).ancestors("1") == ["2"]
