"""Nodes that paint by a text of their own, without samplers: services, for the most."""

from __future__ import annotations

from typing import Final

from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.roles.kinds import TEXT_ROLES, TextRole
from comfy_assets.domain.workflows.roles.origins import text_origins
from comfy_assets.domain.workflows.roles.typed import TypedGraph

# What they call their texts; behind the dot where a choice of the model brings it
# along, as in ``model.prompt`` (/object_info, ComfyUI 0.33).
_NAMES: Final[dict[TextRole, frozenset[str]]] = {
    "positive": frozenset(
        {
            *("prompt", "prompt_text", "text_prompt", "positive_prompt"),
            *("edit_instruction", "positive"),
        }
    ),
    "negative": frozenset({"negative_prompt", "negative"}),
}
# A node that draws letters has a "text", too: only services paint by one.
_OF_SERVICES: Final = "text"
# Classes that give nothing else write texts; they do not paint.
_WRITTEN: Final = frozenset({"STRING", "DICT", "ARRAY", "INT", "FLOAT", "BOOLEAN"})


def own_name(input_name: str) -> str:
    """Return an input's name in lower case, without that of the choice above it."""
    return input_name.rpartition(".")[2].lower()


def painters(graph: TypedGraph, encoders: set[str]) -> list[str]:
    """Return the nodes that paint by a text of their own, in graph order.

    A node whose text goes into another's is none. Nodes that only write texts, as
    language models do, count where nothing paints.

    Args:
        graph: Where to look.
        encoders: The nodes whose texts go to samplers, or into those that do.
    """
    held = {
        node_id: refs
        for node_id in graph.workflow.nodes
        if node_id in graph.alive and node_id not in encoders
        if "CONDITIONING" not in graph.output_types(node_id)
        if (refs := painter_texts(graph, node_id, "positive"))
    }
    used = {
        source
        for refs in held.values()
        for ref in refs
        for source in text_origins(graph, ref).nodes
    }
    free = [node_id for node_id in held if node_id not in used]
    painting = [node_id for node_id in free if not _only_writes(graph, node_id)]
    return painting or ([] if encoders else free)


def painter_texts(graph: TypedGraph, node_id: str, role: TextRole) -> list[InputRef]:
    """Return the texts of one role that a node holds or takes itself."""
    names = _NAMES[role]
    known = graph.description(node_id)
    if role == "positive" and known is not None and known.is_api_node:
        names |= {_OF_SERVICES}
    taken = graph.inputs(node_id)
    return [
        InputRef(node_id, name)
        for name, value in graph.workflow.nodes[node_id].inputs.items()
        if own_name(name) in names
        if isinstance(value, str) or _is_linked_text(graph, node_id, name)
        if name not in taken or "STRING" in taken[name].types
    ]


def _is_linked_text(graph: TypedGraph, node_id: str, name: str) -> bool:
    # A link called by its role is a sampler's conditioning, unless the class is known.
    return graph.carries(node_id, name, "STRING", lambda n: n not in TEXT_ROLES)


def _only_writes(graph: TypedGraph, node_id: str) -> bool:
    types = graph.output_types(node_id)
    return bool(types) and types <= _WRITTEN
