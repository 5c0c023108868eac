"""Tests of `comfy_assets.domain.workflows.style_places`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    PromptInjection,
    StyleReferenceMapping,
)
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style import StylePlace
from comfy_assets.domain.workflows.style_places import (
    explicit_style_place,
    style_place,
)
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import node, text_to_image, with_ip_adapter

LOADER = InputRef("22", "image")
IN_LOADER = StylePlace(image=LOADER, is_free=False, strength=InputRef("20", "weight"))


def place(graph: dict[str, Any], address: str) -> StylePlace:
    """Find the place that an address names."""
    return explicit_style_place(Workflow.from_api(graph), address)


@pytest.mark.parametrize(
    "address", ["LoadImage.image", "IPAdapterAdvanced.image", "21.image"]
)
def test_an_explicit_target_may_be_either_end(address: str) -> None:
    """Loader, style node and what stands between lead to the same place."""
    assert place(with_ip_adapter(), address) == IN_LOADER


def test_an_explicit_target_may_be_another_loader() -> None:
    """An input that holds a text is taken as it is."""
    graph = {"1": node("OtherLoader", path="style.png")}
    assert place(graph, "1.path") == StylePlace(
        image=InputRef("1", "path"), is_free=False, strength=None
    )


@pytest.mark.parametrize(
    "address, expected",
    [
        ("IPAdapterAdvanced.image", InputRef("1", "image")),
        ("@Edit.image2", InputRef("2", "image2")),
        ("2.image3", InputRef("2", "image3")),
        ("ReferenceLatent.latent", InputRef("4", "pixels")),
        ("VAEEncode.pixels", InputRef("4", "pixels")),
    ],
)
def test_an_explicit_target_may_be_free(address: str, expected: InputRef) -> None:
    """A picture input that nothing feeds is named like any other."""
    graph = {
        "1": node("IPAdapterAdvanced", weight=1.0),
        "2": node("TextEncodeQwenImageEditPlus", "Edit", prompt="a"),
        "3": node("ReferenceLatent", latent=["4", 0]),
        "4": node("VAEEncode"),
    }
    found = place(graph, address)
    assert (found.image, found.is_free) == (expected, True)


@pytest.mark.parametrize(
    "address",
    [
        "KSampler.model",
        "KSampler.steps",
        "SaveImage.images",
        "nowhere.image",
        "CLIPTextEncode.image",
    ],
)
def test_an_explicit_target_must_take_an_image(address: str) -> None:
    """A number, a link without a loader behind it and a wrong address are refused."""
    with pytest.raises(MappingError) as caught:
        place(text_to_image(), address)
    assert caught.value.address == address


def test_a_slip_of_the_pen_is_told_with_free_inputs() -> None:
    """What could be free stands among the candidates."""
    graph = {"2": node("TextEncodeQwenImageEditPlus", prompt="a")}
    with pytest.raises(MappingError) as caught:
        place(graph, "2.image4")
    assert {"2.image1", "2.image2", "2.image3"} <= set(caught.value.candidates)


@pytest.mark.parametrize(
    "mapping, expected",
    [
        (AutoDetect(), IN_LOADER),
        (AutoDetect(strength=0.5), IN_LOADER),
        (Explicit(target="20.image"), IN_LOADER),
        (Explicit(target="22.image", strength=1), IN_LOADER),
        (PromptInjection(), None),
        (Disabled(), None),
    ],
)
def test_the_mapping_chooses_the_place(
    mapping: StyleReferenceMapping, expected: StylePlace | None
) -> None:
    """AutoDetect finds it, Explicit names it, the others want none."""
    workflow = Workflow.from_api(with_ip_adapter())
    assert style_place(workflow, mapping, set()) == expected


@pytest.mark.parametrize("mapping", [AutoDetect(), Explicit(target="20.image")])
def test_a_locked_place_is_none(mapping: StyleReferenceMapping) -> None:
    """Nobody may change it."""
    workflow = Workflow.from_api(with_ip_adapter())
    assert style_place(workflow, mapping, {LOADER}) is None


def without_strength() -> dict[str, Any]:
    """A graph whose only style node cannot be weighed."""
    return {
        "1": node("LoadImage", image="style.png"),
        "2": node("VAEEncode", pixels=["1", 0]),
        "3": node("ReferenceLatent", latent=["2", 0]),
    }


@pytest.mark.parametrize(
    "graph, mapping, address",
    [
        (without_strength(), AutoDetect(strength=0.5), "style_reference_mapping"),
        (without_strength(), Explicit(target="3.latent", strength=0.5), "3.latent"),
        (without_strength(), Explicit(target="1.image", strength=0.5), "1.image"),
        (text_to_image(), AutoDetect(strength=0.5), "style_reference_mapping"),
    ],
)
def test_a_strength_needs_a_node_that_has_one(
    graph: dict[str, Any], mapping: StyleReferenceMapping, address: str
) -> None:
    """It is refused where there is nothing to set."""
    with pytest.raises(MappingError, match="no strength to set") as caught:
        style_place(Workflow.from_api(graph), mapping, set())
    assert caught.value.address == address


def test_a_strength_for_a_locked_place_is_refused() -> None:
    """It would show nowhere."""
    workflow = Workflow.from_api(with_ip_adapter())
    with pytest.raises(MappingError, match="no strength to set"):
        style_place(workflow, AutoDetect(strength=0.5), {LOADER})


def test_a_strength_must_be_of_one_node() -> None:
    """A loader with two style nodes does not say which; their names are offered."""
    graph = with_ip_adapter()
    graph["30"] = node("IPAdapterAdvanced", image=["22", 0], weight=0.5)
    workflow = Workflow.from_api(graph)
    with pytest.raises(MappingError, match="more than one") as caught:
        style_place(workflow, Explicit(target="22.image", strength=0.5), set())
    assert caught.value.candidates == ("20.image", "30.image")
    for target in caught.value.candidates:
        found = style_place(workflow, Explicit(target=target, strength=0.5), set())
        assert found is not None
        assert found.strength == InputRef(target.partition(".")[0], "weight")
