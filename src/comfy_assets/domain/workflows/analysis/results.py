"""`WorkflowAnalysis`: what a person may set in a workflow, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.roles import Role
from comfy_assets.domain.workflows.style import StyleTarget


@frozen(kw_only=True)
class AnalyzedInput:
    """An input that a person may set."""

    #: Its node and name.
    ref: InputRef
    #: How mappings, overrides and locks name it; `resolve` returns `ref` for it.
    address: str
    #: What the editor calls it; its name where nothing else is known.
    title: str
    #: ComfyUI's type, such as ``"INT"``, ``"STRING"``, ``"COMBO"``; by its value where
    #: the class is not known, and then empty where it is linked.
    type: str
    #: The JSON value that it has, frozen; ``None`` where it is linked.
    value: Any
    #: Whether another node gives its value now. Setting it cuts the link.
    is_linked: bool
    #: The smallest number that it takes, inclusive; ``None`` where nothing is told.
    minimum: float | None
    #: The largest number that it takes, inclusive; ``None`` where nothing is told.
    maximum: float | None
    #: By how much the editor changes a number; ``None`` where nothing is told.
    step: float | None
    #: What may be chosen, in order; ``None`` where it is no choice, or where only a
    #: server could tell.
    choices: tuple[Any, ...] | None = field(repr=False)
    #: Whether a text may have several lines.
    is_multiline: bool
    #: A sentence of its class's author; may be empty.
    tooltip: str = field(repr=False)
    #: What it does for the picture, where that was found.
    role: Role | None


@frozen(kw_only=True)
class AnalyzedNode:
    """A node with what a person may set in it."""

    #: Its id.
    node_id: str
    #: Its class, such as ``"KSampler"``.
    class_type: str
    #: The title that a person gave it, else what the editor calls its class.
    title: str
    #: Its inputs, those of the class first, in the class's order.
    inputs: tuple[AnalyzedInput, ...]
    #: Whether a run works on it, as an output depends on it by how the switches of the
    #: workflow stand.
    is_used: bool


@frozen(kw_only=True)
class WorkflowAnalysis:
    """What a workflow offers; made by `analyze`."""

    #: All nodes, in graph order.
    nodes: tuple[AnalyzedNode, ...]
    #: The inputs of each role that was found; texts nearest to a sampler first. Where
    #: a value comes from a primitive by links, it is the primitive's input.
    roles: Mapping[Role, tuple[AnalyzedInput, ...]]
    #: The ids of the nodes with which a run ends, in graph order.
    outputs: tuple[str, ...]
    #: The one of `outputs` that gives the picture; ``None`` where none or several do.
    output: str | None
    #: Inputs that take the name of an uploaded picture, such as LoadImage's ``image``.
    image_inputs: tuple[AnalyzedInput, ...]
    #: Where a style reference may go in, best first.
    style_nodes: tuple[StyleTarget, ...]
    #: The inputs that hold a seed, in use or not; behind links, the primitive's.
    seeds: tuple[AnalyzedInput, ...]
    #: What `suggest_mappings` returns.
    suggested_mappings: tuple[PromptMapping, ...]
    #: What could not be decided, and what was decided between several. Sentences for a
    #: person, with addresses.
    notes: tuple[str, ...]

    @property
    def inputs(self) -> tuple[AnalyzedInput, ...]:
        """All inputs that a person may set, in the order of `nodes`."""
        return tuple(entry for node in self.nodes for entry in node.inputs)
