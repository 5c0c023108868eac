"""Tests of `comfy_assets.domain.workflows.texts`."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.texts import (
    BUILT_IN_NAMES,
    mapped_text,
    read_mapping,
    sources,
)
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import request


def mapping(source: str, template: str | None = None) -> PromptMapping:
    """A mapping of this source."""
    return PromptMapping(target="6.text", source=source, template=template)


def test_a_mapping_without_a_template_is_its_bare_source() -> None:
    """Any source will do, a context key with spaces too."""
    values = {"prompt": "a", "eye color": "b"}
    assert mapped_text(mapping("prompt"), values) == "a"
    assert mapped_text(mapping("eye color"), values) == "b"


def test_a_template_uses_built_in_names_and_its_own_source() -> None:
    """A context key is known where it is the mapping's source."""
    text = " ".join(f"{{{name}}}" for name in sorted(BUILT_IN_NAMES))
    assert read_mapping(mapping("prompt", text)).names == BUILT_IN_NAMES
    assert read_mapping(mapping("armour", "in {armour}")).names == {"armour"}
    assert mapped_text(mapping("static_text", "a {{b}}"), {}) == "a {b}"


@pytest.mark.parametrize("source", ["prompt", "static_text"])
@pytest.mark.parametrize("name", ["armour", "static_text"])
def test_an_unknown_name_is_refused(source: str, name: str) -> None:
    """The error lists the names that there are."""
    with pytest.raises(MappingError, match=f"may not use {name}") as caught:
        read_mapping(mapping(source, f"{{{name}}}"))
    assert caught.value.candidates == tuple(sorted(BUILT_IN_NAMES))


@pytest.mark.parametrize("source", ["static_text", ""])
def test_a_source_without_a_text_of_its_own_needs_a_template(source: str) -> None:
    """``static_text`` is its template, and nothing is not a source."""
    with pytest.raises(MappingError, match="needs a template"):
        read_mapping(mapping(source))


@pytest.mark.parametrize("source", ["negative_prompt", "style_keywords"])
def test_an_empty_option_leaves_the_input_alone(source: str) -> None:
    """The workflow keeps its own text, unless a template says otherwise."""
    assert mapped_text(mapping(source), {source: ""}) is None
    assert mapped_text(mapping(source), {source: "x"}) == "x"
    assert mapped_text(mapping(source, f"{{{source}}}"), {source: ""}) == ""


def test_an_empty_prompt_is_written() -> None:
    """The sample text of a workflow must not show in anybody's portrait."""
    assert mapped_text(mapping("prompt"), {"prompt": ""}) == ""


def test_the_sources_of_a_request() -> None:
    """Prompts go before context keys of the same name."""
    context = {"prompt": "no", "armour": "plate"}
    asked = request("yes", negative_prompt="bad", context=context)
    assert sources(asked) == {
        "prompt": "yes",
        "negative_prompt": "bad",
        "armour": "plate",
    }


@pytest.mark.parametrize("kind", ["name", "description"])
def test_names_and_descriptions_have_two_keys(kind: str) -> None:
    """Each is found under the other's key, and its own goes first."""
    other = f"entity_{kind}"
    for key in (kind, other):
        values = sources(request(context={key: "Marcus"}))
        assert (values[kind], values[other]) == ("Marcus", "Marcus")
    values = sources(request(context={kind: "a", other: "b"}))
    assert (values[kind], values[other]) == ("a", "b")
