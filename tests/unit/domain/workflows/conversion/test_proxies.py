"""``proxyWidgets``: values counted by the places of their entries."""

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


def inner(links: dict[int, Any] | None = None, **sockets: Any) -> dict[str, Any]:
    """A sampler with seed 1 and steps 2 in a subgraph."""
    return subgraph(
        "s",
        [ui_node(5, "Sampler", [1, "fixed", 2], inputs=inputs(**sockets))],
        links or {},
        ins={"seed": "INT"} if links else {},
    )


def host(entries: Any, values: Any, node_id: int = 1, **more: Any) -> dict[str, Any]:
    """A host with these entries."""
    properties = {"proxyWidgets": entries, **more}
    return ui_node(node_id, "s", values, properties=properties)


@pytest.mark.parametrize(
    "entries, values, written",
    [
        ([["5", "steps"], ["5", "seed"]], [30, 7], (7, 30)),
        ([[5, "steps"]], [30], (1, 30)),
        ([["5", "$$preview"], ["5", "seed"]], [None, 7], (7, 2)),
        ([["5", "control_after_generate"], ["5", "seed"]], ["fixed", 7], (7, 2)),
        ([["5", "seed"], ["5", "steps"]], [None, 30], (1, 30)),
        ([["5", "seed"], ["5", "steps"]], [7], (7, 2)),
        ([["99", "seed"], ["5", "steps"]], [7, 30], (1, 30)),
        ([["5", "1: seed"]], [7], (7, 2)),
        ([["5"], 3, ["5", 4]], [7], (1, 2)),
        ("nonsense", [7], (1, 2)),
    ],
)
def test_entries_take_the_values_of_their_places(
    entries: Any, values: Any, written: tuple[int, int]
) -> None:
    """Previews and what is gone count too; null is a hole."""
    data = document([host(entries, values)], **with_subgraphs(inner()))
    assert converted(data) == {"1:5": {"seed": written[0], "steps": written[1]}}


def test_an_input_that_leads_there_already_takes_the_value() -> None:
    """The place of the entry decides, not that of the input."""
    definition = inner({1: (-10, 0, 5, 0)}, seed=1)
    entries = [["5", "steps"], ["5", "seed"]]
    data = document([host(entries, [30, 7])], **with_subgraphs(definition))
    assert converted(data) == {"1:5": {"seed": 7, "steps": 30}}


def test_the_host_itself_may_be_named() -> None:
    """`-1` and the name of one of its inputs."""
    definition = inner({1: (-10, 0, 5, 0)}, seed=1)
    entries = [["5", "steps"], ["-1", "seed"], ["-1", "nothing"]]
    data = document([host(entries, [30, 7, 8])], **with_subgraphs(definition))
    assert converted(data) == {"1:5": {"seed": 7, "steps": 30}}


def test_several_hosts_of_one_definition_keep_their_values() -> None:
    """A new input is one of all hosts; one without an entry begins with the inner."""
    data = document(
        [
            host([["5", "steps"]], [30], 1),
            host([["5", "steps"]], [40], 2),
            host([], [], 3),
            ui_node(4, "s", [50]),
        ],
        **with_subgraphs(inner()),
    )
    assert {k: v["steps"] for k, v in converted(data).items()} == {
        "1:5": 30,
        "2:5": 40,
        "3:5": 2,
        # The new input is the definition's by now, so values are dealt to it.
        "4:5": 50,
    }


def test_two_widgets_of_one_name_get_two_inputs() -> None:
    """Which value is whose does not depend on names."""
    definition = subgraph("s", [ui_node(5, "Whole", [1]), ui_node(6, "Whole", [2])], {})
    entries = [["5", "value"], ["6", "value"]]
    data = document([host(entries, [8, 9])], **with_subgraphs(definition))
    assert converted(data) == {"1:5": {"value": 8}, "1:6": {"value": 9}}


NESTED = subgraph(
    "t",
    [
        ui_node(7, "Whole", [1], inputs=inputs(value=1)),
        ui_node(8, "Whole", [2], inputs=inputs(value=2)),
    ],
    {1: (-10, 0, 7, 0), 2: (-10, 1, 8, 0), 3: (7, 0, -20, 0)},
    ins={"one": "INT", "two": "INT", "none": "INT"},
)


