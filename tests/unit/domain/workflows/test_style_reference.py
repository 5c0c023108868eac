"""Tests of `comfy_assets.domain.workflows.style_reference`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    LockedInput,
    PromptInjection,
    PromptMapping,
    StyleReferenceMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow
from comfy_assets.domain.workflows.style import StylePlace
from comfy_assets.domain.workflows.style_reference import (
    StyleReference,
    check_style,
    locked_inputs,
    style_image_place,
    style_loader,
    with_style,
    with_style_image,
)
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import (
    configuration,
    node,
    text_to_image,
    with_ip_adapter,
)

if TYPE_CHECKING:
    from collections.abc import Collection

UPLOADED = StyleReference(image_name="ref.png", keywords="ink wash")
WORDS = StyleReference(image_name=None, keywords="ink wash")
INJECTED = "a man, in the style of: ink wash"


LOADER = InputRef("22", "image")
WEIGHT = InputRef("20", "weight")


def placed(
    mine: WorkflowConfiguration,
    style: StyleReference | None = UPLOADED,
    *,
    by_hand: Collection[InputRef] = (),
) -> dict[InputRef, Any]:
    """Say what a style reference changed of a configuration's own graph."""
    before = mine.workflow
    after = with_style_image(before, mine, style, by_hand=by_hand)
    assert mine.workflow is before
    assert after.nodes.keys() >= before.nodes.keys()
    return {
        InputRef(node_id, name): value
        for node_id, node in after.nodes.items()
        for name, value in node.inputs.items()
        if node_id not in before.nodes
        or before.nodes[node_id].inputs.get(name) != value
    }


@pytest.mark.parametrize(
    "mapping, expected",
    [
        (AutoDetect(), LOADER),
        (Explicit(target="20.image"), LOADER),
        (PromptInjection(), None),
        (Disabled(), None),
    ],
)
def test_the_mapping_tells_whether_an_upload_is_needed(
    mapping: StyleReferenceMapping, expected: InputRef | None
) -> None:
    """AutoDetect and Explicit name the loader's input; the others need none."""
    mine = configuration(with_ip_adapter(), style_reference_mapping=mapping)
    assert (style_image_place(mine) is not None) is (expected is not None)
    assert style_loader(mine) == expected
    assert placed(mine) == ({} if expected is None else {expected: "ref.png"})
    assert placed(mine, WORDS) == placed(mine, None) == {}


def test_without_a_style_node_no_upload_is_needed() -> None:
    """AutoDetect falls back to the prompt."""
    assert style_image_place(configuration()) is None
    assert style_loader(configuration()) is None


def test_a_locked_loader_takes_no_upload() -> None:
    """A lock holds against a style reference too."""
    lock = LockedInput(target="LoadImage.image", value="ours.png")
    mine = configuration(with_ip_adapter(), locked_inputs=[lock])
    assert locked_inputs(mine) == {LOADER}
    assert style_image_place(mine) is None
    assert placed(mine) == {}
    assert with_style(mine, {"prompt": "a man"}, UPLOADED)["prompt"] == INJECTED


def test_beside_a_locked_loader_another_is_taken() -> None:
    """Of several style nodes the next one takes what the first may not."""
    graph = with_ip_adapter()
    graph["30"] = node("IPAdapterAdvanced", image=["31", 0], weight=0.5)
    graph["31"] = node("LoadImage", image="other.png")
    lock = LockedInput(target="22.image", value="ours.png")
    mine = configuration(graph, locked_inputs=[lock])
    assert placed(mine) == {InputRef("31", "image"): "ref.png"}


def test_a_free_input_gets_a_loader_of_its_own() -> None:
    """The LoadImage bears an id and a title of its own, and the name of the upload."""
    graph = with_ip_adapter()
    del graph["20"]["inputs"]["image"]
    mine = configuration(graph)
    loader = InputRef("style_reference", "image")
    assert style_image_place(mine) == StylePlace(
        image=InputRef("20", "image"), is_free=True, strength=WEIGHT
    )
    assert style_loader(mine) == loader
    assert placed(mine) == {
        loader: "ref.png",
        InputRef("20", "image"): Link("style_reference", 0),
    }
    built = with_style_image(mine.workflow, mine, UPLOADED, by_hand=())
    assert built.nodes["style_reference"].class_type == "LoadImage"
    assert built.nodes["style_reference"].title == "Style reference"
    assert Workflow.from_api(built.to_api()) == built


