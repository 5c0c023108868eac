"""Which texts reach a sampler as positive and negative: the way of conditionings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from attrs import define, field

from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow, WorkflowNode
from comfy_assets.domain.workflows.roles.kinds import TEXT_ROLES, TextRole
from comfy_assets.domain.workflows.roles.typed import TypedGraph

_TYPE: Final = "CONDITIONING"

# What text encoders call their texts: CLIPTextEncode and its kin for SDXL, SD3, Flux,
# HiDream, HunyuanDiT, Kandinsky, Lumina2, Qwen, ACE-Step and MiniMax (/object_info,
# ComfyUI 0.33).
_TEXT_INPUTS: Final = (
    "text",
    "prompt",
    "text_g",
    "text_l",
    "clip_g",
    "clip_l",
    "t5xxl",
    "llama",
    "bert",
    "mt5xl",
    "qwen25_7b",
    "user_prompt",
    "tags",
    "caption",
)
# Encoders with both texts call the second one so (TextEncodeMageFlowEdit, 0.33).
_NEGATIVE_TEXT: Final = "negative_prompt"

# Guiders that do not call their conditioning by its role (comfy_extras, 0.3).
_OTHER_NAMES: Final[dict[tuple[str, TextRole], tuple[str, ...]]] = {
    ("BasicGuider", "positive"): ("conditioning",),
    ("DualCFGGuider", "positive"): ("cond1",),
    # Its middle one is what to heed less than the first; texts of edits stand there.
    ("DualCFGGuider", "negative"): ("cond2", "negative"),
}

# A node that combines pairs has several of a role: ``positive_A``, ``positive_NEW``
# (PairConditioningCombine and its kin, 0.3).
_PAIR_ENDINGS: Final = ("", "_A", "_B", "_NEW", "_DEFAULT")

# What nodes that keep the roles apart call their outputs.
_SIDES: Final[dict[str, TextRole]] = {"positive": "positive", "negative": "negative"}

# What comes out of it does not depend on the text any more.
_TEXT_ENDS_HERE: Final = "ConditioningZeroOut"


@define
class Walk:
    """What stands on the way from the samplers back to the texts of one role."""

    #: The encoders' inputs, nearest to a sampler first.
    texts: list[InputRef] = field(factory=list)
    #: All nodes on the way, those of the texts included.
    nodes: list[str] = field(factory=list)


def text_inputs(node: WorkflowNode) -> list[str]:
    """Return the names of a text encoder's texts; empty for any other node."""
    return [
        name for name in _TEXT_INPUTS if isinstance(node.inputs.get(name), (str, Link))
    ]


def texts_in_role(workflow: Workflow, role: TextRole) -> list[InputRef]:
    """Return the texts that reach a sampler in a role, nearest to a sampler first.

    The way goes from the samplers and guiders backwards through whatever stands
    between: nodes that combine, set an area, apply a ControlNet, switch.
    """
    graph = TypedGraph(workflow)
    return walk_back(graph, role, sampling_nodes(graph)).texts


def sampling_nodes(graph: TypedGraph) -> list[str]:
    """Return the samplers and guiders: where the conditionings end."""
    between = _between(graph)
    return [
        node_id
        for node_id, node in graph.workflow.nodes.items()
        if node_id in graph.alive and node_id not in between
        if any(_role_links(graph, node_id, node, role) for role in TEXT_ROLES)
    ]


def walk_back(graph: TypedGraph, role: TextRole, sampling: Iterable[str]) -> Walk:
    """Walk from the samplers, as `sampling_nodes` tells, back to a role's texts."""
    nodes = graph.workflow.nodes
    # Each with the role as which the conditioning leaves its node: what is positive
    # to one node may be wired as negative into the next.
    queue: list[tuple[Link, TextRole]] = [
        (link, role)
        for node_id in sampling
        for link in _role_links(graph, node_id, nodes[node_id], role)
    ]
    walk = Walk()
    seen: set[tuple[str, TextRole]] = set()
    # The list grows while it is read.
    for link, told in queue:
        side = _SIDES.get(graph.output_name(link), told)
        node_id = link.node_id
        if (node_id, side) in seen:
            continue
        seen.add((node_id, side))
        node = nodes[node_id]
        if node.class_type == _TEXT_ENDS_HERE:
            continue
        walk.nodes.append(node_id)
        onward = _conditionings(graph, node_id, node, side)
        if not onward:
            texts = _texts_of(node, side)
            walk.texts += [InputRef(node_id, name) for name in texts]
            # Without a text of its own it passes on its one source, as a reroute does.
            sole = list(node.links.values())
            onward = sole if len(sole) == 1 and not texts else []
        queue.extend((source, side) for source in onward)
    walk.texts = list(dict.fromkeys(walk.texts))
    return walk


def _is_conditioning(name: str) -> bool:
    return name in TEXT_ROLES or name.startswith("cond")


def _role_links(
    graph: TypedGraph, node_id: str, node: WorkflowNode, role: TextRole
) -> list[Link]:
    names = _OTHER_NAMES.get((node.class_type, role), (role,))
    return [
        node.links[name]
        for name in names
        if graph.carries(node_id, name, _TYPE, lambda _: True)
    ]


def _between(graph: TypedGraph) -> set[str]:
    """Return the nodes whose output somebody takes as a conditioning.

    That tells what changes conditionings, such as ControlNetApplyAdvanced, from a
    sampler: both have inputs called ``positive`` and ``negative``.
    """
    return {
        link.node_id
        for node_id in graph.alive
        for link in graph.links_of(node_id, _TYPE, _is_conditioning)
    }


def _texts_of(node: WorkflowNode, side: TextRole) -> list[str]:
    if side == "negative" and isinstance(node.inputs.get(_NEGATIVE_TEXT), (str, Link)):
        return [_NEGATIVE_TEXT]
    texts = text_inputs(node)
    # Loaders that do everything hold the text itself under the role's name.
    if not texts and isinstance(node.inputs.get(side), (str, Link)):
        return [str(side)]
    return texts


def _conditionings(
    graph: TypedGraph, node_id: str, node: WorkflowNode, side: TextRole
) -> list[Link]:
    # 1. A switch.
    chosen = graph.branches(node_id)
    if chosen is not None:
        return [node.links[name] for name in chosen if name in node.links]
    # 2. It keeps the roles apart.
    of_role = [
        node.links[name]
        for name in (f"{side}{ending}" for ending in _PAIR_ENDINGS)
        if graph.carries(node_id, name, _TYPE, lambda _: True)
    ]
    # 3. It has conditionings, whatever their roles.
    return of_role or graph.links_of(node_id, _TYPE, lambda n: n.startswith("cond"))
