"""Tests of `comfy_assets.domain.workflows.editing.judging`."""

from __future__ import annotations

from comfy_assets.domain.workflows.configuration import InputDefault, LockedInput
from comfy_assets.domain.workflows.editing.ground import Ground
from comfy_assets.domain.workflows.editing.judging import judge
from comfy_assets.domain.workflows.validation import FaultKind
from tests.unit.domain.workflows.graphs import configuration, node
from tests.unit.domain.workflows.object_info import BASICS, older

_GRAPH = {
    "1": node("Empty", width=64, color=1),
    "2": node("Save", images=["1", 0], prefix="x"),
}


def _kinds(
    *, known: bool = True, **values: object
) -> list[tuple[FaultKind, str | None]]:
    lock = values.pop("lock", None)
    locks = [] if lock is None else [LockedInput(target="Empty.width", value=lock)]
    made = configuration(
        _GRAPH,
        input_defaults=[
            InputDefault(target=f"1.{name}", value=value)
            for name, value in values.items()
        ],
        locked_inputs=locks,
    )
    ground = Ground(
        workflow=made.workflow, catalogue=older(**BASICS) if known else None
    )
    return [(it.kind, it.input_name) for it in judge(made, ground)]


def test_values_are_judged_in_place() -> None:
    """A lock stands over a default."""
    assert _kinds() == []
    assert _kinds(width=5) == [(FaultKind.TOO_SMALL, "width")]
    assert _kinds(width=5, lock=32) == []


def test_what_cannot_be_written_is_left_to_the_drafts_own_faults() -> None:
    """Neither a target that names nothing nor a link that leads nowhere fails."""
    assert _kinds(wdth=5) == []
    assert _kinds(width=["99", 0]) == []


def test_without_classes_nothing_is_said() -> None:
    """Nobody could know."""
    assert _kinds(known=False, width=5) == []
