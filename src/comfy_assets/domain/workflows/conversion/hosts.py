"""Makes the host of a subgraph: which of its inputs are widgets, and their values."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.conversion.document import UiInput, UiNode, UiSlot
from comfy_assets.domain.workflows.conversion.live import (
    LiveNode,
    LiveSubgraph,
    Socket,
    value_at,
)
from comfy_assets.domain.workflows.conversion.proxies import (
    apply_proxies,
    apply_quarantine,
)


def make_host(saved: UiNode, subgraph: LiveSubgraph) -> LiveNode:
    """Make a node that stands for a subgraph, all of whose nodes are made.

    An input whose inner link ends at a widget is a widget of the host. It begins with
    the inner value; the saved ones are dealt out in the order of the definition's
    inputs, and then those of ``proxyWidgets`` (frontends before 1.49).
    """
    host = LiveNode(
        id=saved.id,
        type=saved.type,
        mode=saved.mode,
        title=saved.title or subgraph.name,
        properties=saved.properties,
        sockets=_sockets(subgraph.graph.inputs, saved.inputs),
        outputs=[declared.type for declared in subgraph.outputs],
        subgraph=subgraph,
        saved_values=saved.values if isinstance(saved.values, list) else [],
    )
    for slot, target in enumerate(subgraph.targets()):
        if target is not None:
            host.promoted[slot] = value_at(*target)
    for slot, value in zip(list(host.promoted), host.saved_values, strict=False):
        host.promoted[slot] = value
    subgraph.hosts.append(host)
    apply_proxies(host, subgraph)
    apply_quarantine(host)
    return host


def _sockets(declared: list[UiSlot], saved: list[UiInput]) -> list[Socket]:
    """Match by name and type, else by name alone; each saved input once."""
    rest: list[UiInput] = list(saved)
    sockets: list[Socket] = []
    for slot in declared:
        same = [raw for raw in rest if raw.name == slot.name]
        match: UiInput | None = next(
            (raw for raw in same if raw.type == slot.type), same[0] if same else None
        )
        if match is not None:
            rest.remove(match)
        link: Any = match.link if match else None
        sockets.append(Socket(name=slot.name, type=slot.type, link=link))
    return sockets
