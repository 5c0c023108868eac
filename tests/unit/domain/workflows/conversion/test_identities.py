"""Ids are made unique over the root and all subgraphs, as the editor does."""

from __future__ import annotations

from comfy_assets.domain.workflows.conversion.identities import (
    NodeIds,
    make_ids_unique,
)
from comfy_assets.domain.workflows.conversion.reading import read_document
from tests.unit.domain.workflows.conversion.documents import (
    converted,
    document,
    inputs,
    subgraph,
    ui_node,
    with_subgraphs,
)


def test_an_inner_id_that_is_taken_becomes_the_next_free_number() -> None:
    """The root's ids are reserved first, and inner links follow their nodes."""
    inner = subgraph(
        "s",
        [
            ui_node(1, "Whole", [7]),
            ui_node(2, "Any", inputs=inputs(source=1)),
            ui_node(40, "Whole", [8]),
        ],
        {1: (1, 0, 2, 0)},
    )
    data = document(
        [ui_node(1, "s"), ui_node(2, "Whole", [9])], {}, **with_subgraphs(inner)
    )
    # last_node_id is 2: the two get 3 and 4, and 40 raises the counter only then.
    assert converted(data) == {
        "1:3": {"value": 7},
        "1:4": {"source": ["1:3", 0]},
        "1:40": {"value": 8},
        "2": {"value": 9},
    }


def test_a_number_that_some_other_node_has_is_skipped() -> None:
    """The counter of a file may be lower than its ids."""
    ids = NodeIds(0, {"1", "2"})
    assert ids.new() == "3"
    assert ids.claim("9")
    assert not ids.claim("9")
    assert ids.new() == "10"


def test_an_id_that_is_no_number_leaves_the_counter() -> None:
    """JavaScript counts no texts, and no numbers beyond its own."""
    ids = NodeIds(4)
    assert ids.claim("abc")
    assert ids.claim("9" * 20)
    assert ids.new() == "5"


def test_promoted_widgets_follow_their_nodes() -> None:
    """A host names inner nodes by id, which must be the new one."""
    inner = subgraph("s", [ui_node(1, "Whole", [7])], {})
    proxies = {"proxyWidgets": [["1", "value"], ["5", "x"], 3]}
    data = document(
        [
            ui_node(1, "s", [11], properties=proxies),
            ui_node(2, "s", properties={"proxyWidgets": "x"}),
        ],
        **with_subgraphs(inner),
    )
    read = read_document(data)
    make_ids_unique(read)
    renamed = read.root.nodes["1"].properties["proxyWidgets"]
    assert renamed == [["3", "value"], ["5", "x"], 3]
    assert converted(data)["1:3"] == {"value": 11}
