"""PrimitiveNodes write into widgets; nothing links to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.workflows.conversion.documents import (
    converted,
    document,
    inputs,
    subgraph,
    ui_node,
    with_subgraphs,
)


@pytest.mark.parametrize("mode", [0, 2, 4])
def test_a_primitive_writes_its_value_whatever_its_mode(mode: int) -> None:
    """There is no link in the result."""
    data = document(
        [
            ui_node(1, "PrimitiveNode", [31, "fixed"], mode=mode),
            ui_node(2, "Sampler", [5, "fixed", 20], inputs=inputs(steps=1)),
        ],
        {1: (1, 0, 2, 0)},
    )
    assert converted(data) == {"2": {"seed": 5, "steps": 31}}


def test_through_a_reroute_it_has_no_effect() -> None:
    """The target keeps its own value."""
    data = document(
        [
            ui_node(1, "PrimitiveNode", [31]),
            ui_node(3, "Reroute", inputs=[{"name": "", "link": 1}]),
            ui_node(2, "Sampler", [5, "fixed", 20], inputs=inputs(steps=2)),
        ],
        {1: (1, 0, 3, 0), 2: (3, 0, 2, 0)},
    )
    assert converted(data) == {"2": {"seed": 5, "steps": 20}}


def test_without_a_saved_value_the_first_targets_counts() -> None:
    """For all targets of the primitive."""
    data = document(
        [
            ui_node(1, "PrimitiveNode"),
            ui_node(2, "Latent", [640, 512], inputs=inputs(width=1)),
            ui_node(3, "Latent", [512, 256], inputs=inputs(height=2)),
            ui_node(4, "Decode", inputs=inputs(samples=3)),
            ui_node(5, "PrimitiveNode", [4]),
        ],
        {1: (1, 0, 2, 0), 2: (1, 0, 3, 0), 3: (1, 0, 4, 0)},
    )
    assert converted(data) == {
        "2": {"width": 640, "height": 512},
        "3": {"width": 512, "height": 640},
        "4": {},
    }


@pytest.mark.parametrize(
    "value, written", [(4000, 1024), (2, 16), (700, 700), (True, True), ("x", "x")]
)
def test_several_targets_agree_on_a_range(value: object, written: object) -> None:
    """A number is held within what all of them take."""
    data = document(
        [
            ui_node(1, "PrimitiveNode", [value]),
            ui_node(2, "Latent", inputs=inputs(width=1, height=2)),
        ],
        {1: (1, 0, 2, 0), 2: (1, 0, 2, 1)},
    )
    assert converted(data) == {"2": {"width": written, "height": written}}


def test_ranges_that_do_not_meet_are_left_alone() -> None:
    """So is a number whose targets have none."""
    data = document(
        [
            ui_node(1, "PrimitiveNode", [5000]),
            ui_node(2, "Whole", inputs=inputs(value=1)),
            ui_node(3, "Whole", inputs=inputs(value=2)),
        ],
        {1: (1, 0, 2, 0), 2: (1, 0, 3, 0)},
    )
    assert converted(data) == {"2": {"value": 5000}, "3": {"value": 5000}}


def test_a_primitive_may_name_other_widgets() -> None:
    """Where its property asks for it."""
    replaces: dict[str, Any] = {"Run widget replace on values": True}
    data = document(
        [
            ui_node(1, "PrimitiveNode", ["n %Whole.value%"], properties=replaces),
            ui_node(2, "Plain", ["", 0], inputs=inputs(text=1)),
            ui_node(3, "Whole", [7]),
        ],
        {1: (1, 0, 2, 0)},
    )
    assert converted(data)["2"] == {"text": "n 7", "number": 0}


def test_a_primitive_before_a_subgraph_leaves_the_inner_value() -> None:
    """The host has a link, and the link gives nothing."""
    inner = subgraph(
        "s",
        [ui_node(5, "Whole", [3], inputs=inputs(value=1))],
        {1: (-10, 0, 5, 0)},
        ins={"value": "INT"},
    )
    data = document(
        [
            ui_node(1, "PrimitiveNode", [31]),
            ui_node(2, "s", [4], inputs=inputs(value__INT=1)),
        ],
        {1: (1, 0, 2, 0)},
        **with_subgraphs(inner),
    )
    assert converted(data) == {"2:5": {"value": 3}}


def test_a_primitive_counts_in_its_own_graph_only() -> None:
    """Inside a subgraph as outside."""
    inner = subgraph(
        "s",
        [
            ui_node(4, "PrimitiveNode", [13]),
            ui_node(5, "Whole", [3], inputs=inputs(value=1)),
        ],
        {1: (4, 0, 5, 0)},
    )
    data = document([ui_node(1, "s")], **with_subgraphs(inner))
    assert converted(data) == {"1:5": {"value": 13}}
