"""`RefusedValue`: what a step could not take, kept until it is set right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from attrs import field, frozen

from comfy_assets.domain.workflows.editing.parts import DraftPart, names_same
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import WorkflowFormatError


@frozen(kw_only=True)
class RefusedValue:
    """What a step was given and could not take; kept until it is set right."""

    #: What it was for.
    part: DraftPart
    #: The target as the step was given it; empty where the part has none.
    target: str
    #: What the step was given.
    value: Any = field(repr=False)
    #: Why it could not be taken.
    sentence: str

    @classmethod
    def of(
        cls, part: DraftPart, target: str, value: object, error: WorkflowFormatError
    ) -> Self:
        """Return what was refused with an error.

        Args:
            part: What it was for.
            target: The target, or an empty text.
            value: What the step was given.
            error: Why it could not be taken.
        """
        sentence = f"{target}: {error.problem}." if target else f"{error}."
        return cls(part=part, target=target, value=value, sentence=sentence)


def forgive(
    workflow: Workflow, refused: Iterable[RefusedValue], part: DraftPart, target: str
) -> tuple[RefusedValue, ...]:
    """Return what was refused, without that for the same place."""
    return tuple(
        it
        for it in refused
        if it.part is not part or not names_same(workflow, it.target, target)
    )
