"""`DraftField`: an input of a draft as a screen shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from comfy_assets.domain.workflows.addresses import address_of
from comfy_assets.domain.workflows.analysis import (
    AnalyzedInput,
    AnalyzedNode,
    WorkflowAnalysis,
)
from comfy_assets.domain.workflows.configuration import (
    PromptMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.editing.faults import DraftFault
from comfy_assets.domain.workflows.editing.parts import DraftPart, Entry, find_input
from comfy_assets.domain.workflows.editing.refusals import RefusedValue
from comfy_assets.domain.workflows.editing.widgets import WidgetKind, widget_of
from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow
from comfy_assets.domain.workflows.roles import Role


class FieldState(StrEnum):
    """Where an input's value comes from; the last of these that fits wins."""

    #: From the workflow itself.
    FREE = "free"
    #: From the configuration; a request may override it.
    DEFAULT = "default"
    #: From a request's texts; a request may override it.
    MAPPED = "mapped"
    #: From the configuration, whatever a request says.
    LOCKED = "locked"


@frozen(kw_only=True)
class DraftField:
    """An input of a draft, with all that a widget for it needs."""

    #: Its node and name.
    ref: InputRef
    #: How steps name it; any other address of the same input will do, too.
    address: str
    #: What the editor of ComfyUI calls it.
    title: str
    #: The title that a person gave its node, else what ComfyUI calls the class.
    node_title: str
    #: Its node's class, such as ``"KSampler"``.
    class_type: str
    #: Which kind of widget sets it.
    widget: WidgetKind
    #: What stands in it; the lock's value, else the default's, else `original`. A
    #: refused value shows as it was given.
    value: Any
    #: What the workflow itself says; ``("4", 0)`` is a link.
    original: Any
    #: Whether the workflow links it to another node; any value cuts the link.
    is_linked: bool
    #: Where its value comes from in a run.
    state: FieldState
    #: Which text goes into it; ``None`` where none does. A lock wins over it.
    mapping: PromptMapping | None
    #: The smallest number that it takes, inclusive; ``None`` where nothing is told.
    minimum: float | None
    #: The largest number that it takes, inclusive; ``None`` where nothing is told.
    maximum: float | None
    #: By how much the widget changes a number; ``None`` where nothing is told.
    step: float | None
    #: What may be chosen, in order; ``None`` where it is no choice, or where only a
    #: server could tell.
    choices: tuple[Any, ...] | None = field(repr=False)
    #: A sentence of its class's author; may be empty.
    tooltip: str = field(repr=False)
    #: What it does for the picture, where that was found.
    role: Role | None
    #: What is wrong with it.
    faults: tuple[DraftFault, ...]


def make_fields(
    configuration: WorkflowConfiguration,
    workflow: Workflow,
    analysis: WorkflowAnalysis,
    *,
    refused: Sequence[RefusedValue],
    faults: Sequence[DraftFault],
) -> tuple[DraftField, ...]:
    """Return the fields of a draft, by node as in the graph.

    They are the inputs that a person may set, and those that an entry names.

    Args:
        configuration: As the draft has it.
        workflow: Its graph, read.
        analysis: Of that graph.
        refused: What steps could not take.
        faults: What is wrong with the draft.
    """
    maker = _Maker(
        workflow=workflow,
        images={entry.ref for entry in analysis.image_inputs},
        seeds={entry.ref for entry in analysis.seeds},
        mappings=_by_input(workflow, configuration.prompt_mappings),
        values={
            DraftPart.DEFAULT: _values(
                workflow, configuration.input_defaults, refused, DraftPart.DEFAULT
            ),
            DraftPart.LOCK: _values(
                workflow, configuration.locked_inputs, refused, DraftPart.LOCK
            ),
        },
        faults=faults,
    )
    return tuple(made for node in analysis.nodes for made in maker.fields_of(node))


def _by_input(workflow: Workflow, entries: Sequence[Any]) -> dict[InputRef, Any]:
    found: dict[InputRef, Entry] = {}
    for entry in entries:
        ref = find_input(workflow, entry.target)
        if ref is not None:
            found.setdefault(ref, entry)
    return found


def _values(
    workflow: Workflow,
    entries: Sequence[Any],
    refused: Sequence[RefusedValue],
    part: DraftPart,
) -> dict[InputRef, Any]:
    """Return by input what stands in it; what was refused goes before what stands."""
    refused_here = [it for it in refused if it.part is part]
    found = _by_input(workflow, entries) | _by_input(workflow, refused_here)
    return {ref: entry.value for ref, entry in found.items()}


@frozen(kw_only=True)
class _Maker:
    workflow: Workflow
    images: Collection[InputRef]
    seeds: Collection[InputRef]
    mappings: Mapping[InputRef, PromptMapping]
    values: Mapping[DraftPart, Mapping[InputRef, Any]]
    faults: Sequence[DraftFault]

    def fields_of(self, node: AnalyzedNode) -> Iterator[DraftField]:
        """Yield the fields of one node."""
        listed = {entry.ref for entry in node.inputs}
        for entry in node.inputs:
            yield self._field(node, entry)
        for name in self.workflow.nodes[node.node_id].inputs:
            ref = InputRef(node.node_id, name)
            if ref not in listed and self._is_named(ref):
                yield self._field(node, _socket(ref))

    def _field(self, node: AnalyzedNode, entry: AnalyzedInput) -> DraftField:
        ref = entry.ref
        original = self.workflow.nodes[ref.node_id].inputs[ref.input_name]
        is_linked = isinstance(original, Link)
        if isinstance(original, Link):
            original = (original.node_id, original.slot)
        defaults, locks = self.values[DraftPart.DEFAULT], self.values[DraftPart.LOCK]
        return DraftField(
            ref=ref,
            address=entry.address,
            title=entry.title,
            node_title=node.title,
            class_type=node.class_type,
            widget=widget_of(entry, images=self.images, seeds=self.seeds),
            value=locks.get(ref, defaults.get(ref, original)),
            original=original,
            is_linked=is_linked,
            state=self._state(ref),
            mapping=self.mappings.get(ref),
            minimum=entry.minimum,
            maximum=entry.maximum,
            step=entry.step,
            choices=entry.choices,
            tooltip=entry.tooltip,
            role=entry.role,
            faults=tuple(it for it in self.faults if it.ref == ref),
        )

    def _is_named(self, ref: InputRef) -> bool:
        return self._state(ref) is not FieldState.FREE

    def _state(self, ref: InputRef) -> FieldState:
        if ref in self.values[DraftPart.LOCK]:
            return FieldState.LOCKED
        if ref in self.mappings:
            return FieldState.MAPPED
        if ref in self.values[DraftPart.DEFAULT]:
            return FieldState.DEFAULT
        return FieldState.FREE


def _socket(ref: InputRef) -> AnalyzedInput:
    """Return an input that is no widget in the editor, as a mapping may name it."""
    return AnalyzedInput(
        ref=ref,
        address=address_of(ref),
        title=ref.input_name,
        type="",
        value=None,
        is_linked=True,
        minimum=None,
        maximum=None,
        step=None,
        choices=None,
        is_multiline=False,
        tooltip="",
        role=None,
    )
