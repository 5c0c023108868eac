"""Tests of `comfy_assets.domain.workflows.roles.painters`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.roles import TypedGraph, own_name
from comfy_assets.domain.workflows.roles.painters import painter_texts, painters
from tests.unit.domain.workflows.described import catalogue, description
from tests.unit.domain.workflows.graphs import node

WRITER = description({"prompt": ["STRING"]}, text="STRING")
SERVICE = {**description({"text": ["STRING"]}, sound="AUDIO"), "api_node": True}


def found(
    graph: dict[str, Any],
    kinds: Catalogue | None = None,
    encoders: frozenset[str] = frozenset(),
) -> list[str]:
    """The painters of a graph."""
    return painters(TypedGraph(Workflow.from_api(graph), kinds), set(encoders))


@pytest.mark.parametrize(
    "name, own",
    [("prompt", "prompt"), ("model.Prompt", "prompt"), ("a.b.seed", "seed")],
)
def test_the_name_behind_the_dot_counts(name: str, own: str) -> None:
    """A choice of the model brings inputs along under its own name."""
    assert own_name(name) == own


def test_a_service_paints_by_its_own_text() -> None:
    """Both texts are found, under dotted names too."""
    graph = TypedGraph(
        Workflow.from_api(
            {
                "1": node(
                    "Kling", **{"model.prompt": "a", "negative_prompt": "b", "x": "c"}
                )
            }
        )
    )
    assert painters(graph, set()) == ["1"]
    (positive,) = painter_texts(graph, "1", "positive")
    (negative,) = painter_texts(graph, "1", "negative")
    assert (positive.input_name, negative.input_name) == (
        "model.prompt",
        "negative_prompt",
    )


def test_a_service_may_paint_by_what_it_calls_text() -> None:
    """A node of our own server that draws letters does not."""
    kinds = catalogue(Speak=SERVICE, Letters={**SERVICE, "api_node": False})
    graph = {"1": node("Speak", text="a"), "2": node("Letters", text="b")}
    assert found(graph, kinds) == ["1"]


def test_what_writes_a_text_for_another_is_no_painter() -> None:
    """Its prompt is where the other's text begins."""
    graph = {
        "1": node("Gemini", prompt="a cat"),
        "2": node("Kling", prompt=["1", 0]),
        "3": node("SaveVideo", video=["2", 0]),
    }
    assert found(graph) == ["2"]


def test_what_only_writes_counts_where_nothing_paints() -> None:
    """A language model alone is what the workflow is for."""
    kinds = catalogue(Gemini=WRITER)
    graph = {"1": node("Gemini", prompt="a cat"), "2": node("Show", text=["1", 0])}
    assert found(graph, kinds) == ["1"]
    assert found(graph, kinds, frozenset({"7"})) == []
    painted = graph | {"3": node("Kling", prompt="a dog")}
    assert found(painted, kinds) == ["3"]


def test_encoders_and_samplers_are_no_painters() -> None:
    """What gives a conditioning, or takes one called positive, has no text to paint."""
    kinds = catalogue(Encode=description({"prompt": ["STRING"]}, c="CONDITIONING"))
    graph = {
        "1": node("Encode", prompt="a"),
        "2": node("Detailer", positive=["1", 0]),
        "3": node("Other", prompt="b"),
    }
    assert found(graph, kinds, frozenset({"3"})) == []


def test_an_input_that_is_no_text_does_not_count() -> None:
    """The class tells, where it is known; else the value does."""
    kinds = catalogue(Queue=description({"prompt": ["PROMPT"]}))
    assert (
        found({"1": node("Queue", prompt="a"), "2": node("B", prompt=5)}, kinds) == []
    )


def test_what_does_not_run_does_not_paint() -> None:
    """A node that no output needs is left out."""
    kinds = catalogue(Kling=description({"prompt": ["STRING"]}, video="VIDEO"))
    graph = {
        "1": node("Kling", prompt="a"),
        "2": node("Kling", prompt="b"),
        "3": node("SaveVideo", video=["2", 0]),
    }
    assert found(graph, kinds) == ["2"]
