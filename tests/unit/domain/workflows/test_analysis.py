"""Tests of `comfy_assets.domain.workflows.analysis`."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.analysis import (
    seed_inputs,
    suggest_mappings,
    whole_numbers,
)
from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from tests.unit.domain.workflows.graphs import node, text_to_image


def test_seeds_are_whole_numbers_of_a_node_itself() -> None:
    """A link, a text and a truth value are no seeds."""
    graph = {
        "1": node("KSampler", seed=0),
        "2": node("RandomNoise", noise_seed=2**64 - 1),
        "3": node("KSampler", seed=["1", 0]),
        "4": node("A", seed="5"),
        "5": node("A", seed=True),
    }
    refs = [InputRef("1", "seed"), InputRef("2", "noise_seed")]
    assert seed_inputs(Workflow.from_api(graph)) == refs


def test_whole_numbers_are_found_by_name() -> None:
    """Only inputs of that name count."""
    workflow = Workflow.from_api(text_to_image())
    assert whole_numbers(workflow, "batch_size") == [InputRef("5", "batch_size")]


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
    assert suggest_mappings(Workflow.from_api(graph)) == [
        PromptMapping(target="6.text", source="prompt")
    ]


@pytest.mark.parametrize("title", ["Positive", "CLIP Text Encode (Positive Prompt)"])
def test_titles_tell_where_no_sampler_does(title: str) -> None:
    """A node whose title names the role is taken; others are not."""
    graph = {
        "1": node("Encode", title, text_g="a", text_l="b"),
        "2": node("Encode", "NEGATIVE", text="c"),
        "3": node("Encode", text="d"),
        "4": node("Other", "positive", value=1),
    }
    assert suggest_mappings(Workflow.from_api(graph)) == [
        PromptMapping(target="1.text_g", source="prompt"),
        PromptMapping(target="1.text_l", source="prompt"),
        PromptMapping(target="2.text", source="negative_prompt"),
    ]


def test_a_workflow_without_texts_has_no_suggestions() -> None:
    """An upscaler is fine without any mapping."""
    graph = {"1": node("LoadImage", image="a.png")}
    assert suggest_mappings(Workflow.from_api(graph)) == []
