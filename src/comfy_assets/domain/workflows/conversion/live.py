"""A document as the editor has it: live nodes, graphs of them, and subgraphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import define, field

from comfy_assets.domain.workflows.catalogue import MatchType, NodeDescription
from comfy_assets.domain.workflows.conversion.document import (
    INPUT_SIDE,
    OUTPUT_SIDE,
    UiLink,
    UiSlot,
)
from comfy_assets.domain.workflows.conversion.widgets import (
    UNSET,
    Part,
    Widget,
    walk,
)

#: The modes of nodes that take no part in a run.
MUTED, BYPASSED = 2, 4
#: A node that passes on what comes in.
REROUTE: Final = "Reroute"
#: A node that writes its value into the widgets that it is linked to.
PRIMITIVE: Final = "PrimitiveNode"
#: Kinds that only the editor knows: they are never written.
VIRTUAL: Final = frozenset({REROUTE, PRIMITIVE, "Note", "MarkdownNote"})


@define(eq=False, kw_only=True)
class Socket:
    """Where a link may end."""

    #: The name of the input that it writes.
    name: str
    #: Its type.
    type: str
    #: The id of the link that ends here.
    link: str | None = None
    #: What it belongs to; ``None`` where the class does not know it.
    part: Part | None = None

    @property
    def template(self) -> str | None:
        """The id of the siblings that take the same type, if there are such."""
        dynamic = self.part.entry.dynamic if self.part and self.part.entry else None
        return dynamic.template_id if isinstance(dynamic, MatchType) else None


@define(eq=False, kw_only=True)
class LiveNode:
    """A node with all that its class gives it."""

    #: Its id, unique in the document.
    id: str
    #: Its class.
    type: str
    #: `MUTED`, `BYPASSED`, or anything else for a node at work.
    mode: int
    #: Its title; of a node without one, what the server calls its class.
    title: str
    #: ``properties``, as saved.
    properties: Mapping[str, Any]
    #: Its class, where the server has it.
    description: NodeDescription | None = None
    #: What it has for the inputs of its class.
    parts: list[Part] = field(factory=list)
    #: Where links end, in the editor's order: sockets, then widgets, then what the
    #: class does not know.
    sockets: list[Socket] = field(factory=list)
    #: The types of its outputs.
    outputs: list[str] = field(factory=list)
    #: The subgraph that it stands for.
    subgraph: LiveSubgraph | None = None
    #: Of such a host, the values of the subgraph's inputs that are widgets, by slot.
    promoted: dict[int, Any] = field(factory=dict)
    #: What was saved of its widgets' values, as it is.
    saved_values: list[Any] = field(factory=list)
    #: Of a bypassed node, by output and wanted type, the input that takes its place.
    ways_through: dict[tuple[int, str], int | None] = field(factory=dict)

    @property
    def is_virtual(self) -> bool:
        """Whether only the editor knows it."""
        return self.type in VIRTUAL

    @property
    def is_at_work(self) -> bool:
        """Whether it is neither muted nor bypassed."""
        return self.mode not in (MUTED, BYPASSED)

    @property
    def widgets(self) -> Iterator[Widget]:
        """Its widgets, in order."""
        for part in walk(self.parts):
            yield from part.widgets

    def values(self) -> dict[str, Any]:
        """Return the values of its widgets, and those that it promotes, by name."""
        own = {widget.name: widget.value for widget in self.widgets}
        return own | {self.sockets[p].name: v for p, v in self.promoted.items()}


@define(eq=False, kw_only=True)
class LiveGraph:
    """Nodes and links; of a subgraph, those of the definition, shared by all hosts."""

    #: The nodes by id, in the order of the file.
    nodes: dict[str, LiveNode]
    #: The links by id.
    links: dict[str, UiLink]
    #: Of a subgraph, what goes in.
    inputs: list[UiSlot] = field(factory=list)

    def ends(
        self, origin_id: str, slot: int | None = None
    ) -> list[tuple[LiveNode, int]]:
        """Return the sockets that links from here end at: what counts is the sockets.

        Args:
            origin_id: Where the links come from.
            slot: Which output; ``None`` for any.
        """
        return [
            (node, place)
            for node in self.nodes.values()
            for place, socket in enumerate(node.sockets)
            if (link := self.links.get(socket.link or "")) is not None
            and link.origin_id == origin_id
            and slot in (None, link.origin_slot)
        ]


@define(eq=False, kw_only=True)
class LiveSubgraph:
    """A definition, with its nodes made."""

    #: The id by which hosts name it.
    id: str
    #: A name for people.
    name: str
    #: What comes out.
    outputs: list[UiSlot]
    #: What is inside.
    graph: LiveGraph
    #: The nodes that stand for it, so far.
    hosts: list[LiveNode] = field(factory=list)
    #: By the id of a primitive, the input that took its place.
    replaced: dict[str, int] = field(factory=dict)

    _targets: list[tuple[LiveNode, int] | None] | None = field(default=None, init=False)
    _ways_out: dict[int, UiLink] | None = field(default=None, init=False)

    def targets(self) -> list[tuple[LiveNode, int] | None]:
        """Return for each input the node and socket of the widget that it promotes."""
        if self._targets is None:
            self._targets = self._find_targets()
        return self._targets

    def output_link(self, slot: int) -> UiLink | None:
        """Return the inner link that gives an output its value."""
        declared = self.outputs[slot].links if 0 <= slot < len(self.outputs) else ()
        for link_id in declared:
            if link_id in self.graph.links:
                return self.graph.links[link_id]
        if self._ways_out is None:
            # The first of several counts.
            self._ways_out = {
                link.target_slot: link
                for link in reversed(self.graph.links.values())
                if link.target_id == OUTPUT_SIDE
            }
        return self._ways_out.get(slot)

    def add_input(self, name: str, targets: Sequence[tuple[LiveNode, int]]) -> int:
        """Promote inner widgets to one more input, for all hosts; return its slot.

        Args:
            name: The input's name; changed where it is taken.
            targets: Which node and socket of it, at least one; they lose their links.
        """
        slot = len(self.graph.inputs)
        taken = {declared.name for declared in self.graph.inputs}
        number = 0
        base = name
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        type_ = targets[0][0].sockets[targets[0][1]].type
        value = value_at(*targets[0])
        added = UiSlot(name=name, type=type_)
        for place_of, (node, place) in enumerate(targets):
            link_id = f"promoted {slot} {place_of}"
            self.graph.links[link_id] = UiLink(
                origin_id=INPUT_SIDE,
                origin_slot=slot,
                target_id=node.id,
                target_slot=place,
            )
            node.sockets[place].link = link_id
        self.graph.inputs.append(added)
        self._targets = None
        for host in self.hosts:
            host.sockets.append(Socket(name=name, type=type_))
            host.promoted[slot] = value
        return slot

    def _find_targets(self) -> list[tuple[LiveNode, int] | None]:
        ends: dict[int, list[tuple[LiveNode, int]]] = {}
        for node, place in self.graph.ends(INPUT_SIDE):
            link = self.graph.links[node.sockets[place].link or ""]
            ends.setdefault(link.origin_slot, []).append((node, place))
        targets: list[tuple[LiveNode, int] | None] = []
        for slot, declared in enumerate(self.graph.inputs):
            order = {link: rank for rank, link in enumerate(declared.links)}
            found = sorted(
                (end for end in ends.get(slot, ()) if has_value(*end)),
                key=lambda end: order.get(
                    end[0].sockets[end[1]].link or "", len(order)
                ),
            )
            targets.append(found[0] if found else None)
        return targets


def widget_at(node: LiveNode, place: int) -> Widget | None:
    """Return the widget behind a socket, if there is one."""
    part = node.sockets[place].part
    return part.main if part else None


def has_value(node: LiveNode, place: int) -> bool:
    """Return whether a socket stands for a widget, its own or a promoted one."""
    return place in node.promoted or widget_at(node, place) is not None


def value_at(node: LiveNode, place: int) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of the widget behind a socket, or `UNSET`."""
    if place in node.promoted:
        return node.promoted[place]
    widget = widget_at(node, place)
    return UNSET if widget is None else widget.value
