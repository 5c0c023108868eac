"""Tests of `comfy_assets.domain.workflows.roles.conditioning`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.roles import TextRole, TypedGraph
from comfy_assets.domain.workflows.roles.conditioning import (
    Walk,
    sampling_nodes,
    text_inputs,
    texts_in_role,
    walk_back,
)
from tests.unit.domain.workflows.described import catalogue, description
from tests.unit.domain.workflows.graphs import node, text_to_image


def roles(graph: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The texts of both roles, as ``id.input``."""
    workflow = Workflow.from_api(graph)
    positive = texts_in_role(workflow, "positive")
    negative = texts_in_role(workflow, "negative")
    return _plain(positive), _plain(negative)


def _plain(refs: list[InputRef]) -> list[str]:
    return [f"{ref.node_id}.{ref.input_name}" for ref in refs]


def walk(graph: TypedGraph, role: TextRole) -> Walk:
    """The way back from all samplers."""
    return walk_back(graph, role, sampling_nodes(graph))


def between(class_type: str, **inputs: object) -> dict[str, Any]:
    """A sampler whose conditionings come from one node between it and two encoders."""
    return {
        "1": node("CLIPTextEncode", text="good"),
        "2": node("CLIPTextEncode", text="bad"),
        "3": node(class_type, **inputs),
        "4": node("KSampler", positive=["3", 0], negative=["3", 1]),
    }


def test_a_sampler_tells_both_roles() -> None:
    """Each encoder has the role in which the sampler uses it."""
    assert roles(text_to_image()) == (["6.text"], ["7.text"])


@pytest.mark.parametrize(
    "class_type", ["KSamplerAdvanced", "SamplerCustom", "CFGGuider", "FaceDetailer"]
)
def test_any_node_that_ends_conditionings_is_a_sampler(class_type: str) -> None:
    """Samplers and guiders are known by their inputs, whatever their class."""
    graph = {
        "1": node("CLIPTextEncode", text="good"),
        "2": node("CLIPTextEncode", text="bad"),
        "3": node(class_type, positive=["1", 0], negative=["2", 0]),
        "4": node("SamplerCustomAdvanced", guider=["3", 0]),
    }
    assert roles(graph) == (["1.text"], ["2.text"])


@pytest.mark.parametrize(
    "class_type, name",
    [("BasicGuider", "conditioning"), ("DualCFGGuider", "cond1")],
)
def test_guiders_with_other_names_are_known(class_type: str, name: str) -> None:
    """They do not call their positive conditioning so."""
    graph = {
        "1": node("CLIPTextEncodeFlux", clip_l="good", t5xxl="good", guidance=3.5),
        "2": node("FluxGuidance", conditioning=["1", 0], guidance=3.5),
        "3": node(class_type, **{name: ["2", 0]}),
    }
    assert roles(graph) == (["1.clip_l", "1.t5xxl"], [])


def test_a_node_that_keeps_roles_apart_is_walked_by_role() -> None:
    """ControlNetApplyAdvanced has both inputs, and is no sampler."""
    graph = between("ControlNetApplyAdvanced", positive=["1", 0], negative=["2", 0])
    assert roles(graph) == (["1.text"], ["2.text"])


def test_a_node_that_combines_gives_all_its_texts() -> None:
    """Both texts of ConditioningCombine reach the sampler."""
    graph = between(
        "ConditioningCombine", conditioning_1=["1", 0], conditioning_2=["2", 0]
    )
    assert roles(graph) == (["1.text", "2.text"], ["1.text", "2.text"])


def test_a_node_with_one_source_passes_it_on() -> None:
    """A reroute with one link is walked through; what has two is not, unless known."""
    assert roles(between("Reroute", value=["1", 0]))[0] == ["1.text"]
    graph = between("Mixer", a=["1", 0], b=["2", 0])
    graph["1"]["class_type"] = graph["2"]["class_type"] = "Encoder"
    assert roles(graph)[0] == []


def test_a_zeroed_conditioning_has_no_text() -> None:
    """What ConditioningZeroOut is fed has no effect on the picture."""
    assert roles(between("ConditioningZeroOut", conditioning=["1", 0])) == ([], [])


def test_a_loader_may_hold_the_texts_itself() -> None:
    """All-in-one loaders call their texts positive and negative."""
    graph = between("Efficient Loader", positive="good", negative="bad")
    assert roles(graph) == (["3.positive"], ["3.negative"])


