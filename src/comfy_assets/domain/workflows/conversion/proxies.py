"""``proxyWidgets``: how frontends before 1.49 promoted the widgets of a subgraph."""

from __future__ import annotations

import re
from typing import Any, Final

from attrs import frozen

from comfy_assets.domain.workflows.conversion.document import INPUT_SIDE
from comfy_assets.domain.workflows.conversion.live import (
    PRIMITIVE,
    LiveNode,
    LiveSubgraph,
    has_value,
)
from comfy_assets.domain.workflows.conversion.reading import identity

# The host itself, in place of an inner node.
_HOST: Final = "-1"
# "12: seed": the widget of node 12 inside the nested host that the entry names.
_PREFIX: Final = re.compile(r"\s*(\d+)\s*:\s*(.+)", re.DOTALL)


@frozen(kw_only=True)
class _Proxy:
    """One entry: an inner node's widget, and the host's value for it."""

    node_id: str
    name: str
    #: The node that has the widget, where the entry's own is a host.
    inner_id: str | None
    #: ``None`` for none.
    value: Any


def apply_proxies(host: LiveNode, subgraph: LiveSubgraph) -> None:
    """Give the host the values of its ``proxyWidgets``, counted by their places.

    A widget that no input of the definition leads to gets a new one.
    """
    primitives: dict[str, list[_Proxy]] = {}
    for proxy in _read(host):
        inner = subgraph.graph.nodes.get(proxy.node_id)
        if proxy.node_id == _HOST:
            _apply_by_name(host, proxy.name, proxy.value)
        elif inner is not None and inner.type == PRIMITIVE:
            primitives.setdefault(inner.id, []).append(proxy)
        elif inner is not None:
            place = _place(inner, proxy)
            if place is not None:
                _promote(host, subgraph, (inner, place), proxy)
    for node_id, proxies in primitives.items():
        _replace_primitive(host, subgraph, subgraph.graph.nodes[node_id], proxies)


def apply_quarantine(host: LiveNode) -> None:
    """Give the host the values that the editor set aside, by the inputs' names."""
    entries = host.properties.get("proxyWidgetErrorQuarantine")
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case {"originalEntry": [node_id, str(name), *_], "hostValue": value} if (
                identity(node_id) == _HOST
            ):
                _apply_by_name(host, name, value)


def _read(host: LiveNode) -> list[_Proxy]:
    entries = host.properties.get("proxyWidgets")
    found: list[_Proxy] = []
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        match entry:
            case [node_id, str(name), *rest] if identity(node_id) is not None:
                values = host.saved_values
                found.append(
                    _Proxy(
                        node_id=str(identity(node_id)),
                        name=name,
                        inner_id=identity(rest[0]) if rest else None,
                        value=values[place] if place < len(values) else None,
                    )
                )
    return found


def _apply_by_name(host: LiveNode, name: str, value: object) -> None:
    for slot, socket in enumerate(host.sockets):
        if socket.name == name and slot in host.promoted and value is not None:
            host.promoted[slot] = value
            return


def _place(node: LiveNode, proxy: _Proxy) -> int | None:
    """Return the socket of the widget that an entry names."""
    if node.subgraph is None:
        names = [socket.name for socket in node.sockets]
        for name in (proxy.name, _stripped(proxy)[1]):
            if name in names and has_value(node, names.index(name)):
                return names.index(name)
        return None
    targets = node.subgraph.targets()
    for inner_id, name in ((proxy.inner_id, proxy.name), _stripped(proxy)):
        for place, target in enumerate(targets):
            if target is None:
                continue
            inner, inner_place = target
            same_inner = inner.sockets[inner_place].name == name
            if inner_id is not None:
                if same_inner and inner.id == inner_id:
                    return place
            elif same_inner or node.sockets[place].name == name:
                return place
    return None


def _stripped(proxy: _Proxy) -> tuple[str | None, str]:
    """Return the entry's node and name without the prefixes of some frontends."""
    inner_id, name = proxy.inner_id, proxy.name
    while match := _PREFIX.fullmatch(name):
        inner_id, name = match[1], match[2]
    return inner_id, name


def _promote(
    host: LiveNode, subgraph: LiveSubgraph, target: tuple[LiveNode, int], proxy: _Proxy
) -> None:
    node, place = target
    link = subgraph.graph.links.get(node.sockets[place].link or "")
    if link is not None and link.origin_id == INPUT_SIDE:
        slot = link.origin_slot
    else:
        slot = subgraph.add_input(proxy.name, [target])
    if proxy.value is not None and slot in host.promoted:
        host.promoted[slot] = proxy.value


def _replace_primitive(
    host: LiveNode, subgraph: LiveSubgraph, node: LiveNode, proxies: list[_Proxy]
) -> None:
    """Let a new input of the subgraph take the place of an inner primitive."""
    value = next((p.value for p in proxies if p.value is not None), None)
    slot = subgraph.replaced.get(node.id)
    if slot is None:
        ends = subgraph.graph.ends(node.id)
        type_ = node.outputs[0] if node.outputs else "*"
        types = {target.sockets[place].type for target, place in ends}
        if not ends or (type_ != "*" and types - {type_, "*"}):
            return
        slot = subgraph.add_input(node.title or proxies[0].name, ends)
        subgraph.replaced[node.id] = slot
        if value is None and node.saved_values:
            value = node.saved_values[0]
    if value is not None:
        host.promoted[slot] = value
