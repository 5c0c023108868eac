"""Tests of `comfy_assets.domain.workflows.editing.draft`."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.checks import check_configuration
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    InputDefault,
    LockedInput,
    PromptInjection,
    PromptMapping,
)
from comfy_assets.domain.workflows.editing.carrying import Carrying
from comfy_assets.domain.workflows.editing.draft import WorkflowDraft
from comfy_assets.domain.workflows.editing.fields import FieldState
from comfy_assets.domain.workflows.editing.parts import DraftPart
from comfy_assets.domain.workflows.editing.preview import SampleEntity
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.validation import FaultKind
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import (
    JSON,
    configuration,
    node,
    text_to_image,
    with_ip_adapter,
)
from tests.unit.domain.workflows.object_info import BASICS, older

_SAVED = configuration(
    with_ip_adapter(),
    prompt_mappings=[PromptMapping(target="@Portrait v1\\.5.text", source="prompt")],
)


@pytest.fixture
def draft() -> WorkflowDraft:
    """Return a draft that changes nothing yet."""
    return WorkflowDraft.begin(_SAVED)


def test_a_draft_begins_with_nothing_changed(draft: WorkflowDraft) -> None:
    """It shows what is saved."""
    assert draft.diff() == ()
    assert draft.faults == ()
    assert draft.configuration == draft.saved == _SAVED
    assert draft.workflow == _SAVED.workflow
    assert draft.to_json()["slot"] == "portrait"


def test_a_step_leaves_the_draft_before_it_alone(draft: WorkflowDraft) -> None:
    """So that it can be undone by going back to it."""
    changed = draft.with_default("3.steps", 30).with_name("Busts")
    assert draft.diff() == ()
    assert [str(it) for it in changed.diff()] == [
        'changed name: "portraits" -> "Busts"',
        "added default 3.steps: 30",
    ]


def test_a_mapping_is_changed_in_its_own_spelling(draft: WorkflowDraft) -> None:
    """A title outlives the ids of an export."""
    changed = draft.with_mapping("6.text", "prompt", "art of {name}, {prompt}")
    assert changed.configuration.prompt_mappings == (
        PromptMapping(
            target="@Portrait v1\\.5.text",
            source="prompt",
            template="art of {name}, {prompt}",
        ),
    )
    assert changed.field("6.text").state is FieldState.MAPPED


def test_a_mapping_is_taken_away(draft: WorkflowDraft) -> None:
    """By any address of its input."""
    changed = draft.without_mapping("CLIPTextEncode.positive")
    assert changed.configuration.prompt_mappings == ()


def test_half_a_template_is_kept_with_its_fault(draft: WorkflowDraft) -> None:
    """It stands beside its field until it is whole."""
    half = draft.with_mapping("6.text", "prompt", "art of {na")
    field = half.field("6.text")
    assert field.mapping is not None
    assert field.mapping.template == "art of {na"
    assert [it.part for it in field.faults] == [DraftPart.MAPPING]
    assert half.with_mapping("6.text", "prompt", "art of {name}").faults == ()


def test_defaults_and_locks_come_and_go(draft: WorkflowDraft) -> None:
    """Each for itself."""
    both = draft.with_default("3.steps", 30).with_lock("KSampler.steps", 20)
    assert both.configuration.input_defaults == (
        InputDefault(target="3.steps", value=30),
    )
    assert both.configuration.locked_inputs == (
        LockedInput(target="KSampler.steps", value=20),
    )
    assert both.without_lock("3.steps").field("3.steps").value == 30
    assert both.without_default("3.steps").without_lock("3.steps").diff() == ()


@pytest.mark.parametrize("step", ["with_default", "with_lock"])
def test_a_value_that_is_no_json_is_kept_with_its_fault(
    draft: WorkflowDraft, step: str
) -> None:
    """Nothing is raised and nothing lost; a good value sets it right."""
    bad = getattr(draft.with_default("3.cfg", 5.0), step)("3.cfg", math.nan)
    worse = getattr(bad, step)("KSampler.cfg", {1, 2})
    assert worse.field("3.cfg").value == {1, 2}
    [fault] = worse.faults
    assert "no JSON" in str(fault)
    assert getattr(worse, step)("3.cfg", 6.0).faults == ()


def test_a_refused_value_can_be_taken_back(draft: WorkflowDraft) -> None:
    """What was there before it stands again."""
    bad = draft.with_default("3.cfg", 5.0).with_default("3.cfg", math.inf)
    assert bad.faults
    assert bad.without_default("3.cfg").diff() == ()
    assert bad.without_default("3.cfg").faults == ()
    locked = draft.with_lock("3.cfg", math.inf)
    assert locked.without_lock("3.cfg").faults == ()


def test_reset_gives_the_workflows_own_value_back(draft: WorkflowDraft) -> None:
    """Mapping, default and lock are gone."""
    changed = draft.with_default("6.text", "a").with_lock("6.text", math.nan)
    field = changed.reset("CLIPTextEncode.positive").field("6.text")
    assert field.state is FieldState.FREE
    assert field.value == field.original == "a bottle"


def test_a_field_is_found_by_any_address(draft: WorkflowDraft) -> None:
    """A mere socket has none."""
    assert draft.field("KSampler.steps").address == "3.steps"
    with pytest.raises(MappingError, match="socket"):
        draft.field("3.model")
    with pytest.raises(MappingError, match="no input"):
        draft.field("3.stepz")


def test_a_preview_is_that_of_the_inputs_mapping(draft: WorkflowDraft) -> None:
    """By any address; an input without one says so."""
    sample = SampleEntity(prompt="a bard")
    assert draft.preview("6.text", sample).text == "a bard"
    assert draft.preview("7.text", sample).problem == "7.text: no text goes into it."


def test_the_style_reference_is_chosen_from_what_was_found(
    draft: WorkflowDraft,
) -> None:
    """Locks count."""
    auto, explicit, *_ = draft.style_choices
    assert auto.is_chosen
    assert auto.sentence == "Found node: IPAdapterAdvanced (20)"
    chosen = draft.with_style(explicit.mapping)
    assert chosen.style_choices[1].is_chosen
    assert "no style node" in draft.with_lock("22.image", "a").style_choices[0].sentence


def test_a_changed_workflow_takes_over_what_fits(draft: WorkflowDraft) -> None:
    """And tells what does not."""
    graph = text_to_image()
    del graph["3"]["inputs"]["cfg"]
    changed = draft.with_lock("3.cfg", 4.0).with_lock("3.steps", 9).with_workflow(graph)
    assert changed.configuration.locked_inputs == (
        LockedInput(target="3.steps", value=9),
    )
    assert (
        changed.workflow == Workflow.from_api(graph) == changed.configuration.workflow
    )
    assert [str(it) for it in changed.carried if it.outcome is Carrying.DROPPED] == [
        "3.cfg: node 3 has no input 'cfg' any more."
    ]
    assert changed.faults == ()
    assert "removed node 20" in str(changed.diff()[0])
    assert "22.image" not in {it.address for it in changed.fields}


def test_a_workflow_that_cannot_be_read_leaves_the_one_that_is_there(
    draft: WorkflowDraft,
) -> None:
    """The fault goes with a good one, be it the same again."""
    bad = draft.with_workflow("{").with_workflow([])  # type: ignore[arg-type]
    [fault] = bad.faults
    assert (fault.part, bad.workflow) == (DraftPart.WORKFLOW, draft.workflow)
    assert bad.with_workflow(text_to_image()).faults == ()
    again = bad.with_workflow(bad.workflow)
    assert (again.faults, again.diff()) == ((), ())


def test_a_server_says_what_it_would_refuse() -> None:
    """Beside the draft's own faults, and never against saving."""
    graph = {
        "1": node("Empty", width=64, color=1),
        "2": node("Save", images=["1", 0], prefix="x"),
    }
    draft = WorkflowDraft.begin(configuration(graph), older(**BASICS))
    narrow = draft.with_default("1.width", 5)
    assert [it.kind for it in narrow.server_faults] == [FaultKind.TOO_SMALL]
    assert narrow.faults == ()
    assert narrow.field("1.width").minimum == 16


