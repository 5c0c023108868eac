"""Types: which fit, and what a socket takes that follows its siblings."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.conversion.building import build
from comfy_assets.domain.workflows.conversion.identities import NodeIds
from comfy_assets.domain.workflows.conversion.live import LiveGraph
from comfy_assets.domain.workflows.conversion.match_types import (
    fit,
    output_type,
    socket_type,
)
from comfy_assets.domain.workflows.conversion.reading import read_document
from tests.unit.domain.workflows.conversion.documents import (
    CATALOGUE,
    document,
    inputs,
    subgraph,
    ui_node,
    with_subgraphs,
)


@pytest.mark.parametrize(
    "one, other, answer",
    [
        ("IMAGE", "IMAGE", True),
        ("IMAGE", "image", True),
        ("IMAGE", "MASK", False),
        ("*", "MASK", True),
        ("IMAGE", "", True),
        ("INT,FLOAT", "FLOAT", True),
        ("INT, FLOAT", "float,STRING", True),
        ("INT,FLOAT", "STRING", False),
    ],
)
def test_types_fit_when_they_share_a_member(one: str, other: str, answer: bool) -> None:
    """Any fits all, and case does not matter."""
    assert fit(one, other) is answer
    assert fit(other, one) is answer


def graph_of(data: dict[str, Any]) -> LiveGraph:
    """The live graph of a file."""
    return build(read_document(data), CATALOGUE, NodeIds(0), [])


def test_a_switch_takes_what_its_other_side_takes() -> None:
    """An input that is alone takes anything; the output gives what comes in."""
    graph = graph_of(
        document(
            [
                ui_node(1, "Whole"),
                ui_node(2, "Switch", inputs=inputs(on_true=1)),
                ui_node(3, "Switch", inputs=inputs(on_false=2)),
            ],
            {1: (1, 0, 2, 2), 2: (2, 0, 3, 1)},
        )
    )
    switch, behind = graph.nodes["2"], graph.nodes["3"]
    assert [s.name for s in switch.sockets] == ["on_false", "on_true", "switch"]
    assert [socket_type(graph, switch, place) for place in range(3)] == [
        "INT",
        "*",
        "BOOLEAN",
    ]
    assert output_type(graph, switch, 0) == "INT"
    assert output_type(graph, behind, 0) == "INT"
    assert output_type(graph, behind, 9) == "*"


def test_a_switch_in_a_circle_ends() -> None:
    """Nobody can run it, and it must not hang us."""
    graph = graph_of(
        document([ui_node(2, "Switch", inputs=inputs(on_true=1))], {1: (2, 0, 2, 2)})
    )
    assert output_type(graph, graph.nodes["2"], 0) == "*"


def test_a_switch_inside_a_subgraph_takes_what_comes_in() -> None:
    """An input of the subgraph has a type of its own."""
    inner = subgraph(
        "s",
        [ui_node(5, "Switch", inputs=inputs(on_true=1, on_false=2))],
        {1: (-10, 0, 5, 1), 2: (-10, 7, 5, 2)},
        ins={"a": "MASK"},
    )
    graph = graph_of(document([ui_node(1, "s")], **with_subgraphs(inner)))
    inside = graph.nodes["1"].subgraph
    assert inside is not None
    assert output_type(inside.graph, inside.graph.nodes["5"], 0) == "MASK"