def test_two_samplers_share_an_encoder_once() -> None:
    """A base and a refiner with the same encoder give its text once."""
    graph = text_to_image()
    graph["10"] = node("KSamplerAdvanced", positive=["6", 0], negative=["7", 0])
    assert roles(graph) == (["6.text"], ["7.text"])


def test_a_circle_of_conditionings_ends() -> None:
    """ComfyUI would refuse it; we come back."""
    graph = {
        "1": node("KSampler", positive=["2", 0]),
        "2": node("ConditioningCombine", conditioning_1=["3", 0]),
        "3": node("ConditioningCombine", conditioning_1=["2", 0]),
    }
    assert roles(graph) == ([], [])


def test_a_linked_text_is_a_text_too() -> None:
    """An encoder may take its text from another node; a number is no text."""
    workflow = Workflow.from_api(
        {"1": node("Text"), "2": node("CLIPTextEncode", text=["1", 0], prompt=5)}
    )
    assert text_inputs(workflow.nodes["2"]) == ["text"]


def test_an_unknown_switch_gives_what_is_known_to_be_a_conditioning() -> None:
    """What an encoder gives is a conditioning, whatever the input is called."""
    graph = between("Switch", a=["1", 0], b=["2", 0])
    assert roles(graph)[0] == ["1.text", "2.text"]


@pytest.mark.parametrize("stands, text", [(True, "2.text"), (False, "1.text")])
def test_a_switch_lets_through_what_it_stands_at(stands: bool, text: str) -> None:
    """The branch that does not run paints nothing."""
    graph = between(
        "ComfySwitchNode", switch=stands, on_false=["1", 0], on_true=["2", 0]
    )
    assert roles(graph)[0] == [text]


def test_a_dual_guider_has_two_negative_conditionings() -> None:
    """Its middle conditioning holds the negative text of edits."""
    graph = {
        "1": node("CLIPTextEncode", text="good"),
        "2": node("CLIPTextEncode", text="bad"),
        "3": node("DualCFGGuider", cond1=["1", 0], cond2=["2", 0], negative=["1", 0]),
    }
    assert roles(graph) == (["1.text"], ["2.text", "1.text"])


def test_pairs_are_walked_by_role() -> None:
    """PairConditioningCombine has two conditionings of each role."""
    graph = between(
        "PairConditioningCombine",
        positive_A=["1", 0],
        negative_A=["2", 0],
        positive_B=["5", 0],
    ) | {"5": node("CLIPTextEncode", text="better")}
    assert roles(graph) == (["1.text", "5.text"], ["2.text"])


def test_an_encoder_may_have_both_texts() -> None:
    """The negative output is of the negative prompt."""
    graph = between("TextEncodeBooguEdit", prompt="good", negative_prompt="bad")
    assert roles(graph) == (["3.prompt"], ["3.negative_prompt"])


def test_a_box_of_text_does_not_hide_the_text_behind_it() -> None:
    """GLIGENTextBoxApply has a text, and passes on the one that matters."""
    graph = between("GLIGENTextBoxApply", text="a hat", conditioning_to=["1", 0])
    assert roles(graph)[0] == ["1.text"]


def test_crossed_wires_are_followed() -> None:
    """A positive output that is wired as negative gives the negative text."""
    graph = between("ControlNetApplyAdvanced", positive=["1", 0], negative=["2", 0])
    graph["4"]["inputs"] = {"positive": ["3", 1], "negative": ["3", 0]}
    kinds = catalogue(
        ControlNetApplyAdvanced=description(
            {"positive": ["CONDITIONING"], "negative": ["CONDITIONING"]},
            positive="CONDITIONING",
            negative="CONDITIONING",
        )
    )
    typed = TypedGraph(Workflow.from_api(graph), kinds)
    assert _plain(walk(typed, "positive").texts) == ["2.text"]
    assert _plain(walk(typed, "negative").texts) == ["1.text"]


def test_what_no_output_needs_is_no_sampler() -> None:
    """A sampler whose picture nobody saves does not run."""
    graph = text_to_image() | {
        "10": node("CLIPTextEncode", text="unused"),
        "11": node("KSampler", positive=["10", 0], negative=["10", 0]),
    }
    workflow = Workflow.from_api(graph)
    assert sampling_nodes(TypedGraph(workflow)) == ["3"]
    assert _plain(texts_in_role(workflow, "positive")) == ["6.text"]


def test_the_way_tells_its_nodes() -> None:
    """All nodes between the sampler and the text are named, and the encoder."""
    graph = between("FluxGuidance", conditioning=["1", 0], guidance=3.5)
    typed = TypedGraph(Workflow.from_api(graph))
    assert walk(typed, "positive").nodes == ["3", "1"]
