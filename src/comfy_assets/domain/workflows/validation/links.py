"""Judges links: their spelling, where they lead, and whether the types fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from comfy_assets.domain.workflows.catalogue import InputDescription, OutputDescription
from comfy_assets.domain.workflows.validation.rules import ServerRules

_ANY: Final = "*"
_MATCH: Final = "COMFY_MATCHTYPE_V3"
_LINK_LENGTH: Final = 2


@frozen
class Target:
    """Where a link leads."""

    #: The node.
    node_id: str
    #: The output, counted from 0, or from -1 backwards.
    slot: Any


def read_link(value: Sequence[Any], nodes: Mapping[str, Any]) -> Target | str:
    """Return where a link leads, or what is wrong with it.

    Args:
        value: A list; the server takes every list for a link (0.3.75 and 0.33).
        nodes: The graph.
    """
    if len(value) != _LINK_LENGTH:
        return 'a list is a link, and a link has two parts; write it as ["4", 0].'
    source, slot = value
    if isinstance(source, str) and source in nodes:
        return Target(source, slot)
    if not isinstance(source, str):
        return 'a link names its node by a text; write it as ["4", 0].'
    return f"it is linked to node {source!r}, which does not exist; mend the link."


def output_at(
    outputs: Sequence[OutputDescription], slot: object
) -> OutputDescription | None:
    """Return the output that a slot counts; ``None`` where there is none.

    Truth values count as 0 and 1, and negative numbers from the end, as in Python.
    """
    if isinstance(slot, int) and -len(outputs) <= slot < len(outputs):
        return outputs[slot]
    return None


def fits(
    received: OutputDescription, entry: InputDescription, rules: ServerRules
) -> bool:
    """Tell whether the server lets an output into an input (0.3.75 and 0.33)."""
    if "" in (received.type, entry.type):
        return True
    given, taken = set(_types(received.type)), set(entry.types)
    if _ANY in given | taken or _MATCH in given | taken:
        return True
    if received.choices is None and not entry.has_list_type:
        return bool(given & taken)
    # A list of choices fits the same list, and in newer servers any newer choice.
    if entry.has_list_type:
        return received.choices == entry.choices
    return entry.type == "COMBO" and rules.checks_new_choices


def _types(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]
