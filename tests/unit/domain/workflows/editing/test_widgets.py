"""Tests of `comfy_assets.domain.workflows.editing.widgets`."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.analysis import analyze
from comfy_assets.domain.workflows.editing.widgets import WidgetKind, widget_of
from comfy_assets.domain.workflows.graph import Workflow
from tests.unit.domain.workflows.graphs import node, text_to_image, with_ip_adapter
from tests.unit.domain.workflows.object_info import described, older


def _widgets(graph: dict[str, Any], **classes: dict[str, Any]) -> dict[str, str]:
    analysis = analyze(Workflow.from_api(graph), older(**classes) if classes else None)
    images = {it.ref for it in analysis.image_inputs}
    seeds = {it.ref for it in analysis.seeds}
    return {
        it.address: widget_of(it, images=images, seeds=seeds).value
        for it in analysis.inputs
    }


def test_inputs_of_well_known_classes_need_no_server() -> None:
    """Seeds, texts, numbers and pictures are told apart without a catalogue."""
    found = _widgets(with_ip_adapter())
    assert found["3.seed"] == WidgetKind.SEED
    assert found["3.steps"] == WidgetKind.INTEGER
    assert found["3.cfg"] == WidgetKind.NUMBER
    assert found["6.text"] == WidgetKind.MULTILINE_TEXT
    assert found["9.filename_prefix"] == WidgetKind.TEXT
    assert found["22.image"] == WidgetKind.IMAGE


def test_a_class_that_is_not_known_is_read_by_its_values() -> None:
    """A whole number is not taken for a truth value, nor the other way round."""
    graph = {
        "1": node(
            "Strange", on=True, count=3, rate=0.5, word="a", lines="a\nb", more={"a": 1}
        )
    }
    assert _widgets(graph) == {
        "1.on": WidgetKind.TOGGLE,
        "1.count": WidgetKind.INTEGER,
        "1.rate": WidgetKind.NUMBER,
        "1.word": WidgetKind.TEXT,
        "1.lines": WidgetKind.MULTILINE_TEXT,
        "1.more": WidgetKind.JSON,
    }


def test_a_type_of_many_is_read_by_its_value() -> None:
    """So are choices that only a server could tell."""
    graph = {"1": node("Own", a=True, b=3, c=0.5, d="euler", e=["1"])}
    many = ["INT,FLOAT,BOOLEAN"]
    own = described(
        required={"a": many, "b": many, "c": many, "d": ["COMBO"], "e": many}
    )
    assert _widgets(graph, Own=own) == {
        "1.a": WidgetKind.TOGGLE,
        "1.b": WidgetKind.INTEGER,
        "1.c": WidgetKind.NUMBER,
        "1.d": WidgetKind.TEXT,
        "1.e": WidgetKind.JSON,
    }


def test_the_servers_classes_tell_choices_and_lines() -> None:
    """What the class says goes before what the value looks like."""
    graph = {**text_to_image(), "1": node("Own", mode="a", notes="", on=1)}
    own = described(
        required={
            "mode": [["a", "b"]],
            "notes": ["STRING", {"multiline": True}],
            "on": ["BOOLEAN"],
        }
    )
    found = _widgets(graph, Own=own)
    assert found["1.mode"] == WidgetKind.CHOICE
    assert found["1.notes"] == WidgetKind.MULTILINE_TEXT
    assert found["1.on"] == WidgetKind.TOGGLE
