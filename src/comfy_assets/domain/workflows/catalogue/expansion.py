"""Which inputs a node of a graph has: what dynamic kinds become by its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from comfy_assets.domain.workflows.catalogue.inputs import (
    Autogrow,
    DynamicCombo,
    InputDescription,
    Section,
)


@frozen
class Expansion:
    """What the inputs of a class become with the values of one node."""

    #: What the server takes from the node, under full names, in order.
    live: tuple[InputDescription, ...]
    #: Dynamic choices, under full names, for which the node gives no valid key.
    unchosen: tuple[InputDescription, ...]


def live_inputs(
    inputs: Iterable[InputDescription], values: Mapping[str, Any]
) -> tuple[InputDescription, ...]:
    """Return what the server takes from a node with these values, under full names.

    As ComfyUI 0.33 does it before it validates. A dynamic choice without a valid key is
    gone with all that it would bring. A row that grows becomes its single inputs, of
    which the first `Autogrow.minimum` are required; itself it is no input. Hidden
    inputs are left out.

    Args:
        inputs: Those of a `NodeDescription`.
        values: The node's ``inputs``, by name.
    """
    return expand(inputs, values).live


def expand(inputs: Iterable[InputDescription], values: Mapping[str, Any]) -> Expansion:
    """Return what `live_inputs` does, and the choices that led nowhere."""
    live: list[InputDescription] = []
    unchosen: list[InputDescription] = []
    # A stack, last first: what an input becomes stands in its place.
    waiting = [entry for entry in inputs if entry.section != "hidden"][::-1]
    while waiting:
        entry = waiting.pop()
        match entry.dynamic:
            case DynamicCombo() as combo:
                key = values.get(entry.name)
                option = combo.option(key) if entry.name in values else None
                if option is None:
                    unchosen.append(entry)
                    continue
                live.append(entry)
                waiting += [
                    _below(entry, inner, inner.name, inner.section)
                    for inner in option.inputs[::-1]
                ]
            case Autogrow() as row:
                live += _grown(entry, row)
            case _:
                live.append(entry)
    return Expansion(tuple(live), tuple(unchosen))


def _grown(parent: InputDescription, row: Autogrow) -> list[InputDescription]:
    sections: tuple[Section, Section] = ("optional", "required")
    return [
        _below(parent, row.template, name, sections[number < row.minimum])
        for number, name in enumerate(row.names)
    ]


def _below(
    parent: InputDescription,
    inner: InputDescription,
    name: str,
    section: Section,
) -> InputDescription:
    # Not `evolve`: a row may have a hundred inputs, and this is ten times as fast.
    return InputDescription(
        name=f"{parent.name}.{name}",
        section=section,
        type=inner.type,
        choices=inner.choices,
        has_list_type=inner.has_list_type,
        dynamic=inner.dynamic,
        options=inner.options,
    )
