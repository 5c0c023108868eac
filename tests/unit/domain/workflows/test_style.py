"""Tests of `comfy_assets.domain.workflows.style`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style import (
    StyleTarget,
    explicit_style_target,
    find_style_target,
)
from comfy_assets.errors import MappingError
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
    "class_type, name",
    [
        ("IPAdapter", "image"),
        ("IPAdapterAdvanced", "image"),
        ("IPAdapterApply", "image"),
        ("IPAdapterApplyFaceID", "image"),
        ("IPAdapterBatch", "image"),
        ("IPAdapterFaceID", "image"),
        ("IPAAdapterFaceIDBatch", "image"),
        ("IPAdapterFaceIDKolors", "image"),
        ("IPAdapterMS", "image"),
        ("IPAdapterPreciseComposition", "image"),
        ("IPAdapterPreciseCompositionBatch", "image"),
        ("IPAdapterPreciseStyleTransfer", "image"),
        ("IPAdapterPreciseStyleTransferBatch", "image"),
        ("IPAdapterRegionalConditioning", "image"),
        ("IPAdapterTiled", "image"),
        ("IPAdapterTiledBatch", "image"),
        ("IPAdapterTilesMasked", "image"),
        ("IPAdapterStyleComposition", "image_style"),
        ("IPAdapterStyleComposition", "image_composition"),
        ("IPAdapterStyleCompositionBatch", "image_style"),
        ("IPAdapterEncoder", "image"),
        ("IPAdapterEncoder", "image_1"),
        ("IPAdapterEncoder", "image_4"),
        ("IPAdapterNoise", "image_optional"),
        ("StyleModelApply", "clip_vision_output"),
        ("unCLIPConditioning", "clip_vision_output"),
    ],
)
def test_style_nodes_are_known_by_class(class_type: str, name: str) -> None:
    """Each is found with the LoadImage behind its image input."""
    assert fed_by(class_type, **{name: ["1", 0]}) == StyleTarget(
        node_id="3", class_type=class_type, load_image=InputRef("1", "image")
    )


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
    assert found.load_image.node_id == "1"


def test_the_image_is_followed_through_what_changes_it() -> None:
    """Scaling and preparing nodes stand between loader and style node."""
    found = find(with_ip_adapter())
    assert found is not None
    assert found.load_image == InputRef("22", "image")


@pytest.mark.parametrize(
    "between",
    [
        node("CLIPVisionEncode", clip_vision=["4", 0], image=["1", 0]),
        node("ImageBatch", image1=["4", 0], image2=["1", 0]),
        node("Reroute", value=["1", 0]),
    ],
)
def test_any_node_with_an_image_is_walked_through(between: dict[str, Any]) -> None:
    """So is a node with one source."""
    graph = {
        "1": node("LoadImage", image="style.png"),
        "3": node("StyleModelApply", clip_vision_output=["5", 0]),
        "4": node("CLIPVisionLoader"),
        "5": between,
    }
    found = find(graph)
    assert found is not None
    assert found.load_image == InputRef("1", "image")


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


def test_what_is_painted_is_no_style() -> None:
    """The picture of another sampler ends the way: behind it lies no style image."""
    graph = {
        "1": node("LoadImage", image="start.png"),
        "2": node("VAEEncode", pixels=["1", 0]),
        "3": node("KSampler", latent_image=["2", 0], model=["5", 0]),
        "4": node("SampleAndDecode", image_latent=["3", 0], vae=["5", 2]),
        "5": node("CheckpointLoaderSimple"),
        "6": node("IPAdapterAdvanced", image=["4", 0]),
    }
    assert find(graph) is None


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


@pytest.mark.parametrize(
    "address", ["LoadImage.image", "IPAdapterAdvanced.image", "21.image"]
)
def test_an_explicit_target_may_be_either_end(address: str) -> None:
    """Loader, style node and what stands between lead to the same input."""
    workflow = Workflow.from_api(with_ip_adapter())
    assert explicit_style_target(workflow, address) == InputRef("22", "image")


def test_an_explicit_target_may_be_another_loader() -> None:
    """An input that holds a text is taken as it is."""
    workflow = Workflow.from_api({"1": node("OtherLoader", path="style.png")})
    assert explicit_style_target(workflow, "1.path") == InputRef("1", "path")


@pytest.mark.parametrize(
    "address", ["KSampler.model", "KSampler.steps", "SaveImage.images", "nowhere.image"]
)
def test_an_explicit_target_must_take_an_image(address: str) -> None:
    """A number, a link without a loader behind it and a wrong address are refused."""
    with pytest.raises(MappingError) as caught:
        explicit_style_target(Workflow.from_api(text_to_image()), address)
    assert caught.value.address == address
