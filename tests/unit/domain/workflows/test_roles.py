"""Tests of `comfy_assets.domain.workflows.roles`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.roles import text_inputs, texts_in_role
from tests.unit.domain.workflows.graphs import node, text_to_image


def roles(graph: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The texts of both roles, as ``id.input``."""
    workflow = Workflow.from_api(graph)
    positive = texts_in_role(workflow, "positive")
    negative = texts_in_role(workflow, "negative")
    return _plain(positive), _plain(negative)


def _plain(refs: list[InputRef]) -> list[str]:
    return [f"{ref.node_id}.{ref.input_name}" for ref in refs]


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
    """A reroute or switch with one link is walked through; one with two is not."""
    assert roles(between("Reroute", value=["1", 0]))[0] == ["1.text"]
    assert roles(between("Switch", a=["1", 0], b=["2", 0]))[0] == []


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
