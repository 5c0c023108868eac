"""`convert`: what the editor itself makes of its files, and any JSON at all."""

from __future__ import annotations

import contextlib
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion import convert, is_ui_format
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.conversion.documents import (
    CATALOGUE,
    CLASSES,
    converted,
    document,
    inputs,
    ui_node,
)

DATA = Path(__file__).parents[4] / "data" / "conversions"


@cache
def recorded(name: str) -> Any:
    """Read a file of the recordings once."""
    return json.loads(gzip.decompress((DATA / name).read_bytes()))


@cache
def catalogue() -> Catalogue:
    """The classes by which the cases were converted."""
    return Catalogue.from_object_info(recorded("object_info.json.gz"))


def comparable(value: Any) -> Any:
    """A value in which numbers are as JavaScript has them, told from truth values."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return ("number", float(value))
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return {key: comparable(item) for key, item in value.items()}


def is_link(value: object) -> bool:
    """Whether a value of the API format is a link."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and type(value[1]) is int
    )


def told(node: dict[str, Any], truth: dict[str, Any], ignore: set[str]) -> Any:
    """What of a node is compared; of a class that the server lacks, only the links."""
    if "class_type" not in truth:
        return {k: v for k, v in node["inputs"].items() if is_link(v)}
    kept = {k: comparable(v) for k, v in node["inputs"].items() if k not in ignore}
    return node["class_type"], node.get("_meta"), kept


@pytest.mark.parametrize("name", sorted(recorded("cases.json.gz")))
def test_a_file_becomes_what_the_editor_sends_for_it(name: str) -> None:
    """Nodes, classes, titles, values and links are those of frontend 1.49.6."""
    case = recorded("cases.json.gz")[name]
    truth = case["api"]
    graph = convert(case["ui"], catalogue()).to_api()
    assert graph.keys() == truth.keys()
    for node_id, node in truth.items():
        ignore = {name for owner, name in case["ignore"] if owner == node_id}
        assert told(graph[node_id], node, ignore) == told(node, node, ignore)


def test_converting_leaves_the_file_as_it_is() -> None:
    """A host may go on using what it gave."""
    ui = recorded("cases.json.gz")["edge_subgraph_11"]["ui"]
    before = json.dumps(ui)
    convert(ui, catalogue())
    assert json.dumps(ui) == before


def test_all_faults_are_told_at_once_by_node_class_and_title() -> None:
    """A person mends a file once, not once for each fault."""
    data = document(
        [
            ui_node(1, "Decode", inputs=inputs(samples=7, vae=None), title="Last step"),
            ui_node(2, "Any", inputs=inputs(source=8)),
        ],
        {8: (99, 0, 2, 0)},
    )
    with pytest.raises(WorkflowFormatError) as caught:
        convert(data, CATALOGUE)
    sentence = str(caught.value)
    assert "node 1 (Decode 'Last step'): the link 7 of the input 'samples'" in sentence
    assert "node 2 (Any): node 99, which a link comes from" in sentence


def test_a_long_list_of_faults_is_counted() -> None:
    """A sentence stays one that a person reads."""
    nodes = [ui_node(i, "Any", inputs=inputs(source=900 + i)) for i in range(1, 30)]
    with pytest.raises(WorkflowFormatError, match=r"\(and 17 more\)"):
        convert(document(nodes), CATALOGUE)


@pytest.mark.parametrize(
    "nodes", [[], [ui_node(1, "Note", ["hi"])], [ui_node(1, "Whole", [1], mode=2)]]
)
def test_a_file_without_a_node_at_work_is_refused(nodes: list[Any]) -> None:
    """The server would have nothing to do."""
    with pytest.raises(WorkflowFormatError, match="no node of it takes part"):
        convert(document(nodes), CATALOGUE)


@pytest.mark.parametrize("data", [{}, {"nodes": {}}, {"1": {"class_type": "Whole"}}])
def test_what_is_no_file_of_the_editor_is_refused(data: dict[str, Any]) -> None:
    """The list of nodes is what tells it."""
    assert not is_ui_format(data)
    with pytest.raises(WorkflowFormatError, match="no list of nodes"):
        convert(data, CATALOGUE)


