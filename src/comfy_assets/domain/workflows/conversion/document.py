"""The editor's own format as plain values; what the parts mean is told elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, field

#: The ends of links inside a subgraph that lead out of it (frontend 1.49.6).
INPUT_SIDE, OUTPUT_SIDE = "-10", "-20"


@define(eq=False, kw_only=True)
class UiLink:
    """A link, as saved: it counts only where an input refers to it."""

    #: The node, or `INPUT_SIDE`, that it comes from.
    origin_id: str
    #: Which output of that node, or which input of the subgraph.
    origin_slot: int
    #: The node, or `OUTPUT_SIDE`, that it goes to.
    target_id: str
    #: Which input of that node as saved, or which output of the subgraph.
    target_slot: int


@define(eq=False, kw_only=True)
class UiInput:
    """An input of a node, as saved."""

    #: Its name.
    name: str
    #: Its type, such as ``"MODEL"``.
    type: str
    #: The id of the link that ends here.
    link: str | None = None
    #: The name of the widget whose socket this is, if it is one.
    widget: str | None = None


@define(eq=False, kw_only=True)
class UiNode:
    """A node, as saved; what its class makes of it is a `LiveNode`."""

    #: Its id, unique in its graph.
    id: str
    #: Its class, the id of a subgraph, or a kind that only the editor knows.
    type: str
    #: 2 is muted, 4 is bypassed, anything else at work.
    mode: int
    #: The title that a person gave it; may be empty.
    title: str
    #: The inputs that were saved.
    inputs: list[UiInput]
    #: The types of the outputs that were saved.
    outputs: list[str]
    #: ``widgets_values``: a list; a mapping of some custom nodes; ``None`` for none.
    values: list[Any] | Mapping[str, Any] | None
    #: ``properties``.
    properties: Mapping[str, Any]


@define(eq=False, kw_only=True)
class UiGraph:
    """The nodes and links of the document, or of one subgraph."""

    #: The nodes by id, in the order of the file.
    nodes: dict[str, UiNode]
    #: The links by id.
    links: dict[str, UiLink]


@define(eq=False, kw_only=True)
class UiSlot:
    """An input or output of a subgraph."""

    #: Its name.
    name: str
    #: Its type.
    type: str
    #: The links inside that begin or end here, as saved.
    links: list[str] = field(factory=list)


@define(eq=False, kw_only=True)
class UiSubgraph:
    """The definition of a subgraph, which any number of nodes may be hosts of."""

    #: The id by which nodes name it as their class.
    id: str
    #: A name for people.
    name: str
    #: What goes in.
    inputs: list[UiSlot]
    #: What comes out.
    outputs: list[UiSlot]
    #: What is inside.
    graph: UiGraph


@define(eq=False, kw_only=True)
class UiDocument:
    """A file of the editor."""

    #: The graph at the top.
    root: UiGraph
    #: The definitions by id, in the order of the file.
    subgraphs: dict[str, UiSubgraph]
    #: The largest number that was given to a node.
    last_node_id: int
    #: ``extra.groupNodes``: the forerunners of subgraphs, by name.
    group_nodes: Mapping[str, Any]
    #: What could not be read, each as a sentence for a person.
    faults: list[str]