def test_what_was_saved_is_the_next_beginning() -> None:
    """With the same classes, and why there are none."""
    catalogue = older(**BASICS)
    draft = WorkflowDraft.begin(_SAVED, catalogue, catalogue_problem="old")
    changed = draft.with_default("3.steps", 30)
    again = changed.begun_from(changed.configuration)
    assert again.diff() == ()
    assert again.saved == changed.configuration
    assert (again.catalogue, again.catalogue_problem) == (catalogue, "old")


_TARGETS = st.sampled_from(
    [
        *("6.text", "7.text", "@Bad things.text", "CLIPTextEncode.positive", "6.te"),
        *("3.steps", "KSampler.steps", "3.model", "22.image", "9.x", "3.", "", "."),
    ]
) | st.text(max_size=4)
_SOURCES = st.sampled_from(["prompt", "mood", "static_text", ""]) | st.text(max_size=3)
_TEMPLATES = st.none() | st.sampled_from(["a {prompt}", "{mo", "}"]) | st.text()
_STYLES = st.sampled_from([AutoDetect(), PromptInjection(), Disabled()]) | st.builds(
    Explicit, target=_TARGETS, strength=st.none() | st.floats(-1, 1)
)
_GRAPHS = (
    st.sampled_from([text_to_image(), with_ip_adapter(), "{", {"1": node("Own", a=1)}])
    | JSON
)
_STEPS = st.one_of(
    st.tuples(st.just("with_name"), st.text(max_size=3)),
    st.tuples(st.just("with_mapping"), _TARGETS, _SOURCES, _TEMPLATES),
    st.tuples(st.sampled_from(["with_default", "with_lock"]), _TARGETS, JSON),
    st.tuples(
        st.sampled_from(
            ["without_mapping", "without_default", "without_lock", "reset"]
        ),
        _TARGETS,
    ),
    st.tuples(st.just("with_style"), _STYLES),
    st.tuples(st.just("with_workflow"), _GRAPHS),
)


@given(steps=st.lists(_STEPS, max_size=8))
def test_no_order_of_steps_raises(steps: list[tuple[Any, ...]]) -> None:
    """Whatever is typed: all can be looked at, and what has no faults can be stored."""
    draft = WorkflowDraft.begin(_SAVED)
    for name, *words in steps:
        draft = getattr(draft, name)(*words)
        assert all(str(it) for it in (*draft.faults, *draft.diff()))
        assert sum(it.is_chosen for it in draft.style_choices) == 1
        for field in draft.fields:
            assert draft.field(field.address) == field
            draft.preview(field.address, SampleEntity(prompt="x"))
        if not draft.faults:
            check_configuration(draft.configuration)
    assert draft.to_json()["slot"] == "portrait"
    assert draft.saved == _SAVED


@given(target=_TARGETS, value=JSON)
def test_what_is_set_and_reset_is_as_it_was(target: str, value: object) -> None:
    """On a configuration that says nothing of its inputs."""
    draft = WorkflowDraft.begin(configuration())
    changed = draft.with_default(target, value).with_lock(target, value)
    back = changed.with_mapping(target, "prompt").reset(target)
    assert back.diff() == ()
    assert back.faults == ()
