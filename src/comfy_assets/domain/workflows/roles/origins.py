"""Where a value stands that reaches an input by links: the way back to its origin."""

from __future__ import annotations

from typing import Any, Final

from attrs import define, field, frozen

from comfy_assets.domain.workflows.graph import InputRef, Link
from comfy_assets.domain.workflows.roles.typed import TypedGraph

# What nodes call the texts that they make another text of: ComfyUI's own string nodes,
# language models, primitives (0.33), and the text nodes of common packs. What they
# split or search it by is none of it, nor is a system prompt.
_TEXT_NAMES: Final = frozenset(
    {
        *("value", "text", "string", "prompt", "source", "string_a", "string_b"),
        *("json_string", "user_prompt", "text_a", "text_b", "text1", "text2"),
        "high_level_description",
    }
)
# ``values.a`` of StringFormat and ComfyMathExpression (0.33).
_VALUES: Final = "values."
# What is made of more nodes than this has no plain origin; it bounds the time, too.
_MAX_NODES: Final = 100
# What primitives and the number nodes of common packs call their number.
_NUMBER_NAMES: Final = frozenset(
    {"value", "seed", "noise_seed", "int", "float", "number"}
)


@frozen
class Origin:
    """An input that holds a text itself, which reaches another input by links."""

    #: The input.
    ref: InputRef
    #: Whether the node only holds this text, as a primitive does, so that a person
    #: put it there to write into it; else it is one part among several.
    is_alone: bool


@define
class Origins:
    """Where the text of an input comes from."""

    #: The texts, nearest first.
    found: list[Origin] = field(factory=list)
    #: All nodes on the way.
    nodes: list[str] = field(factory=list)


def text_origins(graph: TypedGraph, ref: InputRef) -> Origins:
    """Return the texts that an input's own is made of; itself where it holds it."""
    value = graph.workflow.nodes[ref.node_id].inputs[ref.input_name]
    if not isinstance(value, Link):
        return Origins([Origin(ref, is_alone=True)])
    origins = Origins()
    queue = [value.node_id]
    seen = set(queue)
    # The list grows while it is read.
    for node_id in queue:
        if len(origins.nodes) == _MAX_NODES:
            return Origins([], origins.nodes)
        origins.nodes.append(node_id)
        inputs = graph.workflow.nodes[node_id].inputs
        for name in _text_sources(graph, node_id):
            source = inputs[name]
            if isinstance(source, str):
                is_alone = len(inputs) == 1
                origins.found.append(Origin(InputRef(node_id, name), is_alone))
            elif isinstance(source, Link) and source.node_id not in seen:
                seen.add(source.node_id)
                queue.append(source.node_id)
    # An empty part of a text says nothing beside the others.
    told = [o for o in origins.found if o.is_alone or _value(graph, o.ref)]
    origins.found = told or origins.found
    return origins


def number_origin(graph: TypedGraph, ref: InputRef) -> InputRef:
    """Return the input that holds the number; the given one if that is not plain.

    Plain is a way of links through primitives, switches and calculations with one
    number at its end.
    """
    value = graph.workflow.nodes[ref.node_id].inputs[ref.input_name]
    if not isinstance(value, Link):
        return ref
    found: list[InputRef] = []
    queue = [value.node_id]
    seen = set(queue)
    # The list grows while it is read.
    for node_id in queue:
        if len(queue) > _MAX_NODES:
            return ref
        inputs = graph.workflow.nodes[node_id].inputs
        for name in _number_sources(graph, node_id):
            source = inputs[name]
            if is_number(source):
                found.append(InputRef(node_id, name))
            elif isinstance(source, Link) and source.node_id not in seen:
                seen.add(source.node_id)
                queue.append(source.node_id)
    return found[0] if len(found) == 1 else ref


def is_number(value: object) -> bool:
    """Return whether it is a number; a truth value is none to ComfyUI."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _value(graph: TypedGraph, ref: InputRef) -> Any:  # noqa: ANN401 - any JSON
    return graph.workflow.nodes[ref.node_id].inputs[ref.input_name]


def _text_sources(graph: TypedGraph, node_id: str) -> list[str]:
    chosen = graph.branches(node_id)
    if chosen is not None:
        return chosen
    node = graph.workflow.nodes[node_id]
    named = [
        name for name in node.inputs if name in _TEXT_NAMES or name.startswith(_VALUES)
    ]
    if named:
        return named
    # Of an unknown name: its one source, as with a reroute, or its one text.
    links = list(node.links)
    if links:
        return links if len(links) == 1 else []
    known = graph.inputs(node_id)
    texts = [
        name
        for name, value in node.inputs.items()
        if isinstance(value, str)
        if name not in known or "STRING" in known[name].types
    ]
    return texts if len(texts) == 1 else []


def _number_sources(graph: TypedGraph, node_id: str) -> list[str]:
    chosen = graph.branches(node_id)
    if chosen is not None:
        return chosen
    inputs = graph.workflow.nodes[node_id].inputs
    named = [n for n in inputs if n in _NUMBER_NAMES or n.startswith(_VALUES)]
    if named:
        return named
    return list(inputs) if len(inputs) == 1 else []
