"""Subgraphs are made before the nodes that stand for them, within bounds."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.conversion import convert
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.conversion.documents import (
    CATALOGUE,
    converted,
    document,
    subgraph,
    ui_node,
    with_subgraphs,
)


def test_a_subgraph_that_contains_itself_is_told() -> None:
    """However many steps it takes."""
    one = subgraph("s", [ui_node(5, "t", title="Again")], {})
    two = subgraph("t", [ui_node(6, "s"), ui_node(7, "Whole")], {})
    data = document([ui_node(1, "s")], **with_subgraphs(one, two))
    with pytest.raises(WorkflowFormatError, match=r"node 6 \(s\).*contains itself"):
        convert(data, CATALOGUE)


def test_nesting_is_bounded() -> None:
    """Deeper than anybody would go."""
    chain = [subgraph(f"s{i}", [ui_node(i, f"s{i + 1}")], {}) for i in range(2, 99)]
    data = document([ui_node(1, "s2")], **with_subgraphs(*chain))
    with pytest.raises(WorkflowFormatError, match="more than 40 within each other"):
        convert(data, CATALOGUE)


def test_expanding_is_bounded() -> None:
    """A few definitions can stand for more nodes than fit in the world."""
    chain = [
        subgraph(
            f"s{i}", [ui_node(2 * i, f"s{i + 1}"), ui_node(2 * i + 1, f"s{i + 1}")], {}
        )
        for i in range(1, 30)
    ]
    data = document([ui_node(1, "s1")], **with_subgraphs(*chain))
    with pytest.raises(WorkflowFormatError, match="more than 20000 nodes"):
        convert(data, CATALOGUE)


def test_a_graph_has_no_more_nodes_than_any_workflow() -> None:
    """Notes are none of them."""
    notes = [ui_node(i, "Note") for i in range(1, 6000)]
    few = document([*notes, ui_node(9000, "Whole", [3])])
    assert converted(few) == {"9000": {"value": 3}}
    many = document([ui_node(i, "Whole") for i in range(1, 5003)])
    with pytest.raises(WorkflowFormatError, match="5002 nodes are more than 5000"):
        convert(many, CATALOGUE)


def test_group_nodes_are_bounded() -> None:
    """One group and many that stand for it."""
    group = {"nodes": [{"type": "Note"}] * 1000}
    data = document(
        [ui_node(i, "workflow>g") for i in range(1, 40)],
        extra={"groupNodes": {"g": group}},
    )
    with pytest.raises(WorkflowFormatError, match="more than 20000 nodes"):
        convert(data, CATALOGUE)


def test_a_group_without_nodes_is_no_matter() -> None:
    """What is not there adds nothing."""
    data = document(
        [ui_node(1, "workflow>g"), ui_node(2, "Whole", [3])],
        extra={"groupNodes": {"g": {"nodes": 7}}},
    )
    assert converted(data) == {"2": {"value": 3}}
