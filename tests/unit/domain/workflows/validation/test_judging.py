"""Tests of `comfy_assets.domain.workflows.validation.judging`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.validation import (
    Fault,
    FaultKind,
    Severity,
    validate,
    validate_document,
)
from tests.unit.domain.workflows.graphs import node
from tests.unit.domain.workflows.object_info import BASICS, modern, older

_MODERN = modern(**BASICS)
_OLDER = older(**BASICS)


def _graph(**changes: Any) -> dict[str, Any]:
    whole = {
        "1": node("Empty", width=64, color=1),
        "2": node("Invert", image=["1", 0]),
        "3": node("Save", images=["2", 0], prefix="x"),
    }
    return whole | {key.removeprefix("n"): value for key, value in changes.items()}


def _found(document: Any, **options: Any) -> list[tuple[Any, ...]]:
    faults = validate_document(document, options.pop("catalogue", _MODERN), **options)
    return [(f.severity.value, f.kind, f.node_id, f.input_name) for f in faults]


def test_a_whole_workflow_has_no_faults() -> None:
    """Neither as a workflow nor as a document."""
    assert validate(Workflow.from_api(_graph()), _MODERN) == ()
    assert _found(_graph()) == []


@pytest.mark.parametrize("document", [None, [], "x", 7])
def test_what_is_no_graph_is_told(document: Any) -> None:
    """Only a mapping can be one."""
    assert _found(document) == [("error", FaultKind.MALFORMED_GRAPH, None, None)]


def test_the_editors_own_format_is_told_apart() -> None:
    """With what to do about it."""
    (fault,) = validate_document({"nodes": [], "links": []}, _MODERN)
    assert "editor's own format" in str(fault)
    assert "Export (API)" in str(fault)


@pytest.mark.parametrize("odd", [None, "x", 7, [], {}, {"class_type": ""}])
def test_every_node_must_be_one(odd: Any) -> None:
    """Even where no output needs it."""
    assert _found(_graph(n9=odd)) == [("error", FaultKind.MALFORMED_NODE, "9", None)]


def test_a_missing_class_is_told_with_what_to_install() -> None:
    """Everywhere, with the nearest class that there is; links to it are not judged."""
    (fault,) = validate_document(_graph(n2=node("Invrt", image=["1", 9])), _MODERN)
    assert fault == Fault(
        severity=Severity.ERROR,
        kind=FaultKind.MISSING_CLASS,
        node_id="2",
        sentence=(
            "Node 2 (Invrt): the server has no node class 'Invrt'; install the custom "
            "node that brings it, or update ComfyUI. Did you mean: Invert?"
        ),
        suggestions=("Invert",),
    )


def test_without_an_output_nothing_runs() -> None:
    """Unless a missing class may have been the output."""
    alone = {"1": node("Empty", width=64, color=1)}
    assert _found(alone) == [("error", FaultKind.NO_OUTPUTS, None, None)]
    assert _found({}) == [("error", FaultKind.NO_OUTPUTS, None, None)]
    kinds = [kind for _, kind, _, _ in _found(alone | {"2": node("Gone")})]
    assert kinds == [FaultKind.MISSING_CLASS]


def test_what_no_output_needs_is_not_judged() -> None:
    """Only its class is."""
    assert _found(_graph(n9=node("Invert", image=["77", 0]))) == []


@pytest.mark.parametrize("odd", [None, [], "", 7])
def test_odd_inputs_are_refused_everywhere_by_newer_servers(odd: Any) -> None:
    """Older ones look at what outputs need."""
    graph = _graph(n9={"class_type": "Empty", "inputs": odd})
    assert _found(graph) == [("error", FaultKind.MALFORMED_NODE, "9", None)]
    assert _found(graph, catalogue=_OLDER) == []
    newer = _found(graph, catalogue=_OLDER, server_version="0.12.1")
    assert newer == [("error", FaultKind.MALFORMED_NODE, "9", None)]


def test_nodes_that_need_themselves_are_told() -> None:
    """Each one of the circle, with the way round."""
    graph = _graph(n1=node("Invert", image=["2", 0]))
    assert [(kind, node_id) for _, kind, node_id, _ in _found(graph)] == [
        (FaultKind.CYCLE, "1"),
        (FaultKind.CYCLE, "2"),
    ]
    assert "2 → 1 → 2" in str(validate_document(graph, _MODERN)[0])


def test_a_chain_beyond_what_servers_follow_is_told() -> None:
    """A long one is fine."""
    graph = _graph()
    for number in range(10, 900):
        graph[f"{number}"] = node("Invert", image=[f"{number - 1}", 0])
    graph["9"] = graph["1"]
    graph["3"] = node("Save", images=["899", 0], prefix="x")
    assert _found(graph) == []
    for number in range(900, 1000):
        graph[f"{number}"] = node("Invert", image=[f"{number - 1}", 0])
    graph["3"] = node("Save", images=["999", 0], prefix="x")
    (fault,) = validate_document(graph, _MODERN)
    assert (fault.kind, fault.is_certain) == (FaultKind.TOO_DEEP, False)


def test_faults_stand_in_the_order_of_the_graph() -> None:
    """Those of the whole come first."""
    graph = {
        "7": node("Invert"),
        "1": node("Gone"),
        "3": node("Save", images=["7", 0], prefix="x"),
    }
    assert [node_id for _, _, node_id, _ in _found(graph)] == ["7", "1"]


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["1", "2", "Empty", "Invert", "Save", "x"])
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
_NODE = st.fixed_dictionaries(
    {},
    optional={
        "class_type": st.sampled_from(["Empty", "Invert", "Save", "Gone"]) | _JSON,
        "inputs": st.dictionaries(
            st.sampled_from(["image", "images", "width", "color", "prefix", "x"]),
            _JSON,
            max_size=4,
        )
        | _JSON,
        "_meta": _JSON,
    },
)


@given(
    st.dictionaries(st.sampled_from(["1", "2", "3", "é\ud800"]), _NODE | _JSON) | _JSON,
    st.sampled_from([_MODERN, _OLDER]),
    st.sampled_from([None, "0.3.75", "0.33.0", "unknown"]),
)
def test_any_json_is_judged(document: Any, catalogue: Any, version: str | None) -> None:
    """Nothing is raised, and every fault is of a node of the document."""
    for fault in validate_document(document, catalogue, server_version=version):
        assert fault.node_id is None or fault.node_id in document
        assert str(fault).encode()
