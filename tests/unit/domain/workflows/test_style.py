"""Tests of `comfy_assets.domain.workflows.style`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style import (
    StylePlace,
    StyleTarget,
    find_style_target,
    find_style_targets,
)
from tests.unit.domain.workflows.graphs import node, text_to_image, with_ip_adapter


def find(graph: dict[str, Any]) -> StyleTarget | None:
    """Find the style node of a graph."""
    return find_style_target(Workflow.from_api(graph))


def fed_by(class_type: str, **inputs: object) -> StyleTarget | None:
    """Find the style node of a graph of one such node and two loaders."""
    graph = {
        "1": node("LoadImage", image="style.png"),
        "2": node("LoadImage", image="face.png"),
        "3": node(class_type, model=["4", 0], **inputs),
        "4": node("CheckpointLoaderSimple"),
    }
    return find(graph)


@pytest.mark.parametrize(
    "class_type",
    ["IPAdapterUnifiedLoader", "IPAdapterWeights", "IPAdapterCombineEmbeds"],
)
def test_loaders_weights_and_combiners_are_no_style_nodes(class_type: str) -> None:
    """They bear the name, but take no style image."""
    assert fed_by(class_type, image=["1", 0]) is None


def test_the_style_goes_before_the_composition() -> None:
    """Of a node with both, the style image is taken."""
    found = fed_by(
        "IPAdapterStyleComposition", image_composition=["2", 0], image_style=["1", 0]
    )
    assert found is not None
    assert found.load_image == InputRef("1", "image")


def test_the_image_is_followed_through_what_changes_it() -> None:
    """Scaling and preparing nodes stand between loader and style node."""
    found = find(with_ip_adapter())
    assert found is not None
    assert found.load_image == InputRef("22", "image")


def test_an_encoded_style_image_is_found() -> None:
    """IPAdapterEmbeds takes no image; the encoder before it does."""
    graph = {
        "1": node("LoadImage", image="style.png"),
        "2": node("IPAdapterEncoder", image=["1", 0], ipadapter=["4", 1]),
        "3": node("IPAdapterEmbeds", pos_embed=["5", 0]),
        "4": node("IPAdapterUnifiedLoader"),
        "5": node("IPAdapterCombineEmbeds", embed1=["2", 0], method="concat"),
    }
    found = find(graph)
    assert found is not None
    assert found.load_image == InputRef("1", "image")
    graph["3"] = node("IPAdapterEmbeds", pos_embed=["2", 0])
    assert find(graph) == found


def test_noise_is_the_last_resort() -> None:
    """An image for noise is taken only where there is no other style node."""
    graph = {
        "1": node("LoadImage", image="noise.png"),
        "2": node("IPAdapterNoise", image_optional=["1", 0]),
        "3": node("LoadImage", image="style.png"),
        "4": node("IPAdapterAdvanced", image=["3", 0], image_negative=["2", 0]),
    }
    found = find(graph)
    assert found is not None
    assert found.load_image == InputRef("3", "image")


@pytest.mark.parametrize(
    "source",
    [
        node("LoadImage", image=["2", 0]),
        node("OtherLoader", path="style.png"),
        node("ImageScale", image=["1", 0]),
    ],
)
def test_a_style_node_without_a_loader_is_none(source: dict[str, Any]) -> None:
    """A loader with a linked name, of another class, or a circle, cannot be used."""
    graph = {
        "1": source,
        "2": node("Text"),
        "3": node("IPAdapterAdvanced", image=["1", 0]),
    }
    assert find(graph) is None


def test_the_next_style_node_is_tried() -> None:
    """A style node that nothing feeds does not hide one that is fed."""
    graph = with_ip_adapter()
    graph["0"] = node("IPAdapterAdvanced", image=["8", 0])
    found = find({"0": graph.pop("0"), **graph})
    assert found is not None
    assert found.node_id == "20"


def test_a_workflow_without_a_style_node_has_no_target() -> None:
    """Text to image has none."""
    assert find(text_to_image()) is None


def listed(graph: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Say of each target its node, its input and whether a reference can go in."""
    targets = find_style_targets(Workflow.from_api(graph))
    return [(str(t), t.input_name, t.place is not None) for t in targets]


def test_a_target_is_told_by_class_and_id() -> None:
    """As in "Found node: IPAdapterApply (5)"; its title stands beside it."""
    graph = {"5": node("IPAdapterApply", "Style of the house", weight=1.0)}
    (target,) = find_style_targets(Workflow.from_api(graph))
    assert (str(target), target.title) == ("IPAdapterApply (5)", "Style of the house")


