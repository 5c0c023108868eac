"""Tests of `comfy_assets.domain.workflows.editing.faults`."""

from __future__ import annotations

from typing import Any

import pytest
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
from comfy_assets.domain.workflows.editing.faults import (
    DraftFault,
    find_faults,
    locked_inputs,
)
from comfy_assets.domain.workflows.editing.parts import DraftPart
from comfy_assets.domain.workflows.editing.refusals import RefusedValue
from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import configuration, with_ip_adapter


def _faults(**fields: Any) -> tuple[DraftFault, ...]:
    made = configuration(with_ip_adapter(), **fields)
    return find_faults(made, made.workflow, ())


def test_what_fits_has_no_faults() -> None:
    """A configuration that can be stored is without."""
    assert (
        _faults(
            prompt_mappings=[PromptMapping(target="6.text", source="prompt")],
            input_defaults=[InputDefault(target="3.steps", value=30)],
            locked_inputs=[LockedInput(target="3.steps", value=20)],
            style_reference_mapping=AutoDetect(strength=0.5),
        )
        == ()
    )


def test_every_fault_is_told_beside_what_it_is_about() -> None:
    """All at once, each with its part, its target and the input where it names one."""
    found = _faults(
        prompt_mappings=[
            PromptMapping(target="6.txt", source="prompt"),
            PromptMapping(target="7.text", source="prompt", template="{pro"),
        ],
        input_defaults=[InputDefault(target="3.model", value=["99", 0])],
        locked_inputs=[
            LockedInput(target="3.steps", value=1),
            LockedInput(target="KSampler.steps", value=2),
        ],
        style_reference_mapping=Explicit(target="20.wieght"),
    )
    assert [(it.part, it.target, it.ref) for it in found] == [
        (DraftPart.MAPPING, "6.txt", None),
        (DraftPart.MAPPING, "7.text", InputRef("7", "text")),
        (DraftPart.DEFAULT, "3.model", InputRef("3", "model")),
        (DraftPart.LOCK, "KSampler.steps", InputRef("3", "steps")),
        (DraftPart.STYLE, "20.wieght", None),
    ]
    told = [str(it) for it in found]
    assert "no input 'txt'" in told[0]
    assert found[0].candidates[0] == "6.text"
    assert "position 0" in told[1]
    assert "'99'" in told[2]
    assert "same input as '3.steps'" in told[3]


def test_two_faults_of_one_entry_are_both_told() -> None:
    """A wrong target hides no wrong template."""
    mapping = PromptMapping(target="6.txt", source="prompt", template="{")
    assert len(_faults(prompt_mappings=[mapping])) == 2


@pytest.mark.parametrize("name", ["target", "source", "template"])
def test_a_text_that_cannot_be_stored_is_a_fault(name: str) -> None:
    """It is told before the database tells it."""
    mapping = PromptMapping(target="6.text", source="prompt", template="x")
    bad = evolve(mapping, **{name: "prompt\ud800"})
    assert any("UTF-8" in str(it) for it in _faults(prompt_mappings=[bad]))


def test_a_name_that_cannot_be_stored_is_a_fault() -> None:
    """It has no target."""
    made = evolve(configuration(), name="\ud800")
    [fault] = find_faults(made, made.workflow, ())
    assert (fault.part, fault.target) == (DraftPart.NAME, "")
    assert str(fault).startswith("Name: ")


def test_a_strength_that_nothing_has_is_a_fault_of_the_style() -> None:
    """Without a target, for the mapping names none."""
    made = configuration(style_reference_mapping=AutoDetect(strength=1.0))
    [fault] = find_faults(made, made.workflow, ())
    assert (fault.part, fault.target) == (DraftPart.STYLE, "")


def test_what_was_refused_is_a_fault() -> None:
    """With the sentence of the refusal, at the input that it was for."""
    made = configuration()
    refused = RefusedValue(
        part=DraftPart.LOCK, target="KSampler.cfg", value={1}, sentence="no JSON."
    )
    [fault] = find_faults(made, made.workflow, [refused])
    assert (fault.ref, str(fault)) == (InputRef("3", "cfg"), "no JSON.")


def test_locks_that_name_nothing_lock_nothing() -> None:
    """The others do."""
    locks = [LockedInput(target=it, value=1) for it in ("3.steps", "3.stepz")]
    made = configuration(locked_inputs=locks)
    assert locked_inputs(made, made.workflow) == {InputRef("3", "steps")}


_TARGETS = st.sampled_from(
    ["6.text", "@Bad things.text", "7.text", "3.steps", "KSampler.steps", "3.", "9.x"]
)
_VALUES = st.sampled_from([1, "a", ["4", 0], ["99", 0], None])


@given(
    mappings=st.lists(
        st.builds(
            PromptMapping,
            target=_TARGETS,
            source=st.sampled_from(["prompt", "mood", "static_text", ""]),
            template=st.sampled_from([None, "a {prompt}", "{mood}", "{", "}"]),
        ),
        max_size=3,
    ),
    defaults=st.lists(
        st.builds(InputDefault, target=_TARGETS, value=_VALUES), max_size=3
    ),
    locks=st.lists(st.builds(LockedInput, target=_TARGETS, value=_VALUES), max_size=3),
    style=st.sampled_from(
        [
            AutoDetect(),
            AutoDetect(strength=1.0),
            Explicit(target="20.image"),
            Explicit(target="22.image", strength=0.5),
            Explicit(target="3.steps"),
            Explicit(target="."),
        ]
    ),
)
def test_there_are_faults_exactly_where_the_check_refuses(
    mappings: Any, defaults: Any, locks: Any, style: Any
) -> None:
    """What a draft lets through can be saved, and what it refuses could not be."""
    made = configuration(
        with_ip_adapter(),
        prompt_mappings=mappings,
        input_defaults=defaults,
        locked_inputs=locks,
        style_reference_mapping=style,
    )
    faults = find_faults(made, made.workflow, ())
    if faults:
        with pytest.raises(MappingError):
            check_configuration(made)
    else:
        check_configuration(made)
