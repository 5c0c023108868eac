"""``comfy-assets workflow edit``: changes to what is set for a slot's workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from comfy_assets.converters import structure
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    InputDefault,
    LockedInput,
    PromptInjection,
    PromptMapping,
    WorkflowConfiguration,
)
from comfy_assets.testing.samples import GRAPH

Cli = Any

pytestmark = pytest.mark.usefixtures("gallery")


def _stored(comfy_assets: Cli) -> WorkflowConfiguration:
    shown = comfy_assets("workflow", "show", "portrait", "--json").document
    return structure(shown, WorkflowConfiguration)


def test_what_changes_is_printed_and_stored(comfy_assets: Cli) -> None:
    """Values are JSON or else texts; templates stand behind their source."""
    printed = comfy_assets(
        *("workflow", "edit", "portrait"),
        *("--map", "6.text=prompt:art of {name}: {prompt}"),
        *("--default", "3.steps=30", "--default", "3.sampler_name=ddim"),
        *("--lock", "KSampler.cfg=4.5", "--style", "disabled"),
    )
    assert printed.code == 0
    assert printed.out.splitlines() == [
        'changed mapping 6.text: prompt -> prompt as "art of {name}: {prompt}"',
        "added default 3.steps: 30",
        'added default 3.sampler_name: "ddim"',
        "added lock KSampler.cfg: 4.5",
        "changed style: as found -> nothing",
        "Stored Portraits for portrait.",
    ]
    stored = _stored(comfy_assets)
    assert stored.prompt_mappings[0] == PromptMapping(
        target="6.text", source="prompt", template="art of {name}: {prompt}"
    )
    assert stored.input_defaults == (
        InputDefault(target="3.steps", value=30),
        InputDefault(target="3.sampler_name", value="ddim"),
    )
    assert stored.locked_inputs == (LockedInput(target="KSampler.cfg", value=4.5),)


def test_an_input_can_be_reset(comfy_assets: Cli) -> None:
    """Its mapping is gone, and whatever else was set."""
    printed = comfy_assets("workflow", "edit", "portrait", "--reset", "6.text")
    assert printed.out.startswith("removed mapping 6.text: prompt\n")
    assert [it.target for it in _stored(comfy_assets).prompt_mappings] == ["7.text"]


@pytest.mark.parametrize(
    "written, mapping",
    [
        ("auto", AutoDetect()),
        ("prompt", PromptInjection()),
        ("disabled", Disabled()),
        ("9.filename_prefix", Explicit(target="9.filename_prefix")),
    ],
)
def test_the_style_reference_is_set(
    comfy_assets: Cli, written: str, mapping: Any
) -> None:
    """By a word, or by the address of an input."""
    comfy_assets("workflow", "edit", "portrait", "--style", "disabled")
    printed = comfy_assets("workflow", "edit", "portrait", "--style", written)
    assert printed.code == 0
    assert _stored(comfy_assets).style_reference_mapping == mapping


def test_a_dry_run_writes_nothing(comfy_assets: Cli) -> None:
    """It prints what would change."""
    before = _stored(comfy_assets)
    printed = comfy_assets(
        "workflow", "edit", "portrait", "--lock", "3.steps=9", "--dry-run"
    )
    assert printed.code == 0
    assert printed.out == "added lock 3.steps: 9\nNothing was written.\n"
    assert _stored(comfy_assets) == before


def test_what_changes_nothing_is_not_written(comfy_assets: Cli) -> None:
    """So that nobody else's draft goes out of date."""
    before = _stored(comfy_assets)
    printed = comfy_assets("workflow", "edit", "portrait", "--map", "6.text=prompt")
    assert (printed.code, printed.out) == (0, "Nothing changes.\n")
    assert _stored(comfy_assets) == before


def test_every_fault_is_told_and_nothing_is_stored(comfy_assets: Cli) -> None:
    """A line each."""
    before = _stored(comfy_assets)
    printed = comfy_assets(
        *("workflow", "edit", "portrait", "--lock", "3.stepz=1"),
        *("--map", "6.text=prompt:{na", "--default", "3.cfg=NaN"),
    )
    assert printed.code == 1
    lines = printed.err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("comfy-assets: ") for line in lines)
    assert printed.out.endswith("Nothing was written.\n")
    assert _stored(comfy_assets) == before


def test_a_changed_workflow_takes_over_what_fits(comfy_assets: Cli) -> None:
    """What does not is told, and what is set at once counts for the new one."""
    comfy_assets(
        "workflow", "edit", "portrait", "--lock", "3.steps=9", "--lock", "3.cfg=4.5"
    )
    inputs = dict(GRAPH["3"]["inputs"])
    del inputs["cfg"]
    graph = {**GRAPH, "3": {**GRAPH["3"], "inputs": inputs}}
    Path("new.json").write_text(json.dumps(graph), encoding="utf-8")
    printed = comfy_assets(
        *("workflow", "edit", "portrait", "--workflow", "new.json"),
        *("--default", "3.denoise=0.5"),
    )
    assert printed.code == 0
    assert printed.out.splitlines() == [
        "removed input 3.cfg: 7.5",
        "added default 3.denoise: 0.5",
        "removed lock 3.cfg: 4.5",
        "3.cfg: node 3 has no input 'cfg' any more.",
        "Stored Portraits for portrait.",
    ]
    assert _stored(comfy_assets).locked_inputs == (
        LockedInput(target="3.steps", value=9),
    )


def test_json_tells_all_of_it(comfy_assets: Cli) -> None:
    """For scripts: what changed, what became of the rest, and what is stored."""
    told = comfy_assets(
        "workflow", "edit", "portrait", "--lock", "3.steps=9", "--json"
    ).document
    assert told["changes"] == ["added lock 3.steps: 9"]
    assert (told["carried"], told["faults"], told["is_saved"]) == ([], [], True)
    assert told["configuration"]["locked_inputs"] == [{"target": "3.steps", "value": 9}]


@pytest.mark.parametrize(
    "option, word", [("--map", "prompt"), ("--lock", "=1"), ("--default", "3.steps")]
)
def test_a_word_without_its_parts_is_wrong_usage(
    comfy_assets: Cli, option: str, word: str
) -> None:
    """The sentence says how it is written."""
    printed = comfy_assets("workflow", "edit", "portrait", option, word)
    assert printed.code == 2
    assert f"{option} {word!r}: write TARGET=" in printed.err


def test_a_slot_without_a_workflow_is_told(comfy_assets: Cli) -> None:
    """As by the other commands."""
    printed = comfy_assets("workflow", "edit", "sprite", "--lock", "3.steps=9")
    assert printed.code == 1
    assert "'sprite'" in printed.err
