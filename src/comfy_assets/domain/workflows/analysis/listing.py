"""Lists the inputs of a workflow that a person may set, with what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.addresses import address_of
from comfy_assets.domain.workflows.analysis.results import AnalyzedInput, AnalyzedNode
from comfy_assets.domain.workflows.graph import InputRef, Link
from comfy_assets.domain.workflows.roles import Role, TypedGraph

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from comfy_assets.domain.workflows.catalogue import InputDescription

_PICTURES: Final = ("image", "animated_image")
# Loaders of pictures in packs that a catalogue may not be there for.
_LOADERS: Final = "LoadImage"


def list_nodes(
    graph: TypedGraph, roles: Mapping[InputRef, Role], seeds: Collection[InputRef]
) -> tuple[AnalyzedNode, ...]:
    """Return all nodes with their inputs; those of a role or a seed always stand there.

    Args:
        graph: The workflow.
        roles: The inputs that have a role.
        seeds: The inputs that hold a seed.
    """
    nodes: list[AnalyzedNode] = []
    for node_id, node in graph.workflow.nodes.items():
        known = graph.description(node_id)
        taken = graph.inputs(node_id)
        names = [name for name in taken if name in node.inputs]
        names += [name for name in node.inputs if name not in taken]
        refs = (InputRef(node_id, name) for name in names)
        nodes.append(
            AnalyzedNode(
                node_id=node_id,
                class_type=node.class_type,
                title=node.title or (known.display_name if known else node.class_type),
                inputs=tuple(
                    _input(graph, ref, roles.get(ref))
                    for ref in refs
                    if ref in roles or ref in seeds or _may_be_set(graph, ref)
                ),
                is_used=node_id in graph.alive,
            )
        )
    return tuple(nodes)


def takes_picture(graph: TypedGraph, ref: InputRef) -> bool:
    """Return whether an input takes the name of an uploaded picture."""
    node = graph.workflow.nodes[ref.node_id]
    if not isinstance(node.literal(ref.input_name), str):
        return False
    described = graph.inputs(ref.node_id).get(ref.input_name)
    if described is not None:
        return described.upload in _PICTURES
    return node.class_type.startswith(_LOADERS) and ref.input_name == "image"


def _may_be_set(graph: TypedGraph, ref: InputRef) -> bool:
    value = graph.workflow.nodes[ref.node_id].inputs[ref.input_name]
    described = graph.inputs(ref.node_id).get(ref.input_name)
    if isinstance(value, Link):
        # A mere socket takes nothing that a person could write.
        return described is not None and described.is_widget
    return True


def _input(graph: TypedGraph, ref: InputRef, role: Role | None) -> AnalyzedInput:
    value = graph.workflow.nodes[ref.node_id].inputs[ref.input_name]
    is_linked = isinstance(value, Link)
    known = graph.inputs(ref.node_id).get(ref.input_name)
    return AnalyzedInput(
        ref=ref,
        address=address_of(ref),
        title=known.display_name if known else ref.input_name,
        type=_type(known, value),
        value=None if is_linked else value,
        is_linked=is_linked,
        minimum=known.minimum if known else None,
        maximum=known.maximum if known else None,
        step=known.step if known else None,
        choices=known.choices if known else None,
        is_multiline=known.is_multiline if known else False,
        tooltip=known.tooltip if known else "",
        role=role,
    )


def _type(known: InputDescription | None, value: object) -> str:
    if known is not None and known.type:
        return known.type
    match value:
        case bool():
            return "BOOLEAN"
        case int():
            return "INT"
        case float():
            return "FLOAT"
        case str():
            return "STRING"
        case _:
            return ""
