"""Tests of `comfy_assets.domain.workflows.editing.carrying`."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from comfy_assets.domain.workflows.checks import check_configuration
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    InputDefault,
    LockedInput,
    PromptInjection,
    PromptMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.editing.carrying import (
    CarriedOver,
    Carrying,
    carry_over,
)
from comfy_assets.domain.workflows.editing.parts import DraftPart
from comfy_assets.domain.workflows.graph import Workflow
from tests.unit.domain.workflows.graphs import configuration, node, with_ip_adapter


def _configured(**parts: Any) -> WorkflowConfiguration:
    return configuration(with_ip_adapter(), **parts)


_FULL = _configured(
    prompt_mappings=[
        PromptMapping(target="@Portrait v1\\.5.text", source="prompt"),
        PromptMapping(target="CLIPTextEncode.negative", source="negative_prompt"),
    ],
    input_defaults=[InputDefault(target="3.steps", value=30)],
    locked_inputs=[
        LockedInput(target="KSampler.cfg", value=4.0),
        LockedInput(target="3.model", value=["4", 0]),
    ],
    style_reference_mapping=Explicit(target="20.image", strength=0.5),
)


def _renumbered(graph: dict[str, Any]) -> dict[str, Any]:
    """Return the graph as a new export may number it."""
    ids = {node_id: str(int(node_id) + 100) for node_id in graph}
    return {
        ids[node_id]: {
            **each,
            "inputs": {
                name: [ids[value[0]], value[1]] if isinstance(value, list) else value
                for name, value in each["inputs"].items()
            },
        }
        for node_id, each in graph.items()
    }


def _carried(old: WorkflowConfiguration, graph: dict[str, Any]) -> CarriedOver:
    return carry_over(old, Workflow.from_api(graph))


def _applied(old: WorkflowConfiguration, graph: dict[str, Any]) -> Any:
    kept = _carried(old, graph)
    return evolve(
        old,
        workflow_json=graph,
        prompt_mappings=kept.prompt_mappings,
        input_defaults=kept.input_defaults,
        locked_inputs=kept.locked_inputs,
        style_reference_mapping=kept.style_reference_mapping,
    )


def test_on_the_same_graph_everything_stays() -> None:
    """In its own spelling, with nothing to say."""
    assert _applied(_FULL, with_ip_adapter()) == _FULL
    report = _carried(_FULL, with_ip_adapter()).report
    assert {it.outcome for it in report} == {Carrying.KEPT}
    assert [it.part for it in report] == [
        *[DraftPart.MAPPING] * 2,
        DraftPart.DEFAULT,
        *[DraftPart.LOCK] * 2,
        DraftPart.STYLE,
    ]
    assert {str(it) for it in report} == {""}


def test_new_ids_are_followed_and_told() -> None:
    """Titles, classes and roles stay as they are; ids become those of the new graph."""
    graph = _renumbered(with_ip_adapter())
    after = _applied(_FULL, graph)
    check_configuration(after)
    assert [it.target for it in after.prompt_mappings] == [
        "@Portrait v1\\.5.text",
        "CLIPTextEncode.negative",
    ]
    assert after.input_defaults == (InputDefault(target="103.steps", value=30),)
    assert after.locked_inputs == (
        LockedInput(target="KSampler.cfg", value=4.0),
        LockedInput(target="103.model", value=["104", 0]),
    )
    assert after.style_reference_mapping == Explicit(target="120.image", strength=0.5)
    kept = _carried(_FULL, graph)
    moved = [str(it) for it in kept.report if it.outcome is Carrying.MOVED]
    assert moved == [
        "3.steps is 103.steps now.",
        "3.model is 103.model now.",
        "20.image is 120.image now.",
    ]
    assert kept.dropped == ()


def test_a_node_that_is_gone_takes_its_entries_with_it() -> None:
    """The report says which, and keeps what they said."""
    graph = with_ip_adapter()
    del graph["22"], graph["21"], graph["20"]
    graph["3"]["inputs"]["model"] = ["4", 0]
    lock = LockedInput(target="22.image", value="a.png")
    kept = _carried(_configured(locked_inputs=[lock]), graph)
    [lost] = kept.dropped
    assert (lost.part, lost.old, lost.new) == (DraftPart.LOCK, lock, None)
    assert str(lost) == "22.image: the new workflow has no node like 22 (LoadImage)."
    assert kept.locked_inputs == ()


def test_a_title_helps_to_know_the_node_that_is_gone() -> None:
    """It is named as a person knows it."""
    mapping = PromptMapping(target="6.text", source="prompt")
    graph = {"1": node("SaveImage", images=1)}
    [lost] = _carried(configuration(prompt_mappings=[mapping]), graph).dropped
    assert "6 'Portrait v1.5' (CLIPTextEncode)" in str(lost)


def test_an_address_without_an_id_may_name_another_node() -> None:
    """A title, a class or a role was written so that the node may be replaced."""
    mappings = [
        PromptMapping(target=it, source="prompt")
        for it in ("@Portrait v1\\.5.text", "CLIPTextEncode.negative")
    ]
    defaults = [InputDefault(target="KSampler.steps", value=30)]
    graph = {
        "1": node("FluxEncode", "Portrait v1.5", text="a"),
        "2": node("SamplerCustom", steps=1),
    }
    old = _configured(prompt_mappings=mappings, input_defaults=defaults)
    kept = _carried(old, graph)
    assert kept.prompt_mappings == (mappings[0],)
    assert [it.old for it in kept.dropped] == [mappings[1], defaults[0]]


def test_an_input_that_is_gone_is_told() -> None:
    """The node may be there all the same."""
    graph = with_ip_adapter()
    del graph["3"]["inputs"]["steps"]
    [lost] = _carried(_FULL, graph).dropped
    assert str(lost) == "3.steps: node 3 has no input 'steps' any more."


def test_an_address_that_means_another_input_by_now_is_written_by_id() -> None:
    """The same words must not silently name something else."""
    default = InputDefault(target="KSampler.steps", value=30)
    graph = with_ip_adapter()
    graph["30"] = node("KSampler", "Refiner", steps=5)
    [moved, _] = _carried(_configured(input_defaults=[default]), graph).report
    assert moved.new == InputDefault(target="3.steps", value=30)
    assert str(moved) == "KSampler.steps is 3.steps now."


def test_a_text_that_plays_another_part_is_told() -> None:
    """The prompt would else go where the negative one went."""
    mapping = PromptMapping(target="6.text", source="prompt")
    graph = with_ip_adapter()
    graph["3"]["inputs"] |= {"positive": ["7", 0], "negative": ["6", 0]}
    [kept, _] = _carried(_configured(prompt_mappings=[mapping]), graph).report
    assert kept.outcome is Carrying.KEPT
    assert str(kept) == "6.text was positive, is negative now."
    graph["3"]["inputs"]["negative"] = ["7", 0]
    [kept, _] = _carried(_configured(prompt_mappings=[mapping]), graph).report
    assert str(kept) == "6.text was positive, is no prompt now."


def test_an_input_that_is_linked_by_now_is_told() -> None:
    """What is set there cuts the link."""
    graph = with_ip_adapter()
    graph["40"] = node("PrimitiveInt", value=25)
    graph["3"]["inputs"]["steps"] = ["40", 0]
    default = InputDefault(target="3.steps", value=30)
    [kept, _] = _carried(_configured(input_defaults=[default]), graph).report
    assert str(kept) == "3.steps is linked now: what is set cuts the link."


def test_a_link_to_a_node_that_is_gone_is_dropped() -> None:
    """So is one that led nowhere before."""
    graph = with_ip_adapter()
    graph["4"] = node("UNETLoader", unet_name="flux")
    lock = LockedInput(target="3.model", value=["4", 0])
    [lost] = _carried(_configured(locked_inputs=[lock]), graph).dropped
    assert "no node like 4" in str(lost)
    nowhere = evolve(lock, value=["99", 0])
    [lost] = _carried(_configured(locked_inputs=[nowhere]), with_ip_adapter()).dropped
    assert "'99', which does not exist" in str(lost)


def test_a_target_that_fitted_nothing_may_fit_the_new_graph() -> None:
    """Else it is dropped, with the sentence of the error."""
    graph = with_ip_adapter() | {"40": node("Own", mood="a")}
    defaults = [InputDefault(target=it, value="b") for it in ("Own.mood", "41.mood")]
    kept = _carried(_configured(input_defaults=defaults), graph)
    assert kept.input_defaults == (defaults[0],)
    [lost] = kept.dropped
    assert "41" in str(lost)


def test_two_entries_that_meet_in_one_input_are_told() -> None:
    """The first stays."""
    mappings = [
        PromptMapping(target=it, source="prompt") for it in ("6.text", "@New.text")
    ]
    graph = with_ip_adapter()
    graph["6"]["_meta"]["title"] = "New"
    kept = _carried(_configured(prompt_mappings=mappings), graph)
    assert kept.prompt_mappings == (mappings[0],)
    [lost] = kept.dropped
    assert str(lost) == "@New.text: 6.text names the same input now."


@pytest.mark.parametrize(
    "mapping",
    [
        Explicit(target="20.image"),
        Explicit(target="half"),
        Explicit(target="LoadImage.image"),
        AutoDetect(strength=0.5),
    ],
)
def test_a_style_mapping_that_does_not_fit_becomes_the_automatic_one(
    mapping: Any,
) -> None:
    """And is told."""
    old = evolve(_FULL, style_reference_mapping=mapping)
    graph = {"3": node("KSampler", steps=1, cfg=1.0)}
    kept = _carried(old, graph)
    assert kept.style_reference_mapping == AutoDetect()
    lost = kept.report[-1]
    assert (lost.outcome, lost.part) == (Carrying.DROPPED, DraftPart.STYLE)
    assert str(lost).startswith("Style reference: ")


@pytest.mark.parametrize(
    "mapping",
    [AutoDetect(), PromptInjection(), Disabled(), Explicit(target="LoadImage.image")],
)
def test_a_style_mapping_without_an_id_stays(mapping: Any) -> None:
    """It means the same in the new graph."""
    old = evolve(_FULL, style_reference_mapping=mapping)
    kept = _carried(old, _renumbered(with_ip_adapter()))
    assert kept.style_reference_mapping == mapping
