"""Tests of `comfy_assets.domain.workflows.configuration`."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    InputDefault,
    LockedInput,
    PromptMapping,
)
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import InvalidRequestError, WorkflowFormatError
from tests.unit.domain.workflows.graphs import configuration, node, text_to_image


def test_a_configuration_holds_a_graph_in_api_format() -> None:
    """Anything else is refused when the value is made."""
    with pytest.raises(WorkflowFormatError, match=r"Export \(API\)"):
        configuration({"nodes": [], "links": []})


def test_a_configuration_does_not_follow_its_source() -> None:
    """The graph is a copy that nobody can change."""
    source = text_to_image()
    mine = configuration(source)
    source["6"]["inputs"]["text"] = "changed"
    assert mine.workflow.to_api() == text_to_image()
    with pytest.raises(TypeError):
        mine.workflow_json["6"]["inputs"]["text"] = "changed"


def test_configurations_of_the_same_graph_are_equal() -> None:
    """The wrapper and the kind of sequence make no difference."""
    mapping = PromptMapping(target="6.text", source="prompt")
    one = configuration(prompt_mappings=[mapping])
    other = configuration({"prompt": text_to_image()}, prompt_mappings=(mapping,))
    assert one == other
    assert one != configuration()
    assert one.style_reference_mapping == AutoDetect()


def test_the_workflow_is_read_once() -> None:
    """It stands for the same graph, also in a configuration made from another."""
    mine = configuration()
    assert mine.workflow is mine.workflow
    assert mine.workflow == Workflow.from_api(text_to_image())
    other = attrs.evolve(mine, workflow_json={"1": node("A")})
    assert list(other.workflow.nodes) == ["1"]


def test_the_deepest_value_of_a_workflow_fits_a_configuration() -> None:
    """The limit for nesting counts from the input, here and there."""
    value: object = 1
    for _ in range(32):
        value = [value]
    graph = {"1": node("A", a=value)}
    assert configuration(graph).workflow == Workflow.from_api(graph)


@pytest.mark.parametrize("kind", [InputDefault, LockedInput])
def test_values_are_copied_and_checked(kind: type[InputDefault | LockedInput]) -> None:
    """A default and a lock hold JSON values that nobody can change."""
    source = ["4", 0]
    entry = kind(target="3.model", value=source)
    source.clear()
    assert entry.value == ("4", 0)
    with pytest.raises(WorkflowFormatError):
        kind(target="3.model", value=float("nan"))


@pytest.mark.parametrize("strength", [None, 0, 1, -0.5, 0.8, 10**300])
def test_a_style_strength_is_a_finite_number(strength: float | None) -> None:
    """Or none at all; each node has a range of its own."""
    assert AutoDetect(strength=strength).strength == strength
    assert Explicit(target="1.image", strength=strength).strength == strength


@pytest.mark.parametrize(
    "strength", [float("nan"), float("inf"), -float("inf"), 10**400, True, "0.5"]
)
def test_any_other_style_strength_is_refused(strength: Any) -> None:
    """No node takes it, and no document keeps it."""
    with pytest.raises(InvalidRequestError, match="finite number"):
        AutoDetect(strength=strength)
    with pytest.raises(InvalidRequestError, match="finite number"):
        Explicit(target="1.image", strength=strength)
