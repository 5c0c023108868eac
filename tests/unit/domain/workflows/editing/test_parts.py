"""Tests of `comfy_assets.domain.workflows.editing.parts`."""

from __future__ import annotations

from comfy_assets.domain.workflows.configuration import InputDefault
from comfy_assets.domain.workflows.editing.parts import (
    find_input,
    names_same,
    text_problem,
    with_entry,
    without_entry,
)
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from tests.unit.domain.workflows.graphs import text_to_image

_WORKFLOW = Workflow.from_api(text_to_image())


def _default(target: str, value: object = 1) -> InputDefault:
    return InputDefault(target=target, value=value)


def test_half_of_an_address_names_no_input() -> None:
    """Neither half an address nor one of several inputs raises."""
    assert find_input(_WORKFLOW, "3.steps") == InputRef("3", "steps")
    for typed in ("", "3", "3.", "3.ste", "CLIPTextEncode.text"):
        assert find_input(_WORKFLOW, typed) is None


def test_an_input_is_the_same_in_every_spelling() -> None:
    """Two that name nothing are the same only where they are equal."""
    assert names_same(_WORKFLOW, "3.steps", "KSampler.steps")
    assert not names_same(_WORKFLOW, "3.steps", "3.cfg")
    assert names_same(_WORKFLOW, "3.ste", "3.ste")
    assert not names_same(_WORKFLOW, "3.ste", "3.st")


def test_an_entry_takes_the_place_of_the_one_for_its_input() -> None:
    """Order and spelling stay; doubles of the same input go."""
    entries = [_default("KSampler.steps"), _default("3.cfg"), _default("3.steps")]
    assert with_entry(_WORKFLOW, entries, _default("3.steps", 9)) == (
        _default("KSampler.steps", 9),
        _default("3.cfg"),
    )


def test_a_new_entry_is_put_last() -> None:
    """In its own spelling."""
    entries = [_default("3.cfg")]
    added = _default("KSampler.steps")
    assert with_entry(_WORKFLOW, entries, added) == (*entries, added)


def test_all_entries_of_an_input_are_taken_out() -> None:
    """In whatever spelling they are."""
    entries = [_default("KSampler.steps"), _default("3.cfg"), _default("3.steps")]
    assert without_entry(_WORKFLOW, entries, "3.steps") == (_default("3.cfg"),)


def test_half_a_surrogate_pair_cannot_be_stored() -> None:
    """Python has such texts; no database takes them."""
    assert text_problem("a", None) is None
    assert "UTF-8" in (text_problem("a", "\ud800") or "")