@pytest.mark.parametrize(
    "entry, written",
    [
        (["6", "two"], (1, 9)),
        (["6", "value"], (9, 2)),
        (["6", "8: value"], (1, 9)),
        (["6", "value", "8"], (1, 9)),
        (["6", "value", "99"], (1, 2)),
        (["6", "gone"], (1, 2)),
    ],
)
def test_a_widget_of_a_nested_host_may_be_named(
    entry: list[str], written: tuple[int, int]
) -> None:
    """By the nested host's input, or by the inner widget, with its node or without."""
    definition = subgraph("s", [ui_node(6, "t")], {})
    data = document([host([entry], [9])], **with_subgraphs(definition, NESTED))
    assert converted(data) == {
        "1:6:7": {"value": written[0]},
        "1:6:8": {"value": written[1]},
    }


def primitives(values: Any, output: str = "INT") -> dict[str, Any]:
    """A primitive inside that writes into two widgets."""
    return subgraph(
        "s",
        [
            ui_node(4, "PrimitiveNode", values, outputs=[{"type": output}]),
            ui_node(5, "Whole", [1], inputs=inputs(value=1)),
            ui_node(6, "Whole", [2], inputs=inputs(value=2)),
        ],
        {1: (4, 0, 5, 0), 2: (4, 0, 6, 0)},
    )


@pytest.mark.parametrize(
    "values, own, written", [([9], [3], 9), ([], [3], 3), ([], None, 1)]
)
def test_an_input_takes_the_place_of_an_inner_primitive(
    values: Any, own: Any, written: int
) -> None:
    """With the host's value, else the primitive's, else the first widget's."""
    entries = [["4", "value"]]
    data = document([host(entries, values)], **with_subgraphs(primitives(own)))
    assert converted(data) == {"1:5": {"value": written}, "1:6": {"value": written}}


def test_the_place_of_a_primitive_is_taken_once_for_all_hosts() -> None:
    """The second host gives its value to the same input."""
    entries = [["4", "value"]]
    data = document(
        [host(entries, [8], 1), host(entries, [9], 2), host(entries, [], 3)],
        **with_subgraphs(primitives([3])),
    )
    assert {k: v["value"] for k, v in converted(data).items()} == {
        "1:5": 8,
        "1:6": 8,
        "2:5": 9,
        "2:6": 9,
        "3:5": 1,
        "3:6": 1,
    }


def test_a_primitive_that_does_not_fit_stays() -> None:
    """Its own value counts then; one that writes nowhere has none to replace."""
    entries = [["4", "value"]]
    data = document([host(entries, [9])], **with_subgraphs(primitives([3], "STRING")))
    assert converted(data) == {"1:5": {"value": 3}, "1:6": {"value": 3}}
    lonely = subgraph("s", [ui_node(4, "PrimitiveNode"), ui_node(5, "Whole", [1])], {})
    data = document([host(entries, [9])], **with_subgraphs(lonely))
    assert converted(data) == {"1:5": {"value": 1}}


def test_a_primitive_without_a_saved_type_fits_anything() -> None:
    """Files cut by hand may lack it."""
    definition = primitives([3])
    del definition["nodes"][0]["outputs"]
    data = document([host([["4", "value"]], [9])], **with_subgraphs(definition))
    assert converted(data) == {"1:5": {"value": 9}, "1:6": {"value": 9}}


def test_values_that_the_editor_set_aside_count_by_name() -> None:
    """`proxyWidgetErrorQuarantine` has those that it found no widget for."""
    quarantine = [
        {"originalEntry": ["-1", "seed"], "hostValue": 7},
        {"originalEntry": ["5", "steps"], "hostValue": 8},
        {"originalEntry": ["-1", "seed"]},
        "nonsense",
    ]
    definition = inner({1: (-10, 0, 5, 0)}, seed=1)
    node = ui_node(1, "s", properties={"proxyWidgetErrorQuarantine": quarantine})
    data = document([node], **with_subgraphs(definition))
    assert converted(data) == {"1:5": {"seed": 7, "steps": 2}}
