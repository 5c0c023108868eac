"""The texts that prompt mappings draw on, and what a mapping makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.configuration import STATIC_TEXT
from comfy_assets.domain.workflows.templates import Template, parse_template
from comfy_assets.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.domain.requests import GenerationRequest
    from comfy_assets.domain.workflows.configuration import PromptMapping

#: Names that every template may use, beside its mapping's own source.
BUILT_IN_NAMES: Final = frozenset(
    {
        "prompt",
        "negative_prompt",
        "entity_name",
        "entity_description",
        "style_keywords",
        "name",
        "description",
    }
)

#: How a style reference without a style node shows in the prompt.
STYLE_TEMPLATE: Final = parse_template("{prompt}, in the style of: {style_keywords}")

# Each is found under the other's key in ``context`` too.
_ALIASES: Final = (("entity_name", "name"), ("entity_description", "description"))

# A request without one leaves the workflow's own text alone.
_OPTIONAL: Final = frozenset({"negative_prompt", "style_keywords"})


def read_mapping(mapping: PromptMapping) -> Template:
    """Read a mapping's template; without one, that of its bare source.

    Raises:
        MappingError: When the template cannot be read or uses a name that it may not,
            when ``static_text`` has none, or when the source is empty.
    """
    if mapping.template is None:
        if mapping.source in {"", STATIC_TEXT}:
            problem = f"the source {mapping.source!r} needs a template: give the text."
            raise MappingError(mapping.target, problem)
        return Template.of_name(mapping.source)
    template = parse_template(mapping.template)
    known = BUILT_IN_NAMES | ({mapping.source} - {STATIC_TEXT})
    unknown = sorted(template.names - known)
    if unknown:
        problem = f"the template may not use {', '.join(unknown)}: use one of these."
        raise MappingError(mapping.template, problem, candidates=sorted(known))
    return template


def sources(request: GenerationRequest) -> dict[str, str]:
    """Return what there is for mappings to use, by name, but for the style keywords.

    ``name`` and ``entity_name`` are the same, and so are ``description`` and
    ``entity_description``: the host puts either into ``context``.
    """
    values = dict(request.context)
    for one, other in _ALIASES:
        for key, substitute in ((one, other), (other, one)):
            if key not in values and substitute in request.context:
                values[key] = request.context[substitute]
    # Last, so that the context cannot put another text in their place.
    return values | {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
    }


def mapped_text(mapping: PromptMapping, values: Mapping[str, str]) -> str | None:
    """Return the text for a mapping's input, or ``None`` to leave the input alone.

    Raises:
        MappingError: For the reasons of `read_mapping`, or when a name has no value.
    """
    text = read_mapping(mapping).render(values)
    if not text and mapping.template is None and mapping.source in _OPTIONAL:
        return None
    return text
