"""The parts of a configuration, and entries of them found by the input they name."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from attrs import evolve

from comfy_assets.domain.json_values import freeze_json
from comfy_assets.domain.workflows.addresses import resolve
from comfy_assets.domain.workflows.configuration import (
    InputDefault,
    LockedInput,
    PromptMapping,
)
from comfy_assets.errors import MappingError, WorkflowFormatError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.domain.workflows.graph import InputRef, Workflow

#: What names an input in a configuration.
Entry: TypeAlias = PromptMapping | InputDefault | LockedInput

_EntryT = TypeVar("_EntryT", bound=Entry)


class DraftPart(StrEnum):
    """A part of a configuration that a draft changes."""

    #: The name for people.
    NAME = "name"
    #: The graph.
    WORKFLOW = "workflow"
    #: A node of the graph.
    NODE = "node"
    #: An input's value in the graph itself.
    INPUT = "input"
    #: Which text goes into an input.
    MAPPING = "mapping"
    #: A value that requests may override.
    DEFAULT = "default"
    #: A value that nobody may override.
    LOCK = "lock"
    #: What a style reference does.
    STYLE = "style"


#: The parts whose entries hold a value: their class, and where a configuration has
#: them.
VALUE_PARTS: Final[Mapping[DraftPart, tuple[type[InputDefault | LockedInput], str]]] = {
    DraftPart.DEFAULT: (InputDefault, "input_defaults"),
    DraftPart.LOCK: (LockedInput, "locked_inputs"),
}


def find_input(workflow: Workflow, target: str) -> InputRef | None:
    """Return the input that a target names; ``None`` where it names none, or several.

    Half of what a person types names none.
    """
    try:
        return resolve(workflow, target)
    except MappingError:
        return None


def names_same(workflow: Workflow, one: str, other: str) -> bool:
    """Return whether two targets name the same input, in whatever spelling."""
    if one == other:
        return True
    ref = find_input(workflow, one)
    return ref is not None and ref == find_input(workflow, other)


def with_entry(
    workflow: Workflow, entries: Sequence[_EntryT], entry: _EntryT
) -> tuple[_EntryT, ...]:
    """Return entries with this one in the place of the one for the same input.

    That one's spelling of the target stays: a title outlives ids. Where there is none,
    the entry is put last.
    """
    changed: list[_EntryT] = []
    is_there = False
    for old in entries:
        if not names_same(workflow, old.target, entry.target):
            changed.append(old)
        elif not is_there:
            changed.append(evolve(entry, target=old.target))
            is_there = True
    return tuple(changed) if is_there else (*changed, entry)


def without_entry(
    workflow: Workflow, entries: Sequence[_EntryT], target: str
) -> tuple[_EntryT, ...]:
    """Return entries without those for an input."""
    return tuple(it for it in entries if not names_same(workflow, it.target, target))


def text_problem(*texts: str | None) -> str | None:
    """Return why a text cannot be stored; ``None`` where all can be."""
    try:
        freeze_json(texts)
    except WorkflowFormatError as error:
        return error.problem
    return None
