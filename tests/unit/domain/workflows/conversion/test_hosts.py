"""Hosts of subgraphs: which inner widgets they promote, with which values."""

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

SAMPLER = subgraph(
    "s",
    [ui_node(5, "Sampler", [1, "fixed", 2], inputs=inputs(model=1, seed=2, steps=3))],
    {1: (-10, 0, 5, 0), 2: (-10, 1, 5, 1), 3: (-10, 2, 5, 2)},
    ins={"model": "MODEL", "seed": "INT", "steps": "INT"},
)


@pytest.mark.parametrize(
    "values, seed, steps",
    [(None, 1, 2), ([], 1, 2), ([8], 8, 2), ([8, 9], 8, 9), ([8, 9, 10], 8, 9)],
)
def test_values_are_dealt_to_promoted_inputs_in_order(
    values: Any, seed: int, steps: int
) -> None:
    """A plain socket takes none, a control neither; what is missing stays inner."""
    data = document([ui_node(1, "s", values)], **with_subgraphs(SAMPLER))
    assert converted(data) == {"1:5": {"seed": seed, "steps": steps}}


def test_each_host_has_values_of_its_own() -> None:
    """One definition, several sets of nodes."""
    data = document(
        [ui_node(1, "s", [8, 9]), ui_node(2, "s", [6, 7])], **with_subgraphs(SAMPLER)
    )
    assert converted(data) == {
        "1:5": {"seed": 8, "steps": 9},
        "2:5": {"seed": 6, "steps": 7},
    }


def test_a_link_wins_over_the_hosts_value() -> None:
    """The value is counted all the same."""
    data = document(
        [
            ui_node(1, "s", [8, 9], inputs=inputs(seed__INT=4)),
            ui_node(2, "Whole", [3]),
        ],
        {4: (2, 0, 1, 0)},
        **with_subgraphs(SAMPLER),
    )
    assert converted(data)["1:5"] == {"seed": ["2", 0], "steps": 9}


def test_saved_inputs_are_matched_by_name_and_type() -> None:
    """A list that was reordered, or has more, is no matter."""
    saved = inputs(gone=7, steps__INT=4)
    saved += [{"name": "seed", "type": "X", "link": 4}, {"name": "seed", "type": "INT"}]
    data = document(
        [ui_node(1, "s", [8], inputs=saved), ui_node(2, "Whole", [3])],
        {4: (2, 0, 1, 0)},
        **with_subgraphs(SAMPLER),
    )
    assert converted(data)["1:5"] == {"seed": 8, "steps": ["2", 0]}


def test_a_socket_of_another_type_is_better_than_none() -> None:
    """Types change between versions of a class; names hold."""
    data = document(
        [ui_node(1, "s", inputs=inputs(seed__X=4)), ui_node(2, "Whole", [3])],
        {4: (2, 0, 1, 0)},
        **with_subgraphs(SAMPLER),
    )
    assert converted(data)["1:5"] == {"seed": ["2", 0], "steps": 2}


def test_an_input_whose_inner_widget_is_gone_takes_no_value() -> None:
    """All later values shift, as in the editor."""
    inner = subgraph(
        "s",
        [
            ui_node(5, "Whole", [1], inputs=inputs(gone=1)),
            ui_node(6, "Whole", [2], inputs=inputs(value=2)),
        ],
        {1: (-10, 0, 5, 0), 2: (-10, 1, 6, 0)},
        ins={"gone": "INT", "value": "INT"},
    )
    data = document([ui_node(1, "s", [8, 9])], **with_subgraphs(inner))
    assert converted(data) == {"1:5": {"value": 1}, "1:6": {"value": 8}}


def test_one_input_may_lead_to_several_widgets() -> None:
    """It begins with the value of the first, by the order of its links."""
    inner = subgraph(
        "s",
        [
            ui_node(5, "Whole", [1], inputs=inputs(value=2)),
            ui_node(6, "Whole", [2], inputs=inputs(value=1)),
        ],
        {1: (-10, 0, 6, 0), 2: (-10, 0, 5, 0)},
        ins={"value": "INT"},
    )
    data = document([ui_node(1, "s")], **with_subgraphs(inner))
    assert converted(data) == {"1:5": {"value": 2}, "1:6": {"value": 2}}


def nested(**host: Any) -> dict[str, Any]:
    """A host in a host, the inner one with the value 4 for the widget's 1."""
    inner = subgraph(
        "t",
        [ui_node(7, "Whole", [1], inputs=inputs(value=1))],
        {1: (-10, 0, 7, 0)},
        ins={"value": "INT"},
    )
    outer = subgraph(
        "s",
        [ui_node(6, "t", [4], inputs=inputs(value__INT=1))],
        {1: (-10, 0, 6, 0)},
        ins={"deep": "INT"},
    )
    return document([ui_node(1, "s", **host)], **with_subgraphs(outer, inner))


def test_promotion_goes_through_all_levels() -> None:
    """The outermost host's value counts, and begins with that of the next."""
    assert converted(nested()) == {"1:6:7": {"value": 4}}
    assert converted(nested(widgets_values=[9])) == {"1:6:7": {"value": 9}}
