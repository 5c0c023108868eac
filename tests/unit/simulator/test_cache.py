"""Results are remembered by class and inputs, for one graph."""

from __future__ import annotations

from comfy_assets.simulator._cache import NodeCache, NodeResult, node_keys
from comfy_assets.simulator._graph import Graph, execution_order


def _keys(graph: Graph, *, never: str = "", change: str = "") -> list[str | None]:
    order = execution_order(graph, list(graph))
    keys = node_keys(graph, order, lambda node_id: None if node_id == never else change)
    return [keys[node_id] for node_id in graph]


def _graph(first: str, second: str, color: int = 1) -> Graph:
    return {
        first: {"class_type": "EmptyImage", "inputs": {"color": color}},
        second: {
            "class_type": "SaveImage",
            "inputs": {"images": [first, 0]},
            "_meta": {"title": second},
        },
    }


def test_ids_and_titles_do_not_matter() -> None:
    """The same graph under other ids has the same keys."""
    assert _keys(_graph("1", "2")) == _keys(_graph("a", "b"))


def test_a_changed_input_changes_all_below() -> None:
    """Keys cover everything above a node."""
    one, other = _keys(_graph("1", "2", 1)), _keys(_graph("1", "2", 2))
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_what_is_never_remembered_spoils_what_hangs_on_it() -> None:
    """A node without a key leaves those below it without one."""
    assert _keys(_graph("1", "2"), never="1") == [None, None]
    assert _keys(_graph("1", "2"), never="2")[0] is not None


def test_outside_changes_count() -> None:
    """What a node depends on beside its inputs is part of its key."""
    assert _keys(_graph("1", "2"), change="x") != _keys(_graph("1", "2"))


def test_only_the_last_graph_is_remembered() -> None:
    """Keys that the last graph did not have are forgotten."""
    cache = NodeCache()
    cache.put("a", NodeResult(outputs=(1,)))
    cache.put("b", NodeResult(outputs=(2,)))
    cache.put(None, NodeResult(outputs=(3,)))
    cache.keep_only({"b", None})
    assert cache.get("a") is None
    assert cache.get("b") == NodeResult(outputs=(2,))
    assert cache.get(None) is None
    cache.clear()
    assert cache.get("b") is None
