"""The seeds of a workflow, and other whole numbers, by their inputs' names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.graph import InputRef, Link
from comfy_assets.domain.workflows.roles import TypedGraph, number_origin, own_name

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.graph import Workflow

# KSampler and its kin; KSamplerAdvanced and RandomNoise (/object_info, ComfyUI 0.33).
_SEED_NAMES: Final = ("seed", "noise_seed")


def seed_inputs(workflow: Workflow) -> list[InputRef]:
    """Return the inputs that hold a seed of their own, in graph order."""
    return [ref for name in _SEED_NAMES for ref in whole_numbers(workflow, name)]


def seed_origins(workflow: Workflow) -> list[InputRef]:
    """Return all inputs that hold a seed, each once.

    They are called ``seed`` or ``noise_seed``, also behind a dot (``model.seed``).
    Where one is linked to a primitive, the primitive's ``value`` is the seed.
    """
    graph = TypedGraph(workflow)
    found: dict[InputRef, None] = {}
    for name in _SEED_NAMES:
        for node_id, node in workflow.nodes.items():
            for input_name, value in node.inputs.items():
                if own_name(input_name) != name:
                    continue
                ref = InputRef(node_id, input_name)
                if isinstance(value, Link):
                    ref = number_origin(graph, ref)
                if _is_whole(workflow, ref):
                    found[ref] = None
    return list(found)


def whole_numbers(workflow: Workflow, input_name: str) -> list[InputRef]:
    """Return the inputs of this name that hold a whole number, in graph order."""
    refs = (InputRef(node_id, input_name) for node_id in workflow.nodes)
    return [ref for ref in refs if _is_whole(workflow, ref)]


def _is_whole(workflow: Workflow, ref: InputRef) -> bool:
    # A truth value is an int to Python, and no number to ComfyUI.
    return type(workflow.nodes[ref.node_id].literal(ref.input_name)) is int
