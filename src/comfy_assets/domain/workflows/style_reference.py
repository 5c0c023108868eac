"""What a configuration does with a style reference: into a node, or into the prompt."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from attrs import frozen

from comfy_assets.domain.workflows.checks import resolve_all
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow, WorkflowNode
from comfy_assets.domain.workflows.style_places import style_place
from comfy_assets.domain.workflows.style_ways import LOADER, LOADER_INPUT
from comfy_assets.domain.workflows.texts import STYLE_TEMPLATE, read_mapping
from comfy_assets.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Collection

    from comfy_assets.domain.workflows.style import StylePlace

# Id and title of a LoadImage that is put before a free input.
_NEW_ID: Final = "style_reference"
_NEW_TITLE: Final = "Style reference"


@frozen(kw_only=True)
class StyleReference:
    """A style reference as it was prepared for the runs of a batch."""

    #: The uploaded image's name at the server; ``None`` where none was uploaded.
    image_name: str | None
    #: Words for its style, for prompts; may be empty.
    keywords: str


def locked_inputs(configuration: WorkflowConfiguration) -> set[InputRef]:
    """Return the inputs that nobody may change."""
    targets = [entry.target for entry in configuration.locked_inputs]
    return set(resolve_all(configuration.workflow, targets))


def style_image_place(configuration: WorkflowConfiguration) -> StylePlace | None:
    """Return the place that takes an uploaded style image.

    ``None`` means that a style reference needs no upload: it goes into the prompt, or
    nowhere. That is so too where every input that it might change is locked.

    Raises:
        MappingError: When an `Explicit` target does not fit the workflow, or the
            mapping has a strength that it could set nowhere.
    """
    return style_place(
        configuration.workflow,
        configuration.style_reference_mapping,
        locked_inputs(configuration),
    )


def style_loader(configuration: WorkflowConfiguration) -> InputRef | None:
    """Return the input that bears the uploaded image's name in a run that was built.

    Where a LoadImage is put before a free input, it is that one's.

    Raises:
        MappingError: As `style_image_place`.
    """
    place = style_image_place(configuration)
    if place is not None and place.is_free:
        return InputRef(_fresh_id(configuration.workflow), LOADER_INPUT)
    return None if place is None else place.image


def with_style_image(
    workflow: Workflow,
    configuration: WorkflowConfiguration,
    style: StyleReference | None,
    *,
    by_hand: Collection[InputRef],
) -> Workflow:
    """Return a copy of a run's graph that paints with the uploaded style image.

    Beside the image's input only the strength is written, if the mapping has one, and
    a LoadImage is added where the input is free.

    Args:
        workflow: The configuration's graph with the values of a request.
        configuration: Not changed.
        style: The reference; without an uploaded image nothing is written.
        by_hand: Inputs whose value a request, a mapping or a lock gave; they keep it,
            the image's input apart.

    Raises:
        MappingError: As `style_image_place`.
    """
    if style is None or style.image_name is None:
        return workflow
    place = style_image_place(configuration)
    if place is None:
        return workflow
    values: dict[InputRef, object] = {place.image: style.image_name}
    if place.is_free:
        loader_id = _fresh_id(workflow)
        workflow = _with_loader(workflow, loader_id, style.image_name)
        values[place.image] = Link(loader_id, 0)
    strength = _strength(configuration)
    if (
        strength is not None
        and place.strength is not None
        and place.strength not in by_hand
    ):
        values[place.strength] = strength
    return workflow.with_inputs(values)


def with_style(
    configuration: WorkflowConfiguration,
    values: dict[str, str],
    style: StyleReference | None,
) -> dict[str, str]:
    """Return the sources of prompt mappings with the style reference's share.

    Its keywords stand under ``style_keywords``. They are written behind the prompt,
    too, unless the image itself goes in, or a mapping uses them already.
    """
    disabled = isinstance(configuration.style_reference_mapping, Disabled)
    keywords = "" if style is None or disabled else style.keywords
    values = {**values, "style_keywords": keywords}
    if (
        style is not None
        and keywords
        and "style_keywords" not in _used_names(configuration)
        and (style.image_name is None or style_image_place(configuration) is None)
    ):
        values["prompt"] = STYLE_TEMPLATE.render(values)
    return values


def check_style(configuration: WorkflowConfiguration) -> None:
    """Check that a style reference would show in what this configuration paints.

    With `Disabled` it need not.

    Raises:
        MappingError: When it could go neither into a node nor into a prompt, or as
            `style_image_place`.
    """
    if isinstance(configuration.style_reference_mapping, Disabled):
        return
    place = style_image_place(configuration)
    shows = _used_names(configuration) & {"prompt", "style_keywords"}
    if not shows and place is None:
        problem = (
            "this workflow has no style node to give the reference to, and no mapping "
            "uses the prompt: map one of them, or set the style mapping to Disabled."
        )
        raise MappingError("style_reference_mapping", problem)


def _strength(configuration: WorkflowConfiguration) -> float | None:
    mapping = configuration.style_reference_mapping
    return mapping.strength if isinstance(mapping, (AutoDetect, Explicit)) else None


def _fresh_id(workflow: Workflow) -> str:
    number = 1
    node_id = _NEW_ID
    while node_id in workflow.nodes:
        number += 1
        node_id = f"{_NEW_ID}_{number}"
    return node_id


def _with_loader(workflow: Workflow, node_id: str, image_name: str) -> Workflow:
    loader = WorkflowNode(
        class_type=LOADER,
        inputs=MappingProxyType({LOADER_INPUT: image_name}),
        title=_NEW_TITLE,
    )
    return Workflow(MappingProxyType({**workflow.nodes, node_id: loader}))


def _used_names(configuration: WorkflowConfiguration) -> set[str]:
    return {
        name
        for mapping in configuration.prompt_mappings
        for name in read_mapping(mapping).names
    }
