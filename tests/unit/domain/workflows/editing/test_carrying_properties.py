"""Whatever is carried over to whatever graph fits it, and what is lost is told."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.checks import check_configuration
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    InputDefault,
    LockedInput,
    PromptMapping,
)
from comfy_assets.domain.workflows.editing.carrying import Carrying, carry_over
from comfy_assets.domain.workflows.graph import Workflow
from tests.unit.domain.workflows.graphs import configuration, node, with_ip_adapter

_TARGETS = st.sampled_from(
    [
        *("6.text", "7.text", "@Bad things.text", "CLIPTextEncode.positive"),
        *("3.steps", "KSampler.steps", "3.model", "22.image", "9.x", "3.", "40.a"),
    ]
)
_VALUES = st.sampled_from([1, "a", ["4", 0], ["22", 0], ["99", 0]])
_IDS = st.sampled_from(["3", "4", "6", "7", "22", "40"])
_CLASSES = st.sampled_from(["KSampler", "CLIPTextEncode", "LoadImage", "Own"])
_INPUTS = st.dictionaries(
    st.sampled_from(["text", "steps", "model", "image", "a", "positive"]),
    st.integers(0, 9) | st.text(max_size=3),
    max_size=3,
)
_GRAPHS = st.dictionaries(
    _IDS,
    st.builds(
        lambda class_type, title, inputs: node(class_type, title, **inputs),
        _CLASSES,
        st.sampled_from([None, "Bad things", "x"]),
        _INPUTS,
    ),
    min_size=1,
)


@given(
    mappings=st.lists(
        st.builds(PromptMapping, target=_TARGETS, source=st.just("prompt")), max_size=3
    ),
    defaults=st.lists(
        st.builds(InputDefault, target=_TARGETS, value=_VALUES), max_size=3
    ),
    locks=st.lists(st.builds(LockedInput, target=_TARGETS, value=_VALUES), max_size=3),
    style=st.builds(Explicit, target=_TARGETS, strength=st.none() | st.just(1.0))
    | st.builds(AutoDetect, strength=st.none() | st.just(1.0)),
    graph=_GRAPHS,
)
def test_what_is_carried_over_fits_and_nothing_is_lost_unsaid(
    mappings: Any, defaults: Any, locks: Any, style: Any, graph: Any
) -> None:
    """Whatever was configured, on whatever graph: it could be stored as it is."""
    old = configuration(
        with_ip_adapter(),
        prompt_mappings=mappings,
        input_defaults=defaults,
        locked_inputs=locks,
        style_reference_mapping=style,
    )
    kept = carry_over(old, Workflow.from_api(graph))
    after = evolve(
        old,
        workflow_json=graph,
        prompt_mappings=kept.prompt_mappings,
        input_defaults=kept.input_defaults,
        locked_inputs=kept.locked_inputs,
        style_reference_mapping=kept.style_reference_mapping,
    )
    check_configuration(after)
    told = [it.old for it in kept.report]
    assert told == [*mappings, *defaults, *locks, style]
    assert all(str(it) for it in kept.report if it.outcome is not Carrying.KEPT)
