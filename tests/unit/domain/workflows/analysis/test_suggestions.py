"""Tests of `comfy_assets.domain.workflows.analysis.suggestions`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.analysis import suggest_mappings
from comfy_assets.domain.workflows.analysis.suggestions import Suggestions, suggest
from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.roles import TypedGraph, find_roles
from tests.unit.domain.workflows.graphs import node, text_to_image


def suggested(graph: dict[str, Any]) -> Suggestions:
    """What is suggested for a graph."""
    workflow = Workflow.from_api(graph)
    return suggest(workflow, find_roles(TypedGraph(workflow)))


def plain(suggestions: Suggestions) -> list[tuple[str, str]]:
    """Targets with their sources."""
    return [(m.target, m.source) for m in suggestions.mappings]


def with_text(*parts: dict[str, Any]) -> dict[str, Any]:
    """Text to image whose positive text comes from node 20; parts are 20 and on."""
    graph = text_to_image()
    graph["6"]["inputs"]["text"] = ["20", 0]
    return graph | {str(20 + i): part for i, part in enumerate(parts)}


def test_prompts_are_suggested_by_the_sampler() -> None:
    """The texts in both roles get prompt and negative prompt."""
    assert suggest_mappings(Workflow.from_api(text_to_image())) == [
        PromptMapping(target="6.text", source="prompt"),
        PromptMapping(target="7.text", source="negative_prompt"),
    ]


def test_a_text_in_both_roles_is_for_the_prompt() -> None:
    """A model without negative prompts often has its one encoder in both places."""
    graph = text_to_image()
    graph["3"]["inputs"]["negative"] = ["6", 0]
    assert plain(suggested(graph)) == [("6.text", "prompt")]


def test_a_primitive_takes_the_prompt() -> None:
    """A person put it there to write into; the link to it stays."""
    graph = with_text(node("PrimitiveStringMultiline", value="a"))
    assert plain(suggested(graph))[0] == ("20.value", "prompt")


def test_the_part_that_stands_alone_takes_the_prompt() -> None:
    """What is written into a node that joins texts is a frame; that is told."""
    graph = with_text(
        node("StringConcatenate", string_a="in oil", string_b=["21", 0]),
        node("PrimitiveString", value="a cat"),
    )
    found = suggested(graph)
    assert plain(found)[0] == ("21.value", "prompt")
    assert found.notes == (
        "The positive text of 6.text is put together; the part in 21.value is taken.",
    )


@pytest.mark.parametrize(
    "title", ["System Prompt", "Prompt Template", "String (Trigger Word)"]
)
def test_a_title_tells_what_is_no_prompt(title: str) -> None:
    """Of two primitives the one that is titled as a frame does not count."""
    graph = with_text(
        node("StringConcatenate", string_a=["21", 0], string_b=["22", 0]),
        node("PrimitiveString", title, value="You are an artist."),
        node("PrimitiveString", value="a cat"),
    )
    assert plain(suggested(graph))[0] == ("22.value", "prompt")


def test_a_text_of_equal_parts_is_told_and_not_guessed() -> None:
    """Neither of two texts that are joined is plainly the prompt."""
    graph = with_text(node("StringConcatenate", string_a="a cat", string_b="in oil"))
    found = suggested(graph)
    assert plain(found) == [("7.text", "negative_prompt")]
    (note,) = found.notes
    assert note == (
        "The positive text of 6.text is put together of several, none of which is "
        "plainly the prompt: 20.string_a, 20.string_b. Map one of them."
    )


def test_a_text_that_stands_nowhere_is_told() -> None:
    """To map it would cut off what makes it."""
    graph = with_text(
        node("Describe", image=["21", 0]), node("LoadImage", image="a.png")
    )
    found = suggested(graph)
    assert plain(found) == [("7.text", "negative_prompt")]
    (note,) = found.notes
    assert note == (
        "The positive text of 6.text is made by other nodes and stands nowhere. "
        "Map that input to put a text in its place."
    )


def test_texts_of_one_encoder_belong_together() -> None:
    """SDXL has two texts for its two models."""
    graph = text_to_image()
    graph["6"] = node("CLIPTextEncodeSDXL", text_g="a", text_l="b")
    assert plain(suggested(graph))[:2] == [
        ("6.text_g", "prompt"),
        ("6.text_l", "prompt"),
    ]


def test_equal_texts_belong_together() -> None:
    """A base and a refiner paint the same with encoders of their own."""
    graph = text_to_image()
    graph["6"]["inputs"]["text"] = "a bottle"
    graph["10"] = node("KSampler", positive=["11", 0], latent_image=["3", 0])
    graph["11"] = node("CLIPTextEncode", text="a bottle")
    graph["8"]["inputs"]["samples"] = ["10", 0]
    assert plain(suggested(graph))[:2] == [("6.text", "prompt"), ("11.text", "prompt")]


def test_different_texts_are_told_and_not_guessed() -> None:
    """Of two regions none is plainly the prompt; what is negative is mapped still."""
    graph = text_to_image()
    graph["3"]["inputs"]["positive"] = ["20", 0]
    graph["20"] = node("ConditioningCombine", conditioning_1=["6", 0])
    graph["20"]["inputs"]["conditioning_2"] = ["21", 0]
    graph["21"] = node("CLIPTextEncode", text="a window")
    found = suggested(graph)
    assert plain(found) == [("7.text", "negative_prompt")]
    (note,) = found.notes
    assert note == (
        "2 different texts are positive: 6.text, 21.text. "
        "Map those that shall take the prompt."
    )


def test_what_might_be_positive_is_never_negative() -> None:
    """A text in both roles that is not mapped as prompt is not mapped at all."""
    graph = text_to_image()
    graph["3"]["inputs"]["positive"] = ["20", 0]
    graph["20"] = node("ConditioningCombine", conditioning_1=["6", 0])
    graph["20"]["inputs"]["conditioning_2"] = ["7", 0]
    assert plain(suggested(graph)) == []


def test_long_lists_are_cut() -> None:
    """A sentence names eight addresses and counts the rest."""
    graph = text_to_image()
    combine = {f"conditioning_{i}": [str(i), 0] for i in range(30, 40)}
    graph["3"]["inputs"]["positive"] = ["20", 0]
    graph["20"] = node("ConditioningCombine", **combine)
    graph |= {str(i): node("CLIPTextEncode", text=str(i)) for i in range(30, 40)}
    (note,) = suggested(graph).notes
    assert "37.text and 2 more." in note
    assert "38.text" not in note


@pytest.mark.parametrize("title", ["Positive", "CLIP Text Encode (Positive Prompt)"])
def test_titles_tell_where_no_sampler_does(title: str) -> None:
    """A node whose title names the role is taken; others are not."""
    graph = {
        "1": node("Encode", title, text_g="a", text_l="b"),
        "2": node("Encode", "NEGATIVE", text="c"),
        "3": node("Encode", text="d"),
        "4": node("Other", "positive", value=1),
    }
    found = suggested(graph)
    assert found.notes == ()
    assert plain(found) == [
        ("1.text_g", "prompt"),
        ("1.text_l", "prompt"),
        ("2.text", "negative_prompt"),
    ]


def test_a_workflow_without_texts_has_no_suggestions() -> None:
    """An upscaler is fine without any mapping."""
    found = suggested({"1": node("LoadImage", image="a.png")})
    assert found.mappings == ()
    assert found.notes == (
        "No text was found that anything paints by: nothing is mapped.",
    )
