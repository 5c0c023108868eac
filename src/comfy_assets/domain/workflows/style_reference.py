"""What a configuration does with a style reference: into a node, or into the prompt."""

from __future__ import annotations

from attrs import frozen

from comfy_assets.domain.workflows.checks import resolve_all
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.style import (
    explicit_style_target,
    find_style_target,
)
from comfy_assets.domain.workflows.texts import STYLE_TEMPLATE, read_mapping
from comfy_assets.errors import MappingError


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


def style_image_target(configuration: WorkflowConfiguration) -> InputRef | None:
    """Return the input that takes the name of an uploaded style image.

    ``None`` means that a style reference needs no upload: it goes into the prompt, or
    nowhere. That is so too where the input is locked.

    Raises:
        MappingError: When an `Explicit` target does not fit the workflow.
    """
    workflow = configuration.workflow
    match configuration.style_reference_mapping:
        case AutoDetect():
            found = find_style_target(workflow)
            target = found.load_image if found else None
        case Explicit(target=address):
            target = explicit_style_target(workflow, address)
        case _:
            target = None
    return None if target in locked_inputs(configuration) else target


def style_image(
    configuration: WorkflowConfiguration, style: StyleReference | None
) -> dict[InputRef, str]:
    """Return the uploaded image's name by the input that takes it, if one does."""
    if style is None or style.image_name is None:
        return {}
    target = style_image_target(configuration)
    return {} if target is None else {target: style.image_name}


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
        keywords
        and "style_keywords" not in _used_names(configuration)
        and not style_image(configuration, style)
    ):
        values["prompt"] = STYLE_TEMPLATE.render(values)
    return values


def check_style(configuration: WorkflowConfiguration) -> None:
    """Check that a style reference would show in what this configuration paints.

    With `Disabled` it need not.

    Raises:
        MappingError: When it could go neither into a node nor into a prompt.
    """
    if isinstance(configuration.style_reference_mapping, Disabled):
        return
    shows = _used_names(configuration) & {"prompt", "style_keywords"}
    if not shows and style_image_target(configuration) is None:
        problem = (
            "this workflow has no style node to give the reference to, and no mapping "
            "uses the prompt: map one of them, or set the style mapping to Disabled."
        )
        raise MappingError("style_reference_mapping", problem)


def _used_names(configuration: WorkflowConfiguration) -> set[str]:
    return {
        name
        for mapping in configuration.prompt_mappings
        for name in read_mapping(mapping).names
    }
