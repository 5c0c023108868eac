"""Tests of `comfy_assets.domain.workflows.editing.changes`."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    InputDefault,
    LockedInput,
    PromptInjection,
    PromptMapping,
)
from comfy_assets.domain.workflows.editing.changes import ChangeKind, find_changes
from comfy_assets.domain.workflows.editing.parts import DraftPart
from tests.unit.domain.workflows.graphs import configuration, node, text_to_image

_BEFORE = configuration(
    prompt_mappings=[PromptMapping(target="6.text", source="prompt")],
    input_defaults=[InputDefault(target="3.steps", value=20)],
    locked_inputs=[LockedInput(target="5.width", value=512)],
)


def _lines(**changes: Any) -> list[str]:
    return [str(it) for it in find_changes(_BEFORE, evolve(_BEFORE, **changes))]


def test_the_same_has_no_changes() -> None:
    """Times do not count: they change by saving."""
    later = evolve(_BEFORE, updated_at=_BEFORE.updated_at.replace(year=2027))
    assert find_changes(_BEFORE, later) == ()


def test_entries_are_added_changed_and_removed() -> None:
    """Each with its part, its target, and what was and is."""
    after = evolve(
        _BEFORE,
        input_defaults=[InputDefault(target="3.steps", value=30)],
        locked_inputs=[LockedInput(target="5.height", value=768)],
    )
    found = find_changes(_BEFORE, after)
    assert [(it.kind, it.part, it.target, it.old, it.new) for it in found] == [
        (ChangeKind.CHANGED, DraftPart.DEFAULT, "3.steps", 20, 30),
        (ChangeKind.REMOVED, DraftPart.LOCK, "5.width", 512, None),
        (ChangeKind.ADDED, DraftPart.LOCK, "5.height", None, 768),
    ]
    assert [str(it) for it in found] == [
        "changed default 3.steps: 20 -> 30",
        "removed lock 5.width: 512",
        "added lock 5.height: 768",
    ]


def test_a_mapping_is_told_by_source_and_template() -> None:
    """A long template is cut."""
    after = PromptMapping(target="6.text", source="mood", template="{mood} " * 20)
    [line] = _lines(prompt_mappings=[after])
    assert line.startswith('changed mapping 6.text: prompt -> mood as "{mood} {mood}')
    assert line.endswith("…")


@pytest.mark.parametrize(
    "mapping, told",
    [
        (AutoDetect(strength=0.5), "as found -> as found, strength 0.5"),
        (Explicit(target="22.image"), "as found -> into 22.image"),
        (PromptInjection(), "as found -> keywords behind the prompt"),
        (Disabled(), "as found -> nothing"),
    ],
)
def test_the_style_reference_is_told_in_words(mapping: Any, told: str) -> None:
    """As a person would."""
    assert _lines(style_reference_mapping=mapping) == [f"changed style: {told}"]


def test_the_name_is_told() -> None:
    """In quotes."""
    assert _lines(name="Büsten") == ['changed name: "portraits" -> "Büsten"']


def test_another_graph_is_told_by_nodes_and_inputs() -> None:
    """Of a node that is new or gone the inputs are not told one by one."""
    graph = text_to_image()
    del graph["9"]
    graph["10"] = node("PreviewImage", images=["8", 0])
    graph["6"]["_meta"]["title"] = "Prompt"
    graph["3"]["inputs"] |= {"steps": 25, "positive": ["7", 0]}
    del graph["3"]["inputs"]["cfg"]
    assert _lines(workflow_json=graph) == [
        'changed node 6: "CLIPTextEncode, Portrait v1.5" -> "CLIPTextEncode, Prompt"',
        'removed node 9: "SaveImage"',
        'added node 10: "PreviewImage"',
        "changed input 3.steps: 20 -> 25",
        "removed input 3.cfg: 8.0",
        'changed input 3.positive: ["6", 0] -> ["7", 0]',
    ]


@pytest.mark.parametrize("value", [1.0, True, "1", [1], {"a": 1}, None])
def test_values_that_python_takes_for_equal_differ(value: object) -> None:
    """A node that is given 1, 1.0 or true does different things."""
    before, after = (
        evolve(_BEFORE, input_defaults=[InputDefault(target="3.steps", value=it)])
        for it in (1, value)
    )
    assert len(find_changes(before, after)) == 1


def test_a_null_that_comes_or_goes_is_told() -> None:
    """``null`` is a value, not the absence of one."""
    null = [InputDefault(target="3.steps", value=None)]
    after = evolve(_BEFORE, input_defaults=null)
    [change] = find_changes(after, evolve(_BEFORE, input_defaults=[]))
    assert (change.kind, str(change)) == (
        ChangeKind.REMOVED,
        "removed default 3.steps: null",
    )
