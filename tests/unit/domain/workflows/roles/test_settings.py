"""Tests of `comfy_assets.domain.workflows.roles.settings`."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.roles import Role, TypedGraph
from comfy_assets.domain.workflows.roles.conditioning import sampling_nodes
from comfy_assets.domain.workflows.roles.settings import (
    choices_of,
    models,
    names_of,
    numbers_of,
    sampler_parts,
    sizes,
)
from tests.unit.domain.workflows.graphs import node, text_to_image


def typed(graph: dict[str, Any]) -> TypedGraph:
    """A graph without a catalogue."""
    return TypedGraph(Workflow.from_api(graph))


def parts_of(graph: TypedGraph) -> list[str]:
    """The samplers of a graph with their parts."""
    return sampler_parts(graph, sampling_nodes(graph))


def custom() -> dict[str, Any]:
    """A sampler that is put together of parts."""
    return {
        "1": node("CLIPTextEncode", text="a"),
        "2": node("BasicGuider", model=["10", 0], conditioning=["1", 0]),
        "3": node("RandomNoise", noise_seed=5),
        "4": node("KSamplerSelect", sampler_name="euler"),
        "5": node("BasicScheduler", model=["10", 0], scheduler="simple", steps=20),
        "6": node("SplitSigmas", sigmas=["5", 0], step=3),
        "7": node("EmptySD3LatentImage", width=8, height=16, batch_size=1),
        "8": node(
            "SamplerCustomAdvanced",
            noise=["3", 0],
            guider=["2", 0],
            sampler=["4", 0],
            sigmas=["6", 0],
            latent_image=["7", 0],
        ),
        "9": node("SaveImage", images=["8", 0]),
        "10": node(
            "ComfySwitchNode", switch=True, on_false=["11", 0], on_true=["12", 0]
        ),
        "11": node("UNETLoader", unet_name="a.safetensors"),
        "12": node("LoraLoaderModelOnly", model=["13", 0], lora_name="l"),
        "13": node("UNETLoader", unet_name="b.safetensors"),
    }


def test_a_sampler_is_found_with_all_its_parts() -> None:
    """Noise, guider, method and schedule belong to it, and what they pass through."""
    parts = parts_of(typed(custom()))
    assert sorted(parts) == ["2", "3", "4", "5", "6", "8"]


def test_a_part_behind_a_switch_is_found() -> None:
    """The closed branch does not belong to the sampler."""
    graph = custom()
    graph["8"]["inputs"]["noise"] = ["20", 0]
    graph["20"] = node("ComfySwitchNode", switch=False, on_false=["3", 0], on_true=1)
    assert {"20", "3"} <= set(parts_of(typed(graph)))


def test_the_model_is_the_file_behind_all_that_changes_it() -> None:
    """A LoRA is passed, and of a switch the open branch is taken."""
    graph = typed(custom())
    assert models(graph, parts_of(graph)) == [InputRef("13", "unet_name")]


def test_the_size_stands_where_the_latent_begins() -> None:
    """What changes a latent on the way is passed, also a switch and a first sampler."""
    graph = custom()
    graph["8"]["inputs"]["latent_image"] = ["20", 0]
    graph["20"] = node("LatentUpscale", samples=["21", 0], width=99, height=99)
    graph["21"] = node("ComfySwitchNode", switch=False, on_false=["7", 0], on_true=1)
    found = typed(graph)
    assert sizes(found, parts_of(found)) == {
        InputRef("7", "width"): Role.WIDTH,
        InputRef("7", "height"): Role.HEIGHT,
        InputRef("7", "batch_size"): Role.BATCH_SIZE,
    }


def test_numbers_have_their_roles_by_name() -> None:
    """A link is followed to a primitive; a text and a truth value are no numbers."""
    graph = text_to_image()
    graph["3"]["inputs"] |= {"steps": ["20", 0], "cfg": "8", "denoise": True}
    graph["20"] = node("PrimitiveInt", value=20)
    assert numbers_of(typed(graph), "3") == {
        InputRef("3", "seed"): Role.SEED,
        InputRef("20", "value"): Role.STEPS,
    }


def test_a_sampler_that_adds_no_noise_has_no_seed() -> None:
    """The second of two stages goes on with the noise of the first."""
    graph = {
        "1": node("KSamplerAdvanced", add_noise="disable", noise_seed=1, steps=2),
        "2": node("SamplerCustom", add_noise=False, noise_seed=1),
        "3": node("SamplerCustom", add_noise=True, noise_seed=1),
    }
    assert numbers_of(typed(graph), "1") == {InputRef("1", "steps"): Role.STEPS}
    assert numbers_of(typed(graph), "2") == {}
    assert numbers_of(typed(graph), "3") == {InputRef("3", "noise_seed"): Role.SEED}


def test_services_have_several_seeds() -> None:
    """Each part of a figure may have its own."""
    graph = typed({"1": node("Tripo", model_seed=1, texture_seed=2, other_seed=3)})
    assert list(numbers_of(graph, "1")) == [
        InputRef("1", "model_seed"),
        InputRef("1", "texture_seed"),
    ]


def test_method_and_schedule_are_names() -> None:
    """Links are none: they come from other parts of the sampler."""
    graph = typed(
        {"1": node("A", sampler_name="euler", scheduler=["2", 0]), "2": node("B")}
    )
    assert choices_of(graph, "1") == {InputRef("1", "sampler_name"): Role.SAMPLER}


def test_the_model_of_a_service_is_its_choice() -> None:
    """A link is none."""
    graph = typed({"1": node("A", model="kling-v2"), "2": node("A", model=["1", 0])})
    assert names_of(graph, "1") == [InputRef("1", "model")]
    assert names_of(graph, "2") == []
