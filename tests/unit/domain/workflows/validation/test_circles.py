"""Tests of `comfy_assets.domain.workflows.validation.circles`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.validation.circles import follow


def test_a_graph_without_circles_has_none() -> None:
    """Ways that meet again are no circle."""
    ways = follow({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []})
    assert ways.circles == []
    assert ways.depth == 3


def test_a_node_that_takes_from_itself_is_one() -> None:
    """The smallest of all."""
    assert follow({"a": ["a"]}).circles == [["a"]]


def test_a_circle_is_told_as_the_links_go() -> None:
    """Nodes on the way to it are no part of it, and none is told twice."""
    edges = {"x": ["a"], "a": ["b"], "b": ["c"], "c": ["a", "b"]}
    assert follow(edges).circles == [["a", "b", "c"]]


@given(
    st.dictionaries(
        st.integers(0, 6).map(str),
        st.lists(st.integers(0, 6).map(str), max_size=4),
    )
)
def test_circles_are_found_where_a_node_reaches_itself(
    edges: dict[str, list[str]],
) -> None:
    """None without such a node, and only such nodes in them."""
    closed = {key: [i for i in value if i in edges] for key, value in edges.items()}

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = list(closed[start])
        while waiting:
            node_id = waiting.pop()
            if node_id not in seen:
                seen.add(node_id)
                waiting += closed[node_id]
        return seen

    round_about = {key for key in closed if key in reached(key)}
    told = [node_id for circle in follow(closed).circles for node_id in circle]
    assert bool(told) == bool(round_about)
    assert set(told) <= round_about
    assert len(told) == len(set(told))
