"""Mappings to begin with: which text takes the prompt, and which the negative one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from comfy_assets.domain.workflows.addresses import address_of
from comfy_assets.domain.workflows.configuration import PromptMapping
from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.roles import (
    TEXT_ROLES,
    FoundRoles,
    Origin,
    RoleText,
    TextRole,
    text_inputs,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.workflows.graph import Workflow

_SOURCES: Final[dict[TextRole, str]] = {
    "positive": "prompt",
    "negative": "negative_prompt",
}
# Titles of texts that stand around a prompt, for people to leave alone.
_FRAMES: Final = ("system", "template", "trigger")
# How many addresses a sentence tells before it only counts them.
_TOLD: Final = 8


@frozen
class Suggestions:
    """Mappings, and what was left open or decided between several."""

    #: Never two to one input.
    mappings: tuple[PromptMapping, ...]
    #: Sentences for a person.
    notes: tuple[str, ...]


@define
class _Chosen:
    refs: list[InputRef] = field(factory=list)
    notes: list[str] = field(factory=list)


def suggest(workflow: Workflow, roles: FoundRoles) -> Suggestions:
    """Return the mappings that most people would want, and what is to be said.

    A text of several parts gives the one that stands alone, in a primitive; a title
    such as ``System prompt`` tells those that do not count. Several
    texts of a role are mapped where they are the texts of one encoder, or equal; else
    none of them is. A text in both roles is taken for the prompt. Where nothing
    paints by a text, the nodes' titles may tell: ``Positive``, ``Negative prompt``.
    """
    chosen: dict[TextRole, _Chosen] = {}
    for role in TEXT_ROLES:
        texts = roles.texts[role]
        chosen[role] = (
            _by_links(workflow, role, texts) if texts else _by_titles(workflow, role)
        )
    # Not what is mapped, but all that paints as positive: an open choice between
    # several must not make a negative prompt of one of them.
    positive = {o.ref for text in roles.texts["positive"] for o in text.origins}
    positive.update(chosen["positive"].refs)
    negative = [ref for ref in chosen["negative"].refs if ref not in positive]
    notes = [note for role in TEXT_ROLES for note in chosen[role].notes]
    if not any(chosen[role].refs or chosen[role].notes for role in TEXT_ROLES):
        notes.append("No text was found that anything paints by: nothing is mapped.")
    refs = {"positive": chosen["positive"].refs, "negative": negative}
    mappings = tuple(
        PromptMapping(target=address_of(ref), source=_SOURCES[role])
        for role in TEXT_ROLES
        for ref in refs[role]
    )
    return Suggestions(mappings, tuple(notes))


def _by_links(workflow: Workflow, role: TextRole, texts: Sequence[RoleText]) -> _Chosen:
    chosen = _Chosen()
    refs: dict[InputRef, None] = {}
    for text in texts:
        origin = _settable(workflow, text.origins)
        if origin is not None:
            refs[origin] = None
            if len(text.origins) > 1:
                chosen.notes.append(
                    f"The {role} text of {address_of(text.taken_by)} is put together; "
                    f"the part in {address_of(origin)} is taken."
                )
        elif text.origins:
            parts = [origin.ref for origin in text.origins]
            chosen.notes.append(
                f"The {role} text of {address_of(text.taken_by)} is put together of "
                f"several, none of which is plainly the prompt: {_listed(parts)}. "
                "Map one of them."
            )
        else:
            chosen.notes.append(
                f"The {role} text of {address_of(text.taken_by)} is made by other "
                "nodes and stands nowhere. Map that input to put a text in its place."
            )
    if _belong_together(workflow, list(refs)):
        chosen.refs = list(refs)
    else:
        chosen.notes.append(
            f"{len(refs)} different texts are {role}: {_listed(list(refs))}. "
            "Map those that shall take the prompt."
        )
    return chosen


def _settable(workflow: Workflow, origins: Sequence[Origin]) -> InputRef | None:
    """Return the one place to write into: the only one, or the only one alone."""
    if len(origins) == 1:
        return origins[0].ref
    alone = [origin.ref for origin in origins if origin.is_alone]
    if len(alone) > 1:
        titles = {ref: (workflow.nodes[ref.node_id].title or "") for ref in alone}
        alone = [ref for ref in alone if not _is_frame(titles[ref].casefold())]
    return alone[0] if len(alone) == 1 else None


def _is_frame(title: str) -> bool:
    return any(word in title for word in _FRAMES)


def _belong_together(workflow: Workflow, refs: Sequence[InputRef]) -> bool:
    nodes = {ref.node_id for ref in refs}
    texts = {workflow.nodes[ref.node_id].literal(ref.input_name) for ref in refs}
    return len(nodes) <= 1 or len(texts) == 1


def _by_titles(workflow: Workflow, role: TextRole) -> _Chosen:
    return _Chosen(
        [
            InputRef(node_id, name)
            for node_id, node in workflow.nodes.items()
            if role in (node.title or "").casefold()
            for name in text_inputs(node)
        ]
    )


def _listed(refs: Sequence[InputRef]) -> str:
    told = ", ".join(address_of(ref) for ref in refs[:_TOLD])
    rest = len(refs) - _TOLD
    return f"{told} and {rest} more" if rest > 0 else told