def test_every_style_node_is_told() -> None:
    """Style before encoder before reference before noise; each once at least."""
    graph = {
        "1": node("LoadImage", image="style.png"),
        "2": node("IPAdapterNoise", image_optional=["1", 0]),
        "3": node("TextEncodeQwenImageEditPlus", image1=["1", 0]),
        "4": node("ReferenceLatent"),
        "5": node("IPAdapterEncoder", image=["1", 0], weight=1.0),
        "6": node("IPAdapterAdvanced", image=["8", 0]),
        "7": node("IPAdapterAdvanced", image=["1", 0]),
        "8": node("EmptyImage"),
    }
    assert listed(graph) == [
        ("IPAdapterAdvanced (7)", "image", True),
        ("IPAdapterAdvanced (6)", "image", False),
        ("IPAdapterEncoder (5)", "image", True),
        ("TextEncodeQwenImageEditPlus (3)", "image1", True),
        ("TextEncodeQwenImageEditPlus (3)", "image2", True),
        ("ReferenceLatent (4)", "latent", False),
        ("IPAdapterNoise (2)", "image_optional", True),
    ]


def test_what_is_fed_goes_before_what_is_free() -> None:
    """A loader that is there shows what the workflow's author meant."""
    graph = {
        "1": node("LoadImage", image="style.png"),
        "2": node("TextEncodeQwenImageEdit", prompt="a"),
        "3": node("TextEncodeQwenImageEdit", prompt="b", image=["1", 0]),
    }
    assert [entry[0] for entry in listed(graph)] == [
        "TextEncodeQwenImageEdit (3)",
        "TextEncodeQwenImageEdit (2)",
    ]


def test_nothing_is_put_before_the_encoder_of_a_negative_prompt() -> None:
    """What shall not show is no place for a style; nor is its loader before others."""
    graph = {
        "1": node("LoadImage", image="bad.png"),
        "2": node("LoadImage", image="good.png"),
        "5": node("TextEncodeQwenImageEditPlus", prompt="blurry", image1=["1", 0]),
        "6": node("TextEncodeQwenImageEditPlus", prompt="a man", image1=["2", 0]),
        "7": node("KSampler", positive=["6", 0], negative=["5", 0]),
    }
    assert listed(graph) == [
        ("TextEncodeQwenImageEditPlus (6)", "image1", True),
        ("TextEncodeQwenImageEditPlus (6)", "image2", True),
        ("TextEncodeQwenImageEditPlus (5)", "image1", True),
    ]


def test_locked_inputs_are_passed_over() -> None:
    """The next image input is taken, be it fed or free."""
    workflow = Workflow.from_api(
        {
            "1": node("LoadImage", image="subject.png"),
            "2": node("LoadImage", image="style.png"),
            "3": node("TextEncodeQwenImageEditPlus", image1=["1", 0], image2=["2", 0]),
        }
    )
    names = []
    locked: set[InputRef] = set()
    while (found := find_style_target(workflow, locked)) is not None:
        assert found.place is not None
        names.append(found.input_name)
        locked.add(found.place.image)
    assert names == ["image1", "image2", "image3"]


@pytest.mark.parametrize(
    "inputs, expected",
    [
        ({"weight": 1.0, "ipadapter": ["9", 0]}, "image"),
        ({"weight_1": 1.0, "weight_2": 1.0, "clip_vision": ["9", 0]}, "image_1"),
    ],
)
def test_an_encoder_shows_its_era_by_its_weights(
    inputs: dict[str, Any], expected: str
) -> None:
    """IPAdapterEncoder had other inputs before March 2024."""
    graph = {"5": node("IPAdapterEncoder", **inputs), "9": node("Loader")}
    assert listed(graph) == [("IPAdapterEncoder (5)", expected, True)]


def test_a_node_that_lacks_its_strength_has_none() -> None:
    """StyleModelApply of early 2024 cannot be weighed."""
    graph = {
        "1": node("LoadImage", image="style.png"),
        "2": node("CLIPVisionEncode", image=["1", 0]),
        "3": node("StyleModelApply", clip_vision_output=["2", 0]),
    }
    found = find(graph)
    assert found is not None
    assert found.place == StylePlace(
        image=InputRef("1", "image"), is_free=False, strength=None
    )
