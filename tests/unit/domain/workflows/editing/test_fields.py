"""Tests of `comfy_assets.domain.workflows.editing.fields`."""

from __future__ import annotations

from typing import Any

from comfy_assets.domain.workflows.analysis import analyze
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.configuration import (
    InputDefault,
    LockedInput,
    PromptMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.editing.faults import find_faults
from comfy_assets.domain.workflows.editing.fields import (
    DraftField,
    FieldState,
    make_fields,
)
from comfy_assets.domain.workflows.editing.parts import DraftPart
from comfy_assets.domain.workflows.editing.refusals import RefusedValue
from comfy_assets.domain.workflows.editing.widgets import WidgetKind
from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.roles import Role
from tests.unit.domain.workflows.graphs import configuration, node, text_to_image
from tests.unit.domain.workflows.object_info import described, older


def _fields(
    made: WorkflowConfiguration,
    *refused: RefusedValue,
    catalogue: Catalogue | None = None,
) -> dict[str, DraftField]:
    workflow = made.workflow
    fields = make_fields(
        made,
        workflow,
        analyze(workflow, catalogue),
        refused=refused,
        faults=find_faults(made, workflow, refused),
    )
    return {field.address: field for field in fields}


def _with(**parts: Any) -> WorkflowConfiguration:
    return configuration(**parts)


def test_a_field_tells_what_a_widget_needs() -> None:
    """Node, class, range, step, role and value."""
    field = _fields(_with())["3.steps"]
    assert field.ref == InputRef("3", "steps")
    assert (field.class_type, field.node_title) == ("KSampler", "KSampler")
    assert (field.minimum, field.maximum, field.step) == (1, 10_000, 1)
    assert (field.widget, field.role) == (WidgetKind.INTEGER, Role.STEPS)
    assert (field.value, field.original, field.state) == (20, 20, FieldState.FREE)
    assert not field.is_linked
    assert field.faults == ()


def test_a_titled_node_is_called_by_its_title() -> None:
    """A person knows it by the one that a person gave."""
    assert _fields(_with())["6.text"].node_title == "Portrait v1.5"


def test_a_default_shows_in_place_of_the_workflows_value() -> None:
    """The original stays to be seen; the default may spell its target as it likes."""
    defaults = [InputDefault(target="KSampler.steps", value=30)]
    field = _fields(_with(input_defaults=defaults))["3.steps"]
    assert (field.value, field.original) == (30, 20)
    assert field.state is FieldState.DEFAULT


def test_a_lock_wins_over_a_mapping_and_a_mapping_over_a_default() -> None:
    """As in a run."""
    parts: dict[str, Any] = {
        "input_defaults": [InputDefault(target="6.text", value="default")]
    }
    assert _fields(_with(**parts))["6.text"].state is FieldState.DEFAULT
    mapping = PromptMapping(target="6.text", source="prompt")
    parts["prompt_mappings"] = [mapping]
    mapped = _fields(_with(**parts))["6.text"]
    assert (mapped.state, mapped.value) == (FieldState.MAPPED, "default")
    assert mapped.mapping == mapping
    parts["locked_inputs"] = [LockedInput(target="6.text", value="lock")]
    locked = _fields(_with(**parts))["6.text"]
    assert (locked.state, locked.value) == (FieldState.LOCKED, "lock")
    assert locked.mapping == mapping


def test_a_refused_value_shows_as_it_was_given_with_its_fault() -> None:
    """Nothing that a person typed is lost."""
    locks = [LockedInput(target="3.cfg", value=1.0)]
    given = {1}
    refused = RefusedValue(
        part=DraftPart.LOCK, target="KSampler.cfg", value=given, sentence="No."
    )
    field = _fields(_with(locked_inputs=locks), refused)["3.cfg"]
    assert field.value is given
    assert [str(fault) for fault in field.faults] == ["No."]
    assert field.state is FieldState.LOCKED


def test_a_socket_is_a_field_only_where_an_entry_names_it() -> None:
    """It is shown then, for a person to take the entry away."""
    assert "3.model" not in _fields(_with())
    locks = [LockedInput(target="3.model", value=["4", 0])]
    field = _fields(_with(locked_inputs=locks))["3.model"]
    assert (field.widget, field.is_linked) == (WidgetKind.JSON, True)
    assert (field.original, field.state) == (("4", 0), FieldState.LOCKED)


def test_a_target_that_names_nothing_makes_no_field() -> None:
    """Its fault stands in the list of all faults alone."""
    mapping = PromptMapping(target="6.txt", source="prompt")
    fields = _fields(_with(prompt_mappings=[mapping]))
    assert fields.keys() == _fields(_with()).keys()
    assert not any(field.faults for field in fields.values())


def test_of_two_entries_for_one_input_the_first_shows() -> None:
    """The second is at fault, and says so."""
    locks = [LockedInput(target=it, value=it) for it in ("3.cfg", "KSampler.cfg")]
    field = _fields(_with(locked_inputs=locks))["3.cfg"]
    assert field.value == "3.cfg"
    assert len(field.faults) == 1


def test_choices_and_tooltips_come_from_the_servers_classes() -> None:
    """As the server tells them."""
    graph = {**text_to_image(), "1": node("Own", mode="a")}
    own = described(required={"mode": [["a", "b"], {"tooltip": "How."}]})
    made = configuration(graph)
    field = _fields(made, catalogue=older(Own=own))["1.mode"]
    assert (field.choices, field.tooltip) == (("a", "b"), "How.")
