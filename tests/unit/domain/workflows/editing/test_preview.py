"""Tests of `comfy_assets.domain.workflows.editing.preview`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.editing.preview import (
    MappingPreview,
    SampleEntity,
    preview_mapping,
)

_MARCUS = SampleEntity(
    name="Marcus",
    description="a bartender",
    prompt="grey hair",
    style_keywords="ink",
    context={"mood": "tired", "name": "not he"},
)


def _preview(source: str, template: str | None = None) -> MappingPreview:
    mapping = PromptMapping(target="6.text", source=source, template=template)
    return preview_mapping(mapping, _MARCUS)


@pytest.mark.parametrize(
    "source, template, text",
    [
        ("prompt", None, "grey hair"),
        ("entity_name", None, "Marcus"),
        ("prompt", "{name}: {entity_description}, {prompt}", None),
        ("mood", "a {mood} {name}", "a tired Marcus"),
        ("static_text", "fixed", "fixed"),
        ("style_keywords", None, "ink"),
    ],
)
def test_a_preview_is_the_text_of_a_run(
    source: str, template: str | None, text: str | None
) -> None:
    """Names are those that a request would have."""
    expected = text or "Marcus: a bartender, grey hair"
    assert _preview(source, template) == MappingPreview(text=expected)


def test_a_text_that_a_mapping_leaves_alone_has_no_preview() -> None:
    """An empty negative prompt is no problem either."""
    assert _preview("negative_prompt") == MappingPreview(text=None)


@pytest.mark.parametrize(
    "source, template, told",
    [
        ("prompt", "{name", "position 0"),
        ("prompt", "{nobody}", "nobody"),
        ("weather", None, "'weather'"),
        ("", None, "needs a template"),
    ],
)
def test_half_a_template_tells_what_is_wrong(
    source: str, template: str | None, told: str
) -> None:
    """In the sentence that saving would tell."""
    preview = _preview(source, template)
    assert preview.text is None
    assert told in preview.problem


def test_what_the_host_does_not_tell_is_missed() -> None:
    """A template that needs a name shows it before a player meets it."""
    mapping = PromptMapping(target="6.text", source="prompt", template="{name}")
    assert "'name'" in preview_mapping(mapping, SampleEntity(prompt="x")).problem


@given(source=st.text(), template=st.none() | st.text(), data=st.data())
def test_a_preview_never_fails(source: str, template: str | None, data: Any) -> None:
    """Whatever a person types, half of a surrogate pair included."""
    sample = data.draw(
        st.builds(
            SampleEntity,
            name=st.none() | st.text(),
            description=st.none() | st.text(),
            prompt=st.text(),
            negative_prompt=st.text(),
            style_keywords=st.text(),
            context=st.dictionaries(st.text(), st.text(), max_size=2),
        )
    )
    mapping = PromptMapping(target="6.text", source=source, template=template)
    preview = preview_mapping(mapping, sample)
    assert preview.text is None or preview.problem == ""
