"""What a mapping makes of an entity, to be seen while a person writes the template."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from comfy_assets.domain.requests import (
    AssetType,
    EntityRef,
    GenerationRequest,
    frozen_mapping,
)
from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.texts import mapped_text, sources
from comfy_assets.errors import InvalidRequestError


@frozen(kw_only=True)
class SampleEntity:
    """What a host would tell of an entity, for previews."""

    #: Its name; ``None`` where the host would tell none.
    name: str | None = None
    #: What it is like; ``None`` where the host would tell nothing.
    description: str | None = None
    #: The prompt of a request for it.
    prompt: str = ""
    #: The negative prompt of a request for it.
    negative_prompt: str = ""
    #: The words of a style reference.
    style_keywords: str = ""
    #: What else the host would tell, by key.
    context: Mapping[str, str] = field(factory=dict[str, str], converter=frozen_mapping)


@frozen(kw_only=True)
class MappingPreview:
    """What a mapping makes of a `SampleEntity`."""

    #: The text; ``None`` where the input keeps its own, or where there is a problem.
    text: str | None
    #: Why no text can be made, and what to do; empty where all is well.
    problem: str = ""


def preview_mapping(mapping: PromptMapping, sample: SampleEntity) -> MappingPreview:
    """Return the text that a mapping makes of an entity; never fails.

    Args:
        mapping: Its template may be half of one.
        sample: The entity.
    """
    told = {"name": sample.name, "description": sample.description}
    context = {key: text for key, text in told.items() if text is not None}
    try:
        request = GenerationRequest(
            world_id="preview",
            entity=EntityRef("preview", "preview"),
            asset_type=AssetType.CUSTOM,
            prompt=sample.prompt,
            negative_prompt=sample.negative_prompt,
            context={**sample.context, **context},
        )
        values = sources(request) | {"style_keywords": sample.style_keywords}
        return MappingPreview(text=mapped_text(mapping, values))
    except InvalidRequestError as error:
        return MappingPreview(text=None, problem=str(error))
