"""What a draft changes: the differences of two configurations, as a list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from attrs import frozen

from comfy_assets.domain.json_values import thaw_json
from comfy_assets.domain.workflows.addresses import address_of
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    InputDefault,
    LockedInput,
    PromptInjection,
    PromptMapping,
    StyleReferenceMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.editing.parts import DraftPart
from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow, WorkflowNode

# A prompt may have pages; a line of a list has room for its beginning.
_SHOWN: Final = 60
_WITHOUT_IMAGE: Final[Mapping[type, str]] = {
    PromptInjection: "keywords behind the prompt",
    Disabled: "nothing",
}


class ChangeKind(StrEnum):
    """What became of something."""

    #: It was not there.
    ADDED = "added"
    #: It was another one.
    CHANGED = "changed"
    #: It is not there any more.
    REMOVED = "removed"


@frozen(kw_only=True)
class DraftChange:
    """One difference; ``str(change)`` tells it in a line."""

    #: What became of it.
    kind: ChangeKind
    #: What it is.
    part: DraftPart
    #: The address, or a node's id; empty for the name and the style reference.
    target: str
    #: What was there; a `PromptMapping`, a style reference mapping, a JSON value
    #: (``("4", 0)`` is a link), a name, or a node's class and title; ``None`` where it
    #: was added.
    old: Any
    #: What is there, in the same form; ``None`` where it was removed.
    new: Any

    def __str__(self) -> str:
        what = f"{self.kind} {self.part} {self.target}".rstrip()
        if self.kind is ChangeKind.ADDED:
            return f"{what}: {_shown(self.new)}"
        if self.kind is ChangeKind.REMOVED:
            return f"{what}: {_shown(self.old)}"
        return f"{what}: {_shown(self.old)} -> {_shown(self.new)}"


def find_changes(
    old: WorkflowConfiguration, new: WorkflowConfiguration
) -> tuple[DraftChange, ...]:
    """Return what is different, in the order of the configuration's parts.

    The order of entries and nodes does not count; ``1``, ``1.0`` and ``true`` differ.

    Args:
        old: The configuration before.
        new: The configuration after.
    """
    style = {"": old.style_reference_mapping}, {"": new.style_reference_mapping}
    return (
        *_differences(DraftPart.NAME, {"": old.name}, {"": new.name}),
        *_of_graphs(old.workflow, new.workflow),
        *_differences(
            DraftPart.MAPPING,
            {it.target: it for it in old.prompt_mappings},
            {it.target: it for it in new.prompt_mappings},
        ),
        *_differences(
            DraftPart.DEFAULT, _values(old.input_defaults), _values(new.input_defaults)
        ),
        *_differences(
            DraftPart.LOCK, _values(old.locked_inputs), _values(new.locked_inputs)
        ),
        *_differences(DraftPart.STYLE, *style),
    )


def _values(entries: Sequence[InputDefault | LockedInput]) -> dict[str, Any]:
    return {entry.target: entry.value for entry in entries}


def _of_graphs(old: Workflow, new: Workflow) -> Iterator[DraftChange]:
    yield from _differences(DraftPart.NODE, _nodes(old), _nodes(new))
    for node_id, node in new.nodes.items():
        if node_id in old.nodes:
            yield from _differences(
                DraftPart.INPUT,
                _inputs(node_id, old.nodes[node_id]),
                _inputs(node_id, node),
            )


def _nodes(workflow: Workflow) -> dict[str, str]:
    return {
        node_id: f"{node.class_type}, {node.title}" if node.title else node.class_type
        for node_id, node in workflow.nodes.items()
    }


def _inputs(node_id: str, node: WorkflowNode) -> dict[str, Any]:
    return {
        address_of(InputRef(node_id, name)): (
            (value.node_id, value.slot) if isinstance(value, Link) else value
        )
        for name, value in node.inputs.items()
    }


def _differences(
    part: DraftPart, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[DraftChange]:
    for target in {**old, **new}:
        before, after = old.get(target), new.get(target)
        if target not in old:
            kind = ChangeKind.ADDED
        elif target not in new:
            kind = ChangeKind.REMOVED
        elif _is_equal(before, after):
            continue
        else:
            kind = ChangeKind.CHANGED
        yield DraftChange(kind=kind, part=part, target=target, old=before, new=after)


def _is_equal(one: object, other: object) -> bool:
    if isinstance(one, PromptMapping | StyleReferenceMapping):
        return one == other
    # To Python 1, 1.0 and True are equal; not so to a node that is given them.
    return _as_text(one) == _as_text(other)


def _as_text(value: object) -> str:
    return json.dumps(thaw_json(value), sort_keys=True)


def _shown(value: object) -> str:
    match value:
        case PromptMapping(source=source, template=template):
            return source if template is None else f"{source} as {_shown(template)}"
        case Explicit(target=target, strength=strength):
            return f"into {target}{_strong(strength)}"
        case AutoDetect(strength=strength):
            return f"as found{_strong(strength)}"
        case PromptInjection() | Disabled():
            return _WITHOUT_IMAGE[type(value)]
        case _:
            text = json.dumps(thaw_json(value), ensure_ascii=False)
            return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _strong(strength: float | None) -> str:
    return "" if strength is None else f", strength {strength:g}"
