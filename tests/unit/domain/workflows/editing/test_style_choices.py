"""Tests of `comfy_assets.domain.workflows.editing.style_choices`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    PromptInjection,
)
from comfy_assets.domain.workflows.editing.style_choices import (
    StyleChoice,
    style_choices,
)
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style_places import style_place
from tests.unit.domain.workflows.graphs import node, text_to_image, with_ip_adapter

if TYPE_CHECKING:
    from collections.abc import Collection


def _choices(
    graph: dict[str, Any], chosen: Any = None, locked: Collection[InputRef] = ()
) -> tuple[StyleChoice, ...]:
    return style_choices(Workflow.from_api(graph), chosen or AutoDetect(), locked)


def test_what_was_found_is_named() -> None:
    """By its class and id, as people see it in ComfyUI, and its title if it has one."""
    graph = text_to_image() | {
        "5": node("IPAdapterApply", image=["22", 0], weight=1.0),
        "22": node("LoadImage", image="a.png"),
    }
    auto, own, *_ = _choices(graph)
    assert auto.sentence == "Found node: IPAdapterApply (5)"
    assert auto.has_strength
    assert own.sentence == "Into IPAdapterApply (5): image"
    assert own.mapping == Explicit(target="5.image")
    graph["5"]["_meta"] = {"title": "Style"}
    assert _choices(graph)[0].sentence == "Found node: IPAdapterApply (5), Style"


def test_a_workflow_without_a_style_node_says_so() -> None:
    """And offers what is left."""
    auto, *others = _choices(text_to_image())
    assert "Found no style node" in auto.sentence
    assert not auto.has_strength
    assert [it.mapping for it in others] == [PromptInjection(), Disabled()]


def test_what_is_locked_is_no_choice() -> None:
    """A reference could not go in there."""
    locked = {InputRef("22", "image")}
    auto, *others = _choices(with_ip_adapter(), None, locked)
    assert "Found no style node" in auto.sentence
    assert [it.mapping for it in others] == [PromptInjection(), Disabled()]


@pytest.mark.parametrize(
    "chosen",
    [
        AutoDetect(),
        AutoDetect(strength=0.5),
        Explicit(target="20.image"),
        Explicit(target="20.image", strength=0.5),
        PromptInjection(),
        Disabled(),
    ],
)
def test_the_chosen_one_is_marked_and_keeps_its_strength(chosen: Any) -> None:
    """It is one of those offered, not a row of its own."""
    choices = _choices(with_ip_adapter(), chosen)
    assert [it.mapping for it in choices if it.is_chosen] == [chosen]
    assert len(choices) == 4


@pytest.mark.parametrize("target", ["LoadImage.image", "99.imag"])
def test_a_target_of_ones_own_is_a_choice_of_its_own(target: str) -> None:
    """Also one that names nothing (yet)."""
    *_, own = _choices(with_ip_adapter(), Explicit(target=target))
    assert own.is_chosen
    assert own.sentence == f"As set: {target}"


def test_every_input_offered_can_be_chosen() -> None:
    """The mapping fits the workflow."""
    workflow = Workflow.from_api(with_ip_adapter())
    for choice in style_choices(workflow, AutoDetect(), ()):
        style_place(workflow, choice.mapping, ())
