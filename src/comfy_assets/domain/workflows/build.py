"""Building a run: a configuration and a request become the graph to queue.

The order is the contract. On a copy of the configuration's graph: input defaults,
prompt mappings, the request's overrides, locked inputs, style reference, seed, one
image a run, file name. What comes later wins, but nothing touches a locked input.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from attrs import frozen

from comfy_assets.domain.identity import BatchId
from comfy_assets.domain.requests import MAX_SEED, GenerationRequest
from comfy_assets.domain.workflows.analysis import seed_inputs, whole_numbers
from comfy_assets.domain.workflows.checks import resolve_all, write
from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style_reference import (
    StyleReference,
    check_style,
    locked_inputs,
    style_image_place,
    style_loader,
    with_style,
    with_style_image,
)
from comfy_assets.domain.workflows.texts import mapped_text, sources
from comfy_assets.errors import LockedInputError

__all__ = [
    "BuiltRun",
    "StyleReference",
    "build",
    "check_request",
    "style_image_place",
    "style_loader",
]

# What goes into which input, with the address that named it.
_Layer: TypeAlias = dict[InputRef, tuple[str, object]]


@frozen(kw_only=True)
class BuiltRun:
    """A graph that is ready to be queued."""

    #: The graph.
    workflow: Workflow
    #: The seed that it paints with, 0 to 2^64-1; ``None`` where it has none, or
    #: several that were set by hand and differ.
    seed: int | None


def check_request(
    configuration: WorkflowConfiguration, request: GenerationRequest
) -> None:
    """Check that a request can be built, before anything is queued.

    Raises:
        LockedInputError: When an override names a locked input, in any spelling.
        MappingError: When an override or a mapping fits no input or several, two
            overrides name the same input, a value is no JSON value, the context lacks
            what a template names, or a style reference could show nowhere.
    """
    if request.style_reference_id is not None:
        check_style(configuration)
    _filled(configuration, request, style=None)


def build(
    configuration: WorkflowConfiguration,
    request: GenerationRequest,
    *,
    batch_id: BatchId,
    index: int,
    seed: int,
    style: StyleReference | None,
) -> BuiltRun:
    """Build the run of one image.

    Seeds are written wherever a node holds one of its own (``seed``, ``noise_seed``),
    unless an override, a mapping or a lock is for it. Every ``batch_size`` becomes 1
    unless it is locked: ``count`` asks for more images. Every ``filename_prefix``
    becomes ``comfy_assets/<slot>/<batch id>/<index>``, with ``-`` for ``:`` in the
    slot, unless an override, a mapping or a lock is for it.

    Args:
        configuration: The slot's; it is not changed.
        request: What the host asked for.
        batch_id: The request's batch.
        index: Which image of the batch, from 0.
        seed: The batch's seed, 0 to 2^64-1; image `index` gets ``seed + index``, and
            counting begins again at 0 behind the last.
        style: The style reference, if the request has one.

    Raises:
        LockedInputError: As `check_request`.
        MappingError: As `check_request`.
    """
    workflow, by_hand = _filled(configuration, request, style=style)
    workflow = with_style_image(workflow, configuration, style, by_hand=by_hand)
    values: dict[InputRef, object] = {}

    seeds = seed_inputs(workflow)
    free = [ref for ref in seeds if ref not in by_hand]
    values |= dict.fromkeys(free, (seed + index) % (MAX_SEED + 1))

    locked = locked_inputs(configuration)
    sizes = whole_numbers(workflow, "batch_size")
    values |= dict.fromkeys((ref for ref in sizes if ref not in locked), 1)

    slot = configuration.slot.replace(":", "-")
    prefix = f"comfy_assets/{slot}/{batch_id}/{index:02d}"
    for node_id, node in workflow.nodes.items():
        ref = InputRef(node_id, "filename_prefix")
        if isinstance(node.literal(ref.input_name), str) and ref not in by_hand:
            values[ref] = prefix

    workflow = workflow.with_inputs(values)
    return BuiltRun(workflow=workflow, seed=_seed_of(workflow, free or seeds))


def _seed_of(workflow: Workflow, seeds: list[InputRef]) -> int | None:
    values = {workflow.nodes[ref.node_id].literal(ref.input_name) for ref in seeds}
    # Some nodes take -1 for "draw one", which tells nothing about the image.
    told = {value for value in values if 0 <= value <= MAX_SEED}
    return told.pop() if len(told) == len(values) == 1 else None


def _filled(
    configuration: WorkflowConfiguration,
    request: GenerationRequest,
    *,
    style: StyleReference | None,
) -> tuple[Workflow, set[InputRef]]:
    """Return the graph up to the locked inputs, and what was set by hand.

    Every address is read against the configuration's own graph, so that no value
    that is written can change what another address means.
    """
    template = configuration.workflow
    defaults = {entry.target: entry.value for entry in configuration.input_defaults}
    locks = {entry.target: entry.value for entry in configuration.locked_inputs}
    locked = _layer(template, locks)
    overrides = _layer(template, request.overrides)
    for ref, (address, _) in overrides.items():
        if ref in locked:
            raise LockedInputError(address)
    texts, mapped = _texts(configuration, request, style)
    workflow = template
    for layer in (_layer(template, defaults), texts, overrides, locked):
        for ref, (address, value) in layer.items():
            workflow = write(workflow, ref, value, address=address)
    return workflow, {*mapped, *overrides, *locked}


def _layer(workflow: Workflow, values: Mapping[str, object]) -> _Layer:
    refs = resolve_all(workflow, values)
    return {ref: (address, values[address]) for ref, address in refs.items()}


def _texts(
    configuration: WorkflowConfiguration,
    request: GenerationRequest,
    style: StyleReference | None,
) -> tuple[_Layer, set[InputRef]]:
    """Return the mapped texts, and all mapped inputs, those left alone included."""
    values = with_style(configuration, sources(request), style)
    mappings = configuration.prompt_mappings
    refs = resolve_all(configuration.workflow, [m.target for m in mappings])
    layer: _Layer = {}
    for mapping, ref in zip(mappings, refs, strict=True):
        text = mapped_text(mapping, values)
        if text is not None:
            layer[ref] = (mapping.target, text)
    return layer, set(refs)
