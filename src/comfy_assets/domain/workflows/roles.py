"""Which text inputs a sampler uses as positive and negative prompt."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow, WorkflowNode

#: What a sampler does with a conditioning.
Role: TypeAlias = Literal["positive", "negative"]

#: Both roles, in the order in which samplers have them.
ROLES: Final[tuple[Role, Role]] = ("positive", "negative")

# What text encoders call their texts: CLIPTextEncode and its kin for SDXL, SD3, Flux,
# HiDream, HunyuanDiT, Lumina2 and Qwen (/object_info, ComfyUI 0.3).
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
    "user_prompt",
)

# Guiders that do not call their conditioning by its role (comfy_extras, 0.3).
_OTHER_NAMES: Final[dict[tuple[str, Role], str]] = {
    ("BasicGuider", "positive"): "conditioning",
    ("DualCFGGuider", "positive"): "cond1",
}

# What comes out of it does not depend on the text any more.
_TEXT_ENDS_HERE: Final = "ConditioningZeroOut"


def text_inputs(node: WorkflowNode) -> list[str]:
    """Return the names of a text encoder's texts; empty for any other node."""
    return [
        name for name in _TEXT_INPUTS if isinstance(node.inputs.get(name), (str, Link))
    ]


def texts_in_role(workflow: Workflow, role: Role) -> list[InputRef]:
    """Return the texts that reach a sampler in a role, nearest to a sampler first.

    The way goes from the samplers and guiders backwards through whatever stands
    between: nodes that combine, set an area, apply a ControlNet, switch.
    """
    between = _between(workflow)
    queue = [
        link.node_id
        for node_id, node in workflow.nodes.items()
        for link in _role_links(node, role)
        if node_id not in between
    ]
    found: dict[InputRef, None] = {}
    seen: set[str] = set()
    # The list grows while it is read.
    for node_id in queue:
        if node_id in seen:
            continue
        seen.add(node_id)
        node = workflow.nodes[node_id]
        texts = _texts_of(node, role)
        found.update((InputRef(node_id, name), None) for name in texts)
        if not texts:
            queue.extend(link.node_id for link in _conditionings(node, role))
    return list(found)


def _role_links(node: WorkflowNode, role: Role) -> list[Link]:
    name = _OTHER_NAMES.get((node.class_type, role), role)
    link = node.links.get(name)
    return [] if link is None else [link]


def _between(workflow: Workflow) -> set[str]:
    """Return the nodes whose output somebody takes as a conditioning.

    That tells what changes conditionings, such as ControlNetApplyAdvanced, from a
    sampler: both have inputs called ``positive`` and ``negative``.
    """
    return {
        link.node_id
        for node in workflow.nodes.values()
        for name, link in node.links.items()
        if name in ROLES or name.startswith("cond")
    }


def _texts_of(node: WorkflowNode, role: Role) -> list[str]:
    texts = text_inputs(node)
    # Loaders that do everything hold the text itself under the role's name.
    if not texts and isinstance(node.inputs.get(role), str):
        return [role]
    return texts


def _conditionings(node: WorkflowNode, role: Role) -> list[Link]:
    if node.class_type == _TEXT_ENDS_HERE:
        return []
    links = node.links
    # 1. It keeps the roles apart.
    if role in links:
        return [links[role]]
    # 2. It has conditionings, whatever their roles.
    conditionings = [link for name, link in links.items() if name.startswith("cond")]
    if conditionings:
        return conditionings
    # 3. It has one source and passes it on, as a reroute does.
    return list(links.values()) if len(links) == 1 else []
