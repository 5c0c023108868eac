"""Tests of `comfy_assets.domain.workflows.style_reference`."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    LockedInput,
    PromptInjection,
    PromptMapping,
    StyleReferenceMapping,
)
from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.style_reference import (
    StyleReference,
    check_style,
    locked_inputs,
    style_image,
    style_image_target,
    with_style,
)
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import (
    configuration,
    text_to_image,
    with_ip_adapter,
)

UPLOADED = StyleReference(image_name="ref.png", keywords="ink wash")
WORDS = StyleReference(image_name=None, keywords="ink wash")
INJECTED = "a man, in the style of: ink wash"


@pytest.mark.parametrize(
    "mapping, expected",
    [
        (AutoDetect(), InputRef("22", "image")),
        (Explicit(target="20.image"), InputRef("22", "image")),
        (PromptInjection(), None),
        (Disabled(), None),
    ],
)
def test_the_mapping_tells_whether_an_upload_is_needed(
    mapping: StyleReferenceMapping, expected: InputRef | None
) -> None:
    """AutoDetect and Explicit name the loader's input; the others need none."""
    mine = configuration(with_ip_adapter(), style_reference_mapping=mapping)
    assert style_image_target(mine) == expected
    given = {} if expected is None else {expected: "ref.png"}
    assert style_image(mine, UPLOADED) == given
    assert style_image(mine, WORDS) == style_image(mine, None) == {}


def test_without_a_style_node_no_upload_is_needed() -> None:
    """AutoDetect falls back to the prompt."""
    assert style_image_target(configuration()) is None


def test_a_locked_loader_takes_no_upload() -> None:
    """A lock holds against a style reference too."""
    lock = LockedInput(target="LoadImage.image", value="ours.png")
    mine = configuration(with_ip_adapter(), locked_inputs=[lock])
    assert locked_inputs(mine) == {InputRef("22", "image")}
    assert style_image_target(mine) is None
    assert with_style(mine, {"prompt": "a man"}, UPLOADED)["prompt"] == INJECTED


@pytest.mark.parametrize("mapping", [AutoDetect(), PromptInjection()])
@pytest.mark.parametrize("style", [UPLOADED, WORDS])
def test_keywords_go_behind_the_prompt(
    mapping: StyleReferenceMapping, style: StyleReference
) -> None:
    """Where no node takes the image."""
    mine = configuration(style_reference_mapping=mapping)
    values = with_style(mine, {"prompt": "a man"}, style)
    assert values == {"prompt": INJECTED, "style_keywords": "ink wash"}


def test_keywords_are_not_said_beside_the_image() -> None:
    """An image that goes in needs no words; without one, the words do."""
    mine = configuration(with_ip_adapter())
    assert with_style(mine, {"prompt": "a man"}, UPLOADED)["prompt"] == "a man"
    assert with_style(mine, {"prompt": "a man"}, WORDS)["prompt"] == INJECTED


def test_keywords_are_not_said_twice() -> None:
    """A mapping that uses them has its own way of saying it."""
    mapping = PromptMapping(
        target="6.text", source="prompt", template="{prompt} ({style_keywords})"
    )
    mine = configuration(prompt_mappings=[mapping])
    values = with_style(mine, {"prompt": "a man"}, WORDS)
    assert values == {"prompt": "a man", "style_keywords": "ink wash"}


@pytest.mark.parametrize(
    "mapping, style",
    [
        (Disabled(), WORDS),
        (AutoDetect(), None),
        (PromptInjection(), StyleReference(image_name=None, keywords="")),
    ],
)
def test_without_keywords_the_prompt_stays(
    mapping: StyleReferenceMapping, style: StyleReference | None
) -> None:
    """With no reference, an empty one, or references disabled."""
    mine = configuration(style_reference_mapping=mapping)
    values = with_style(mine, {"prompt": "a man"}, style)
    assert values == {"prompt": "a man", "style_keywords": ""}


def test_a_style_that_could_show_nowhere_is_refused() -> None:
    """No style node, and no mapping with prompt or keywords."""
    with pytest.raises(MappingError, match="Disabled"):
        check_style(configuration())
    name = PromptMapping(target="6.text", source="name")
    with pytest.raises(MappingError, match="Disabled"):
        check_style(configuration(prompt_mappings=[name]))


@pytest.mark.parametrize("source", ["prompt", "style_keywords"])
def test_a_style_that_shows_passes(source: str) -> None:
    """In a prompt, in a node, or not at all because that is wanted."""
    mapping = PromptMapping(target="6.text", source=source)
    check_style(configuration(prompt_mappings=[mapping]))
    check_style(configuration(with_ip_adapter()))
    check_style(configuration(text_to_image(), style_reference_mapping=Disabled()))
