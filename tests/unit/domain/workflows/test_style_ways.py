"""Tests of `comfy_assets.domain.workflows.style_ways`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow
from comfy_assets.domain.workflows.style_ways import ImageWays
from tests.unit.domain.workflows.graphs import node

BEHIND = Link("9", 0)


def ways(graph: dict[str, Any]) -> ImageWays:
    """Walk a graph in which two loaders, a picker and a model stand ready."""
    return ImageWays(
        Workflow.from_api(
            {
                "1": node("LoadImage", image="style.png"),
                "2": node("LoadImage", image="face.png"),
                "3": node("CheckpointLoaderSimple"),
                **graph,
            }
        )
    )


@pytest.mark.parametrize(
    "between",
    [
        node("CLIPVisionEncode", clip_vision=["3", 0], image=["1", 0]),
        node("FluxKontextImageScale", image=["1", 0]),
        node("ImageCrop", image=["1", 0], width=512, height=512, x=0, y=0),
        node("ImageScale", image=["1", 0], width=["3", 0], height=["3", 1]),
        node("PrepImageForClipVision", image=["1", 0], sharpening=0.1),
        node("VAEEncode", pixels=["1", 0], vae=["3", 2]),
        node("VAEEncodeTiled", pixels=["1", 0], vae=["3", 2], tile_size=512),
        node("ImageBatch", image1=["3", 0], image2=["1", 0]),
        node("IPAdapterCombineEmbeds", embed1=["1", 0], method="concat"),
        node("IPAdapterWeights", image=["1", 0], weights="1.0, 0.0"),
        node("LatentUpscale", samples=["1", 0], width=512),
        node("Reroute", value=["1", 0]),
    ],
)
def test_an_image_is_followed_through_what_changes_it(between: dict[str, Any]) -> None:
    """Whatever has an image, an embedding or one source is walked through."""
    assert ways({"9": between}).loader_behind(BEHIND) == InputRef("1", "image")


def test_a_long_way_is_walked_to_its_end() -> None:
    """Resize, crop, encode: the loader stands behind the last of them."""
    graph = {
        "9": node("VAEEncode", pixels=["8", 0], vae=["3", 2]),
        "8": node("FluxKontextImageScale", image=["7", 0]),
        "7": node("ImageCrop", image=["6", 0]),
        "6": node("ImageScale", image=["1", 0]),
    }
    assert ways(graph).loader_behind(BEHIND) == InputRef("1", "image")


def test_the_nearest_loader_is_taken() -> None:
    """Of two ways the shorter one leads on, whichever input comes first."""
    graph = {
        "9": node("ImageStitch", image1=["8", 0], image2=["2", 0]),
        "8": node("ImageScale", image=["1", 0]),
    }
    assert ways(graph).loader_behind(BEHIND) == InputRef("2", "image")


def test_of_equals_the_first_input_is_taken() -> None:
    """Not the loader that stands first in the graph."""
    graph = {"9": node("ImageStitch", image1=["2", 0], image2=["1", 0])}
    assert ways(graph).loader_behind(BEHIND) == InputRef("2", "image")


@pytest.mark.parametrize(
    "between",
    [
        node("KSampler", latent_image=["1", 0], model=["3", 0], seed=1),
        node("OtherLoader", path="style.png"),
        node("ImageScale", image=["9", 0]),
        node("VAEDecode", samples=["1", 0], vae=["3", 2]),
    ],
)
def test_what_is_painted_is_no_reference(between: dict[str, Any]) -> None:
    """Neither a sampler's picture, another loader nor a circle leads to a LoadImage."""
    assert ways({"9": between}).loader_behind(BEHIND) is None


def test_a_picture_input_that_nothing_feeds_is_an_opening() -> None:
    """Of nodes that prepare images, and behind others too."""
    found = ways(
        {
            "9": node("VAEEncode", pixels=["8", 0], vae=["3", 2]),
            "8": node("ImageScale", width=512),
        }
    )
    assert found.openings == (InputRef("8", "image"),)
    assert found.opening_behind(BEHIND) == InputRef("8", "image")
    assert found.loader_behind(BEHIND) is None


def test_a_circle_that_leads_out_is_left() -> None:
    """Each step goes nearer to the loader, never round."""
    graph = {
        "9": node("ImageBatch", image1=["8", 0], image2=["7", 0]),
        "8": node("ImageBatch", image1=["9", 0], image2=["9", 0]),
        "7": node("ImageScale", image=["1", 0]),
    }
    assert ways(graph).loader_behind(BEHIND) == InputRef("1", "image")
