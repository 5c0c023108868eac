"""Links, order and cycles of graphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.simulator._graph import (
    Graph,
    execution_order,
    find_cycle,
    links_of,
)


def _graph(**sources: list[str]) -> Graph:
    return {
        node_id: {
            "class_type": "X",
            "inputs": {f"i{n}": [source, 0] for n, source in enumerate(above)},
        }
        for node_id, above in sources.items()
    }


def test_only_lists_of_a_known_id_and_a_slot_are_links() -> None:
    """Values, short lists and ids that are unknown or no strings lead nowhere."""
    graph = _graph(a=[], b=["a"])
    graph["b"]["inputs"] |= {"v": 1, "short": ["a"], "gone": ["z", 0], "int": [1, 0]}
    assert links_of(graph, "b") == {"i0": ("a", 0)}


def test_a_node_without_inputs_has_no_links() -> None:
    """A broken node is left to the checks."""
    assert links_of({"a": {"class_type": "X"}}, "a") == {}


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(0, n - 1), max_size=3), min_size=n, max_size=n
        )
    )
)
def test_each_node_comes_after_those_it_links_to(above: list[list[int]]) -> None:
    """The order respects every link, and holds each needed node once."""
    graph = _graph(
        **{
            f"n{i}": [f"n{source}" for source in sources if source < i]
            for i, sources in enumerate(above)
        }
    )
    order = execution_order(graph, list(graph))
    assert sorted(order) == sorted(graph)
    for node_id in graph:
        for source, _ in links_of(graph, node_id).values():
            assert order.index(source) < order.index(node_id)
        assert find_cycle(graph, node_id) == []


def test_nodes_that_no_output_needs_are_left_out() -> None:
    """What nothing asks for is not run."""
    assert execution_order(_graph(a=[], b=["a"], c=[]), ["b"]) == ["a", "b"]


def test_a_cycle_is_found_wherever_it_hangs() -> None:
    """The ids of the cycle come in the order in which they are met."""
    graph = _graph(out=["b"], b=["a"], a=["b"])
    assert find_cycle(graph, "out") == ["b", "a"]
