"""What a workflow offers: its seeds, and mappings to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.addresses import address_of
from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.roles import Role, text_inputs, texts_in_role

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.graph import Workflow

# KSampler and its kin; KSamplerAdvanced and RandomNoise (/object_info, ComfyUI 0.3).
_SEED_NAMES: Final = ("seed", "noise_seed")


def seed_inputs(workflow: Workflow) -> list[InputRef]:
    """Return the inputs that hold a seed of their own, in graph order."""
    return [ref for name in _SEED_NAMES for ref in whole_numbers(workflow, name)]


def whole_numbers(workflow: Workflow, input_name: str) -> list[InputRef]:
    """Return the inputs of this name that hold a whole number, in graph order."""
    return [
        InputRef(node_id, input_name)
        for node_id, node in workflow.nodes.items()
        # A truth value is an int to Python, and no number to ComfyUI.
        if type(node.literal(input_name)) is int
    ]


def suggest_mappings(workflow: Workflow) -> list[PromptMapping]:
    """Return mappings of prompt and negative prompt that fit the workflow's samplers.

    A text that reaches samplers in both roles is taken for the prompt. Where no
    sampler tells, the nodes' titles may: ``Positive``, ``Negative prompt``.
    """
    positive = _texts(workflow, "positive")
    negative = [ref for ref in _texts(workflow, "negative") if ref not in positive]
    return [
        *(PromptMapping(target=address_of(ref), source="prompt") for ref in positive),
        *(
            PromptMapping(target=address_of(ref), source="negative_prompt")
            for ref in negative
        ),
    ]


def _texts(workflow: Workflow, role: Role) -> list[InputRef]:
    return texts_in_role(workflow, role) or [
        InputRef(node_id, name)
        for node_id, node in workflow.nodes.items()
        if role in (node.title or "").casefold()
        for name in text_inputs(node)
    ]
