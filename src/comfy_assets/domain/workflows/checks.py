"""Whether a configuration fits its own graph; asked when it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.domain.workflows.addresses import resolve
from comfy_assets.domain.workflows.style_places import style_place
from comfy_assets.domain.workflows.texts import read_mapping
from comfy_assets.errors import MappingError, WorkflowFormatError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from comfy_assets.domain.workflows.configuration import (
        InputDefault,
        LockedInput,
        WorkflowConfiguration,
    )
    from comfy_assets.domain.workflows.graph import InputRef, Workflow


def check_configuration(configuration: WorkflowConfiguration) -> None:
    """Check that every target and template of a configuration fits its workflow.

    Raises:
        MappingError: At the first one that does not: an address that names no input or
            several, two mappings (or two defaults, or two locks) of one input, a
            template that cannot be read or uses an unknown name, a value that links
            to a node that does not exist, a style strength that no node has.
    """
    workflow = configuration.workflow
    for mapping in configuration.prompt_mappings:
        read_mapping(mapping)
    resolve_all(workflow, (m.target for m in configuration.prompt_mappings))
    # Two steps: an input may have both a default and a lock, and the lock wins.
    for kind in (configuration.input_defaults, configuration.locked_inputs):
        entries: Sequence[InputDefault | LockedInput] = kind
        refs = resolve_all(workflow, (entry.target for entry in entries))
        for entry, ref in zip(entries, refs, strict=True):
            write(workflow, ref, entry.value, address=entry.target)
    locked = resolve_all(workflow, [e.target for e in configuration.locked_inputs])
    style_place(workflow, configuration.style_reference_mapping, locked)


def resolve_all(workflow: Workflow, addresses: Iterable[str]) -> dict[InputRef, str]:
    """Return the inputs that addresses name, in their order, each with its address.

    Raises:
        MappingError: When an address does not fit, or two name the same input.
    """
    refs: dict[InputRef, str] = {}
    for address in addresses:
        ref = resolve(workflow, address)
        if ref in refs:
            problem = f"it names the same input as {refs[ref]!r}: keep one of them."
            raise MappingError(address, problem)
        refs[ref] = address
    return refs


def write(
    workflow: Workflow, ref: InputRef, value: object, *, address: str
) -> Workflow:
    """Return a copy of the workflow in which one input has this value.

    Raises:
        MappingError: When the value is none that JSON has, or links to a node that
            does not exist; it names the given address.
    """
    try:
        return workflow.with_inputs({ref: value})
    except WorkflowFormatError as e:
        raise MappingError(address, f"{e.problem}.") from e
