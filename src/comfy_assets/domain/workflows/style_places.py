"""Where a style reference does go in, by a configuration's style mapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.addresses import address_of, resolve
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    StyleReferenceMapping,
)
from comfy_assets.domain.workflows.graph import InputRef, Link
from comfy_assets.domain.workflows.style import (
    StylePlace,
    find_style_target,
    find_style_targets,
    is_free_input,
    strength_input,
)
from comfy_assets.domain.workflows.style_nodes import STYLE_NODES
from comfy_assets.domain.workflows.style_ways import ImageWays
from comfy_assets.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from comfy_assets.domain.workflows.graph import Workflow

# Where a mapping is at fault that names no address of its own.
_FIELD: Final = "style_reference_mapping"


def explicit_style_place(workflow: Workflow, address: str) -> StylePlace:
    """Return the place that an `Explicit` style mapping names.

    Where the address names an input that is linked, the ``image`` of the LoadImage
    behind that link is taken. It may name a picture input of a style node or of a node
    that prepares the image, too, that nothing feeds.

    Raises:
        MappingError: When the address fits no input or several, or one that neither
            holds a text, nor is free, nor has a LoadImage behind it.
    """
    ways = ImageWays(workflow)
    free = dict.fromkeys([*ways.openings, *_free_inputs(workflow)], "")
    # With something in every free input, addresses mean them like any other.
    opened = workflow.with_inputs(free)
    ref = resolve(opened, address)
    value = opened.nodes[ref.node_id].inputs[ref.input_name]
    image: InputRef | None = None
    # A loader of another class takes a file name just so.
    if isinstance(value, str):
        image = ref
    elif isinstance(value, Link):
        image = ways.loader_behind(value) or ways.opening_behind(value)
    if image is None:
        problem = "no LoadImage feeds this input: name the image of a LoadImage."
        raise MappingError(address, problem)
    return StylePlace(
        image=image,
        is_free=image in free,
        strength=_strength_of(workflow, ref, image),
    )


def style_place(
    workflow: Workflow, mapping: StyleReferenceMapping, locked: Collection[InputRef]
) -> StylePlace | None:
    """Return what a style reference changes by a mapping.

    ``None`` means that it goes into the prompt, or nowhere: so it is where every
    input that it might change is locked.

    Raises:
        MappingError: When an `Explicit` target does not fit the workflow, or the
            mapping has a strength that it could set nowhere.
    """
    match mapping:
        case AutoDetect(strength=strength):
            address = _FIELD
            target = find_style_target(workflow, locked)
            place = target.place if target else None
        case Explicit(target=address, strength=strength):
            place = explicit_style_place(workflow, address)
            place = None if place.image in locked else place
        case _:
            return None
    if strength is not None and (place is None or place.strength is None):
        problem = (
            "there is no strength to set, or more than one: leave it out, or name the "
            "image input of a style node that has one."
        )
        raise MappingError(address, problem, candidates=_weighed_inputs(workflow))
    return place


def _free_inputs(workflow: Workflow) -> Iterator[InputRef]:
    return (
        InputRef(node_id, image.name)
        for node_id, node in workflow.nodes.items()
        for image in STYLE_NODES.get(node.class_type, ())
        if is_free_input(node, image)
    )


def _strength_of(
    workflow: Workflow, named: InputRef, image: InputRef
) -> InputRef | None:
    """Return the strength beside a named input, or else the only one of its image."""
    node = workflow.nodes[named.node_id]
    for entry in STYLE_NODES.get(node.class_type, ()):
        if entry.name == named.input_name:
            return strength_input(named.node_id, node, entry)
    weights = {
        target.strength
        for target in find_style_targets(workflow)
        if target.place is not None and target.place.image == image
    } - {None}
    return weights.pop() if len(weights) == 1 else None


def _weighed_inputs(workflow: Workflow) -> list[str]:
    """Return the addresses of image inputs that have a strength, best first."""
    return [
        address_of(InputRef(target.node_id, target.input_name))
        for target in find_style_targets(workflow)
        if target.place is not None and target.strength is not None
    ]
