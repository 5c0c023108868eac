"""Tests of `comfy_assets.domain.workflows.editing.refusals`."""

from __future__ import annotations

from comfy_assets.domain.workflows.editing.parts import DraftPart
from comfy_assets.domain.workflows.editing.refusals import RefusedValue, forgive
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.graphs import text_to_image

_ERROR = WorkflowFormatError("it is no JSON")


def test_the_sentence_says_where_and_why() -> None:
    """The target stands before the reason; what has none tells it as the error does."""
    beside = RefusedValue.of(DraftPart.LOCK, "3.cfg", {1}, _ERROR)
    assert (beside.value, beside.sentence) == ({1}, "3.cfg: it is no JSON.")
    whole = RefusedValue.of(DraftPart.WORKFLOW, "", None, _ERROR)
    assert whole.sentence == "Workflow: it is no JSON."


def test_only_what_was_refused_for_the_same_place_is_forgiven() -> None:
    """The same part of the same input, in any spelling."""
    workflow = Workflow.from_api(text_to_image())
    lock = RefusedValue.of(DraftPart.LOCK, "3.cfg", {1}, _ERROR)
    default = RefusedValue.of(DraftPart.DEFAULT, "3.cfg", {1}, _ERROR)
    other = RefusedValue.of(DraftPart.LOCK, "3.steps", {1}, _ERROR)
    refused = (lock, default, other)
    left = forgive(workflow, refused, DraftPart.LOCK, "KSampler.cfg")
    assert left == (default, other)
