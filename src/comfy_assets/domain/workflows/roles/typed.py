"""`TypedGraph`: a workflow with what is known of its classes, and what of it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, TypeAlias

from attrs import field, frozen

from comfy_assets.domain.workflows.catalogue import (
    Catalogue,
    InputDescription,
    NodeDescription,
    live_inputs,
)
from comfy_assets.domain.workflows.graph import Link, Workflow
from comfy_assets.domain.workflows.roles.known import CORE

# Types that tell nothing of what passes through them.
_ANY: Final = frozenset({"", "*", "COMFY_MATCHTYPE_V3"})
_BRANCHES: Final = ("on_false", "on_true")

#: Tells by an input's name, in lower case, whether it takes a type.
ByName: TypeAlias = Callable[[str], bool]


@frozen(eq=False)
class TypedGraph:
    """A workflow and its classes, as far as a server or this package knows them."""

    #: The graph.
    workflow: Workflow
    #: The classes of a server, where one was asked.
    catalogue: Catalogue | None = None
    _inputs: dict[str, Mapping[str, InputDescription]] = field(factory=dict, init=False)

    def description(self, node_id: str) -> NodeDescription | None:
        """Return what is known of a node's class, or ``None``."""
        class_type = self.workflow.nodes[node_id].class_type
        for known in (self.catalogue, CORE):
            found = None if known is None else known.nodes.get(class_type)
            if found is not None and found.is_readable:
                return found
        return None

    def inputs(self, node_id: str) -> Mapping[str, InputDescription]:
        """Return the inputs that are known of a node, with those its values bring."""
        found = self._inputs.get(node_id)
        if found is None:
            known = self.description(node_id)
            values = self.workflow.nodes[node_id].inputs
            found = (
                {i.name: i for i in live_inputs(known.inputs, values)} if known else {}
            )
            self._inputs[node_id] = found
        return found

    def output_types(self, node_id: str) -> frozenset[str]:
        """Return the types that a node gives; empty where nothing is known."""
        known = self.description(node_id)
        return frozenset(o.type for o in known.outputs) if known else frozenset()

    def output_name(self, link: Link) -> str:
        """Return what the class calls an output; empty where nothing is known."""
        known = self.description(link.node_id)
        if known is None or link.slot >= len(known.outputs):
            return ""
        return known.outputs[link.slot].name

    def carries(self, node_id: str, name: str, type_: str, by_name: ByName) -> bool:
        """Return whether an input is linked to something of a type.

        The classes at both ends tell; where neither is known, the input's name does.
        """
        link = self.workflow.nodes[node_id].inputs.get(name)
        if not isinstance(link, Link):
            return False
        given = self.description(link.node_id)
        if given is not None and link.slot < len(given.outputs):
            told = given.outputs[link.slot].type
            if told not in _ANY:
                return type_ in told.split(",")
        taken = self.inputs(node_id).get(name)
        if taken is not None and not _ANY.intersection(taken.types):
            return type_ in taken.types
        return by_name(name.lower())

    def links_of(self, node_id: str, type_: str, by_name: ByName) -> list[Link]:
        """Return the links through which a node takes something of a type."""
        return [
            link
            for name, link in self.workflow.nodes[node_id].links.items()
            if self.carries(node_id, name, type_, by_name)
        ]

    def branches(self, node_id: str) -> list[str] | None:
        """Return the inputs that a switch lets through; ``None`` for other nodes.

        Both, where only a run could tell which.
        """
        inputs = self.workflow.nodes[node_id].inputs
        if not any(name in inputs for name in _BRANCHES):
            return None
        truth = self._truth(node_id)
        wanted = _BRANCHES if truth is None else (_BRANCHES[truth],)
        return [name for name in wanted if name in inputs]

    @cached_property
    def alive(self) -> frozenset[str]:
        """The nodes on which an output depends, as the switches stand.

        All of them where no output is known: then it is a part of a graph.
        """
        nodes = self.workflow.nodes
        queue = list(dict.fromkeys(self.outputs))
        seen = set(queue)
        # The list grows while it is read.
        for node_id in queue:
            chosen = self.branches(node_id)
            for name, link in nodes[node_id].links.items():
                if chosen is not None and name in _BRANCHES and name not in chosen:
                    continue
                if link.node_id not in seen:
                    seen.add(link.node_id)
                    queue.append(link.node_id)
        return frozenset(seen or nodes)

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The nodes with which a run may end, in graph order.

        Of an unknown class, those whose outputs nobody takes.
        """
        taken = {
            link.node_id
            for node in self.workflow.nodes.values()
            for link in node.links.values()
        }
        found = []
        for node_id in self.workflow.nodes:
            known = self.description(node_id)
            if known.is_output_node if known else node_id not in taken:
                found.append(node_id)
        return tuple(found)

    def _truth(self, node_id: str) -> bool | None:
        """Return where a switch stands, if that is written in the graph."""
        value = self.workflow.nodes[node_id].inputs.get("switch")
        seen: set[str] = set()
        while isinstance(value, Link) and value.node_id not in seen:
            seen.add(value.node_id)
            value = self.workflow.nodes[value.node_id].inputs.get("value")
        return value if isinstance(value, bool) else None
