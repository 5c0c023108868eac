"""Tests of `comfy_assets.domain.workflows.roles.typed`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import Link, Workflow
from comfy_assets.domain.workflows.roles import TypedGraph
from tests.unit.domain.workflows.described import catalogue, description
from tests.unit.domain.workflows.graphs import node, text_to_image


def typed(graph: dict[str, Any], kinds: Catalogue | None = None) -> TypedGraph:
    """A graph with a catalogue."""
    return TypedGraph(Workflow.from_api(graph), kinds)


def test_the_server_goes_before_what_is_known_without() -> None:
    """A class is described by the server's catalogue, else by our own."""
    told = catalogue(KSampler=description({"noise": ["INT"]}, picture="IMAGE"))
    assert list(typed(text_to_image(), told).inputs("3")) == ["noise"]
    assert "steps" in typed(text_to_image()).inputs("3")


def test_a_class_that_cannot_be_read_is_as_unknown() -> None:
    """A malformed description tells nothing, and hides nothing."""
    told = Catalogue.from_object_info({"KSampler": 5, "Strange": None})
    graph = typed({"1": node("Strange", a=1), "2": node("KSampler")}, told)
    assert graph.description("1") is None
    assert graph.inputs("1") == {}
    assert graph.output_types("1") == frozenset()
    assert graph.output_types("2") == {"LATENT"}


def test_outputs_have_names_where_the_class_is_known() -> None:
    """An output that the class does not have has none."""
    told = catalogue(Both=description(good="CONDITIONING", bad="CONDITIONING"))
    graph = typed({"1": node("Both"), "2": node("Other")}, told)
    assert graph.output_name(Link("1", 1)) == "bad"
    assert graph.output_name(Link("1", 2)) == ""
    assert graph.output_name(Link("2", 0)) == ""


@pytest.mark.parametrize(
    "graph, carries",
    [
        # The source tells.
        ({"1": node("CLIPTextEncode"), "2": node("X", a=["1", 0])}, True),
        ({"1": node("VAEDecode"), "2": node("X", cond=["1", 0])}, False),
        # The taker tells.
        ({"1": node("X"), "2": node("FluxGuidance", conditioning=["1", 0])}, True),
        # The name tells, where the source has no such output, and the taker no input.
        ({"1": node("VAEDecode"), "2": node("X", cond=["1", 7])}, True),
        ({"1": node("X"), "2": node("X", a=["1", 0])}, False),
        # A value, and nothing, carry nothing.
        ({"1": node("X"), "2": node("X", cond=5)}, False),
        ({"1": node("X"), "2": node("X")}, False),
    ],
)
def test_classes_tell_what_a_link_carries(graph: dict[str, Any], carries: bool) -> None:
    """Where the classes at both ends are unknown, the input's name does."""
    name = next(iter(graph["2"]["inputs"]), "cond")
    found = typed(graph).carries("2", name, "CONDITIONING", lambda n: n == "cond")
    assert found is carries


def test_a_type_that_tells_nothing_leaves_it_to_the_other_end() -> None:
    """What a switch gives is of the type that its taker takes."""
    told = catalogue(Switch=description(output="COMFY_MATCHTYPE_V3"))
    graph = typed(
        {"1": node("Switch"), "2": node("FluxGuidance", conditioning=["1", 0])}, told
    )
    assert graph.links_of("2", "CONDITIONING", lambda _: False) == [Link("1", 0)]


@pytest.mark.parametrize(
    "switch, branches",
    [
        (True, ["on_true"]),
        (False, ["on_false"]),
        (["2", 0], ["on_true"]),
        (["3", 0], ["on_false", "on_true"]),
        (["4", 0], ["on_false", "on_true"]),
        (None, ["on_false", "on_true"]),
    ],
)
def test_a_switch_tells_its_branches(switch: object, branches: list[str]) -> None:
    """Where it stands is read from the graph; where only a run tells, both count."""
    graph = typed(
        {
            "1": node("ComfySwitchNode", switch=switch, on_false=1, on_true=2),
            "2": node("PrimitiveBoolean", value=True),
            "3": node("PrimitiveBoolean", value=["3", 0]),
            "4": node("StringCompare", string_a="a"),
        }
    )
    assert graph.branches("1") == branches
    assert graph.branches("2") is None


def test_a_switch_without_the_branch_lets_nothing_through() -> None:
    """A branch that is not linked is no source."""
    graph = typed({"1": node("ComfySwitchNode", switch=True, on_false=1)})
    assert graph.branches("1") == []


def test_outputs_are_told_by_the_class_or_by_the_end() -> None:
    """A known class says so; of an unknown one, nobody takes the outputs."""
    graph = text_to_image() | {
        "10": node("ShowText", text=["11", 0]),
        "11": node("MakeText"),
        "12": node("KSampler", positive=["6", 0]),
    }
    assert typed(graph).outputs == ("9", "10")


def test_only_what_an_output_needs_is_alive() -> None:
    """The branch that a switch closes does not run, nor does what ends nowhere."""
    graph = {
        "1": node("LoadImage", image="a.png"),
        "2": node("LoadImage", image="b.png"),
        "3": node("ComfySwitchNode", switch=True, on_false=["1", 0], on_true=["2", 0]),
        "4": node("SaveImage", images=["3", 0]),
        "5": node("LoadImage", image="c.png"),
    }
    assert typed(graph).alive == {"2", "3", "4"}


def test_a_part_of_a_graph_is_alive_as_a_whole() -> None:
    """Without any output all nodes count."""
    graph = {"1": node("LoadImage", image="a.png"), "2": node("KSampler", seed=1)}
    assert typed(graph).alive == {"1", "2"}
