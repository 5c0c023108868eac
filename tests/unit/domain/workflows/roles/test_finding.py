"""Tests of `comfy_assets.domain.workflows.roles.finding`."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.addresses import address_of
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.roles import Role, TypedGraph, find_roles
from tests.unit.domain.workflows.graphs import node, text_to_image


def found(graph: dict[str, Any]) -> dict[str, list[str]]:
    """The roles of a graph, by addresses."""
    roles = find_roles(TypedGraph(Workflow.from_api(graph))).inputs
    return {role.value: [address_of(r) for r in refs] for role, refs in roles.items()}


def test_all_roles_of_text_to_image_are_found() -> None:
    """Seed, steps, size, model and texts, in the order of `Role`."""
    graph = text_to_image()
    graph["3"]["inputs"] |= {"sampler_name": "euler", "scheduler": "normal"}
    assert found(graph) == {
        "positive": ["6.text"],
        "negative": ["7.text"],
        "seed": ["3.seed"],
        "steps": ["3.steps"],
        "cfg": ["3.cfg"],
        "sampler": ["3.sampler_name"],
        "scheduler": ["3.scheduler"],
        "width": ["5.width"],
        "height": ["5.height"],
        "batch_size": ["5.batch_size"],
        "model": ["4.ckpt_name"],
    }
    assert list(found(graph)) == [r.value for r in Role if r.value in found(graph)]


def test_guidance_stands_on_the_way_of_the_text() -> None:
    """FluxGuidance is no part of the sampler, and has the number that matters."""
    graph = text_to_image()
    graph["3"]["inputs"]["positive"] = ["20", 0]
    graph["20"] = node("FluxGuidance", conditioning=["6", 0], guidance=3.5)
    assert found(graph)["guidance"] == ["20.guidance"]


def test_a_text_in_both_roles_is_positive() -> None:
    """An input has one role."""
    graph = text_to_image()
    graph["3"]["inputs"]["negative"] = ["6", 0]
    assert found(graph)["positive"] == ["6.text"]
    assert "negative" not in found(graph)


def test_a_text_from_a_primitive_is_the_primitives() -> None:
    """Two encoders of one primitive have one text."""
    graph = text_to_image()
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["20"] = node("PrimitiveStringMultiline", value="a")
    assert found(graph)["positive"] == ["20.value"]


def test_a_text_that_stands_nowhere_is_where_it_is_taken() -> None:
    """Writing there cuts the link."""
    graph = text_to_image()
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["20"] = node("Describe", image=["21", 0], mask=["21", 1])
    graph["21"] = node("LoadImage", image="a.png")
    assert found(graph)["positive"] == ["6.text"]


def test_a_service_has_its_roles_itself() -> None:
    """Prompt, seed and model stand in one node."""
    graph = {
        "1": node("Kling", prompt="a", negative_prompt="b", seed=1, model="v2"),
        "2": node("SaveVideo", video=["1", 0]),
    }
    assert found(graph) == {
        "positive": ["1.prompt"],
        "negative": ["1.negative_prompt"],
        "seed": ["1.seed"],
        "model": ["1.model"],
    }


def test_a_language_model_before_an_encoder_is_no_painter() -> None:
    """Its seed is not the picture's; its prompt is the picture's text."""
    graph = text_to_image()
    graph["6"]["inputs"]["text"] = ["20", 0]
    graph["20"] = node("GeminiNode", prompt="a cat", seed=99)
    assert found(graph)["positive"] == ["20.prompt"]
    assert found(graph)["seed"] == ["3.seed"]


def test_what_paints_is_told() -> None:
    """Samplers with their parts, then painters."""
    graph = text_to_image() | {"20": node("Kling", prompt="a")}
    roles = find_roles(TypedGraph(Workflow.from_api(graph)))
    assert roles.painting == ("3", "20")
