"""What is wrong with a draft: every fault at once, each beside what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from attrs import frozen

from comfy_assets.domain.workflows.addresses import resolve
from comfy_assets.domain.workflows.checks import write
from comfy_assets.domain.workflows.configuration import Explicit, WorkflowConfiguration
from comfy_assets.domain.workflows.editing.parts import (
    DraftPart,
    Entry,
    find_input,
    text_problem,
)
from comfy_assets.domain.workflows.editing.refusals import RefusedValue
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style_places import style_place
from comfy_assets.domain.workflows.texts import read_mapping
from comfy_assets.errors import MappingError


@frozen(kw_only=True)
class DraftFault:
    """One thing that is wrong with a draft; ``str(fault)`` is its sentence."""

    #: What it is about.
    part: DraftPart
    #: The target as the draft has it; empty where the part has none.
    target: str
    #: The input that the target names; ``None`` where it names none, or several.
    ref: InputRef | None
    #: What is wrong and what to do, for a person.
    sentence: str
    #: Addresses, or names for a template, that would fit, best first.
    candidates: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.sentence


def find_faults(
    configuration: WorkflowConfiguration,
    workflow: Workflow,
    refused: Sequence[RefusedValue],
) -> tuple[DraftFault, ...]:
    """Return all that stands against saving a configuration.

    Without what was refused, it is empty exactly where `check_configuration` passes
    and all texts can be stored.

    Args:
        configuration: What is to be saved.
        workflow: Its graph, read.
        refused: What steps could not take.
    """
    return (
        *_of_refused(workflow, refused),
        *_of_name(configuration),
        *_of_entries(
            workflow, DraftPart.MAPPING, configuration.prompt_mappings, _check_mapping
        ),
        *_of_entries(
            workflow, DraftPart.DEFAULT, configuration.input_defaults, _check_value
        ),
        *_of_entries(
            workflow, DraftPart.LOCK, configuration.locked_inputs, _check_value
        ),
        *_of_style(configuration, workflow),
    )


def _of_refused(
    workflow: Workflow, refused: Sequence[RefusedValue]
) -> Iterator[DraftFault]:
    for each in refused:
        yield DraftFault(
            part=each.part,
            target=each.target,
            ref=find_input(workflow, each.target),
            sentence=each.sentence,
        )


def _of_name(configuration: WorkflowConfiguration) -> Iterator[DraftFault]:
    problem = text_problem(configuration.name)
    if problem is not None:
        yield DraftFault(
            part=DraftPart.NAME, target="", ref=None, sentence=f"Name: {problem}."
        )


def _of_entries(
    workflow: Workflow,
    part: DraftPart,
    entries: Sequence[Entry],
    check: Callable[[Workflow, Any], None],
) -> Iterator[DraftFault]:
    seen: dict[InputRef, str] = {}
    for entry in entries:
        ref = find_input(workflow, entry.target)
        looks = (partial(_check_target, seen=seen), check)
        for look in looks:
            try:
                look(workflow, entry)
            except MappingError as error:
                yield _fault(part, entry.target, ref, error)


def _check_target(
    workflow: Workflow, entry: Entry, *, seen: dict[InputRef, str]
) -> None:
    ref = resolve(workflow, entry.target)
    if ref in seen:
        problem = f"it names the same input as {seen[ref]!r}: keep one of them."
        raise MappingError(entry.target, problem)
    seen[ref] = entry.target


def _check_mapping(_: Workflow, entry: Any) -> None:  # noqa: ANN401 - a PromptMapping
    problem = text_problem(entry.target, entry.source, entry.template)
    if problem is not None:
        raise MappingError(entry.target, f"{problem}.")
    read_mapping(entry)


def _check_value(workflow: Workflow, entry: Any) -> None:  # noqa: ANN401 - a default or a lock
    ref = find_input(workflow, entry.target)
    if ref is not None:
        write(workflow, ref, entry.value, address=entry.target)


def _of_style(
    configuration: WorkflowConfiguration, workflow: Workflow
) -> Iterator[DraftFault]:
    mapping = configuration.style_reference_mapping
    target = mapping.target if isinstance(mapping, Explicit) else ""
    try:
        style_place(workflow, mapping, locked_inputs(configuration, workflow))
    except MappingError as error:
        yield _fault(DraftPart.STYLE, target, find_input(workflow, target), error)


def locked_inputs(
    configuration: WorkflowConfiguration, workflow: Workflow
) -> set[InputRef]:
    """Return the inputs that are locked; locks that name none are left out."""
    refs = (find_input(workflow, it.target) for it in configuration.locked_inputs)
    return {ref for ref in refs if ref is not None}


def _fault(
    part: DraftPart, target: str, ref: InputRef | None, error: MappingError
) -> DraftFault:
    return DraftFault(
        part=part,
        target=target,
        ref=ref,
        sentence=str(error),
        candidates=error.candidates,
    )