def test_a_loader_never_takes_the_id_of_another_node() -> None:
    """Whoever gave the workflow nodes of that name keeps them."""
    graph = with_ip_adapter()
    del graph["20"]["inputs"]["image"]
    graph["style_reference"] = node("Note")
    graph["style_reference_2"] = node("Note")
    mine = configuration(graph)
    assert style_loader(mine) == InputRef("style_reference_3", "image")
    assert InputRef("style_reference_3", "image") in placed(mine)


@pytest.mark.parametrize(
    "mapping",
    [
        AutoDetect(strength=0.3),
        Explicit(target="20.image", strength=0.3),
        Explicit(target="LoadImage.image", strength=0.3),
        Explicit(target="21.image", strength=0.3),
    ],
)
def test_the_strength_is_written_beside_the_image(
    mapping: StyleReferenceMapping,
) -> None:
    """Into the style node that weighs it, and only together with an image."""
    mine = configuration(with_ip_adapter(), style_reference_mapping=mapping)
    assert placed(mine) == {LOADER: "ref.png", WEIGHT: 0.3}
    assert placed(mine, WORDS) == placed(mine, None) == {}


def test_a_strength_that_somebody_gave_stays() -> None:
    """A request that overrides the weight, or a lock, knows better."""
    mine = configuration(
        with_ip_adapter(), style_reference_mapping=AutoDetect(strength=0.3)
    )
    assert placed(mine, by_hand={WEIGHT, LOADER}) == {LOADER: "ref.png"}


@pytest.mark.parametrize("mapping", [AutoDetect(), PromptInjection()])
@pytest.mark.parametrize("style", [UPLOADED, WORDS])
def test_keywords_go_behind_the_prompt(
    mapping: StyleReferenceMapping, style: StyleReference
) -> None:
    """Where no node takes the image."""
    mine = configuration(style_reference_mapping=mapping)
    values = with_style(mine, {"prompt": "a man"}, style)
    assert values == {"prompt": INJECTED, "style_keywords": "ink wash"}


def test_keywords_are_not_said_beside_the_image() -> None:
    """An image that goes in needs no words; without one, the words do."""
    mine = configuration(with_ip_adapter())
    assert with_style(mine, {"prompt": "a man"}, UPLOADED)["prompt"] == "a man"
    assert with_style(mine, {"prompt": "a man"}, WORDS)["prompt"] == INJECTED


def test_keywords_are_not_said_twice() -> None:
    """A mapping that uses them has its own way of saying it."""
    mapping = PromptMapping(
        target="6.text", source="prompt", template="{prompt} ({style_keywords})"
    )
    mine = configuration(prompt_mappings=[mapping])
    values = with_style(mine, {"prompt": "a man"}, WORDS)
    assert values == {"prompt": "a man", "style_keywords": "ink wash"}


@pytest.mark.parametrize(
    "mapping, style",
    [
        (Disabled(), WORDS),
        (AutoDetect(), None),
        (PromptInjection(), StyleReference(image_name=None, keywords="")),
    ],
)
def test_without_keywords_the_prompt_stays(
    mapping: StyleReferenceMapping, style: StyleReference | None
) -> None:
    """With no reference, an empty one, or references disabled."""
    mine = configuration(style_reference_mapping=mapping)
    values = with_style(mine, {"prompt": "a man"}, style)
    assert values == {"prompt": "a man", "style_keywords": ""}


def test_a_style_that_could_show_nowhere_is_refused() -> None:
    """No style node, and no mapping with prompt or keywords."""
    with pytest.raises(MappingError, match="Disabled"):
        check_style(configuration())
    name = PromptMapping(target="6.text", source="name")
    with pytest.raises(MappingError, match="Disabled"):
        check_style(configuration(prompt_mappings=[name]))


@pytest.mark.parametrize("source", ["prompt", "style_keywords"])
def test_a_style_that_shows_passes(source: str) -> None:
    """In a prompt, in a node, or not at all because that is wanted."""
    mapping = PromptMapping(target="6.text", source=source)
    check_style(configuration(prompt_mappings=[mapping]))
    check_style(configuration(with_ip_adapter()))
    check_style(configuration(text_to_image(), style_reference_mapping=Disabled()))


def test_a_strength_that_could_be_set_nowhere_is_refused() -> None:
    """Also where the prompt would take the style."""
    mapping = PromptMapping(target="6.text", source="prompt")
    mine = configuration(
        prompt_mappings=[mapping], style_reference_mapping=AutoDetect(strength=0.3)
    )
    with pytest.raises(MappingError, match="strength"):
        check_style(mine)
