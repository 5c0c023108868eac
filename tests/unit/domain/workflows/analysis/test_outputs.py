"""Tests of `comfy_assets.domain.workflows.analysis.outputs`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.analysis.outputs import choose_output
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.roles import TypedGraph
from tests.unit.domain.workflows.graphs import node, text_to_image


def chosen(
    graph: dict[str, Any], painting: tuple[str, ...] = ("3",)
) -> tuple[str | None, list[str]]:
    """The output of a graph, and what is said of it."""
    return choose_output(TypedGraph(Workflow.from_api(graph)), painting)


def test_the_only_output_is_it() -> None:
    """There is nothing to say."""
    assert chosen(text_to_image()) == ("9", [])


@pytest.mark.parametrize(
    "class_type", ["PreviewImage", "SaveText", "PreviewAny", "ImageCompare"]
)
def test_what_saves_pictures_goes_first(class_type: str) -> None:
    """Previews and texts are by-products."""
    graph = text_to_image() | {"0": node(class_type, images=["8", 0])}
    assert chosen(graph) == ("9", [])


@pytest.mark.parametrize("less", ["PreviewAny", "MaskPreview"])
def test_a_text_that_is_saved_goes_before_what_is_shown_aside(less: str) -> None:
    """Of a workflow that writes texts, the text is the output."""
    graph = {
        "3": node("Gemini", prompt="a"),
        "4": node(less, source=["3", 0]),
        "5": node("SaveText", text=["3", 0], filename_prefix="a"),
    }
    assert chosen(graph) == ("5", [])


def test_an_output_that_nothing_feeds_comes_last() -> None:
    """A node that stands alone gives no picture of the workflow."""
    graph = text_to_image() | {"1": node("SaveStrange", filename_prefix="a")}
    assert chosen(graph) == ("9", [])
    assert chosen({"1": node("SaveStrange", filename_prefix="a")}) == ("1", [])


def test_the_last_stage_is_the_output() -> None:
    """It stands behind all that the earlier ones stand behind; that is told."""
    graph = text_to_image() | {
        "20": node("KSampler", latent_image=["3", 0], seed=1),
        "21": node("VAEDecode", samples=["20", 0]),
        "22": node("SaveImage", images=["21", 0], filename_prefix="a"),
    }
    output, notes = chosen(graph, ("3", "20"))
    assert output == "22"
    assert notes == [
        (
            "The output is SaveImage (22), the last stage; "
            "earlier ones give pictures too: SaveImage (9)."
        )
    ]


def test_several_outputs_of_one_stage_are_told() -> None:
    """None of them is the last: nothing is guessed."""
    graph = text_to_image()
    graph["10"] = node("SaveImage", images=["8", 0], filename_prefix="b")
    assert chosen(graph) == (
        None,
        [
            (
                "2 nodes give an output, none of them the last: "
                "SaveImage (9), SaveImage (10)."
            )
        ],
    )


def test_a_graph_without_output_says_so() -> None:
    """ComfyUI would refuse to run it."""
    assert chosen({"1": node("KSampler", seed=1)}) == (
        None,
        ["No node gives an output: add a SaveImage."],
    )


def test_very_many_outputs_are_only_counted() -> None:
    """Comparing them would take time by the square of their number."""
    many = {str(i): node("SaveImage", images=["8", 0]) for i in range(100, 160)}
    output, notes = chosen(text_to_image() | many)
    assert output is None
    assert notes == ["61 nodes give an output: too many to tell the last."]