def test_a_value_that_no_graph_can_have_is_told_with_its_node() -> None:
    """NaN is none of JSON's numbers, though Python reads it."""
    data = document([ui_node(4, "Whole", [float("nan")])])
    with pytest.raises(WorkflowFormatError, match="node 4: nan"):
        convert(data, CATALOGUE)


def test_numbers_are_written_as_the_editor_does() -> None:
    """7.0 becomes 7; a list is wrapped, so that nobody takes it for a link."""
    data = document(
        [ui_node(1, "Plain", [["a", 0], 7.0]), ui_node(2, "Whole", [2**53])]
    )
    assert converted(data) == {
        "1": {"text": {"__value__": ["a", 0]}, "number": 7},
        "2": {"value": 2**53},
    }


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-30, 30)
    | st.floats(allow_nan=True)
    | st.sampled_from(["", "1", "-10", "-20", "a", "seed", *CLASSES, "12: seed"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("id", "type", "nodes", "links", "inputs", "outputs", "name"),
                    *("link", "widgets_values", "mode", "title", "properties"),
                    *("definitions", "subgraphs", "proxyWidgets", "extra"),
                    *("groupNodes", "widget", "linkIds", "origin_id", "target_id"),
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_any_json_gives_a_graph_or_our_error(value: Any) -> None:
    """Whatever stands in a file, nothing else comes out."""
    data = {**(value if isinstance(value, dict) else {}), "nodes": value}
    for candidate in (data, {**data, "nodes": [value]}):
        with contextlib.suppress(WorkflowFormatError):
            convert(candidate, CATALOGUE)


IDS = st.integers(1, 6) | st.sampled_from(["s", "t", -10, -20, 2.0, "3"])
NODES = st.lists(
    st.fixed_dictionaries(
        {
            "id": IDS,
            "type": st.sampled_from(
                [*CLASSES, "s", "t", "Reroute", "PrimitiveNode", "workflow>g", "None"]
            ),
        },
        optional={
            "mode": st.sampled_from([0, 2, 4]),
            "title": st.sampled_from(["", "A"]),
            "widgets_values": JSON | st.lists(st.integers(0, 9), max_size=6),
            "inputs": st.lists(
                st.fixed_dictionaries(
                    {
                        "name": st.sampled_from(
                            ["model", "images.image2", "size.width", "text", "source"]
                        ),
                        "type": st.sampled_from(["*", "INT", "MODEL", "IMAGE,MASK"]),
                        "link": st.none() | st.integers(1, 6),
                    },
                    optional={"widget": st.just({"name": "text"})},
                ),
                max_size=4,
            ),
            "outputs": st.lists(st.just({"type": "INT"}), max_size=2),
            "properties": st.fixed_dictionaries(
                {},
                optional={
                    "proxyWidgets": st.lists(
                        st.tuples(
                            IDS.map(str), st.sampled_from(["text", "1: seed"])
                        ).map(list),
                        max_size=3,
                    )
                },
            ),
        },
    ),
    min_size=1,
    max_size=5,
)
SLOTS = st.integers(-1, 3)
LINKS = st.lists(
    st.tuples(st.integers(1, 6), IDS, SLOTS, IDS, SLOTS).map(list), max_size=6
)
SIDES = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["text", "seed", "model"]),
            "type": st.just("*"),
            "linkIds": st.lists(st.integers(1, 6), max_size=2),
        }
    ),
    max_size=3,
)


def definitions(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Definitions of subgraphs of this id, sound or not."""
    return st.fixed_dictionaries(
        {
            "id": st.just(name),
            "nodes": NODES,
            "links": LINKS,
            "inputs": SIDES,
            "outputs": SIDES,
        }
    )


@given(
    NODES,
    LINKS,
    st.tuples(definitions("s"), definitions("t")),
    st.fixed_dictionaries({"nodes": NODES, "links": LINKS, "external": LINKS}),
)
def test_any_tangle_of_nodes_and_subgraphs_ends(
    nodes: list[Any], links: list[Any], subgraphs: tuple[Any, Any], group: Any
) -> None:
    """Circles of links, of Reroutes and of subgraphs end, with a graph or our error."""
    data = {
        "nodes": nodes,
        "links": links,
        "definitions": {"subgraphs": list(subgraphs)},
        "extra": {"groupNodes": {"g": group}},
    }
    with contextlib.suppress(WorkflowFormatError):
        convert(data, CATALOGUE)
