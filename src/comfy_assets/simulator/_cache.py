"""Remember what the nodes of the last graph made, keyed by class and inputs.

Which nodes are run again follows from here; running them is `_execution`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection

from attrs import define, field, frozen

from comfy_assets.simulator._graph import Graph, JsonObject, links_of


@frozen(kw_only=True)
class NodeResult:
    """What one node made."""

    #: A value for each output slot.
    outputs: tuple[object, ...] = ()
    #: What `executed` and `/history` tell; None for a node that tells nothing.
    ui: JsonObject | None = None


@define(eq=False)
class NodeCache:
    """Keep the results of the last graph's nodes, as ComfyUI's classic cache does."""

    _results: dict[str, NodeResult] = field(init=False, factory=dict)

    def get(self, key: str | None) -> NodeResult | None:
        """Return what a node with this key made, if it is remembered."""
        return None if key is None else self._results.get(key)

    def put(self, key: str | None, result: NodeResult) -> None:
        """Remember a result; a node without a key is never remembered."""
        if key is not None:
            self._results[key] = result

    def keep_only(self, keys: Collection[str | None]) -> None:
        """Forget everything but these keys."""
        self._results = {k: v for k, v in self._results.items() if k in keys}

    def clear(self) -> None:
        """Forget everything (`POST /free`)."""
        self._results.clear()


def node_keys(
    graph: Graph,
    order: Collection[str],
    changes: Callable[[str], str | None],
) -> dict[str, str | None]:
    """Return the cache key of each node: class and inputs of all above it.

    Ids and titles do not matter, as in ComfyUI.

    Args:
        graph: The validated graph.
        order: Node ids, each after those it links to.
        changes: What else a node's result depends on; None means it is made anew
            each time.

    Returns:
        Keys by node id; None for a node that is, or hangs on one that is, never
        remembered.
    """
    keys: dict[str, str | None] = {}
    for node_id in order:
        node = graph[node_id]
        change = changes(node_id)
        links = links_of(graph, node_id)
        if change is None or any(keys[source] is None for source, _ in links.values()):
            keys[node_id] = None
            continue
        inputs = dict(node["inputs"]) | {
            name: {"from": keys[source], "slot": slot}
            for name, (source, slot) in links.items()
        }
        text = json.dumps([node["class_type"], inputs, change], sort_keys=True)
        keys[node_id] = hashlib.sha256(text.encode()).hexdigest()
    return keys
