"""Tests of `comfy_assets.domain.workflows.analysis.seeds`."""

from __future__ import annotations

from comfy_assets.domain.workflows.analysis import (
    seed_inputs,
    seed_origins,
    whole_numbers,
)
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


def test_seeds_behind_links_and_dots_are_found_once() -> None:
    """Two samplers of one primitive have one seed; what is no whole number is none."""
    graph = {
        "1": node("KSampler", seed=["2", 0]),
        "2": node("PrimitiveInt", value=5),
        "3": node("RandomNoise", noise_seed=["2", 0]),
        "4": node("Service", **{"model": "v2", "model.seed": 7}),
        "5": node("KSampler", seed=["6", 0]),
        "6": node("PrimitiveFloat", value=0.5),
    }
    refs = [InputRef("2", "value"), InputRef("4", "model.seed")]
    assert seed_origins(Workflow.from_api(graph)) == refs
