"""``comfy-assets workflow``: which workflow paints which slot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comfy_assets.converters import structure
from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
from comfy_assets.testing.samples import GRAPH

if TYPE_CHECKING:
    from collections.abc import Callable

Cli = Any


def test_what_is_put_can_be_listed_shown_and_deleted(comfy_assets: Cli) -> None:
    """The whole life of a slot's workflow."""
    Path("tavern.json").write_text(json.dumps(GRAPH), encoding="utf-8")
    printed = comfy_assets("workflow", "put", "custom:tavern", "tavern.json")
    assert printed.code == 0
    assert printed.out == (
        "Stored tavern for custom:tavern: "
        "prompt to 6.text, negative_prompt to 7.text.\n"
    )
    header, line = comfy_assets("workflow", "list").out.splitlines()
    assert header.split() == ["SLOT", "NAME", "NODES", "UPDATED"]
    assert line.split()[:3] == ["custom:tavern", "tavern", "7"]
    shown = comfy_assets("workflow", "show", "custom:tavern").out
    assert "6.text <- prompt" in shown
    assert "3 KSampler" in shown
    assert comfy_assets("workflow", "delete", "custom:tavern").code == 0
    assert comfy_assets("workflow", "list").out == (
        "No workflows in sqlite:///comfy-assets.db.\n"
    )


def test_json_reads_back(comfy_assets: Cli, gallery: Any) -> None:
    """Listed and shown, it is what the converters take for a configuration."""
    [listed] = comfy_assets("workflow", "list", "--json").document
    shown = comfy_assets("workflow", "show", "portrait", "--json").document
    assert listed == shown
    assert structure(shown, WorkflowConfiguration).name == "Portraits"


def test_a_name_can_be_given(comfy_assets: Cli) -> None:
    """In place of the file's."""
    Path("x.json").write_text(json.dumps(GRAPH), encoding="utf-8")
    comfy_assets("workflow", "put", "item", "x.json", "--name", "Still life")
    [listed] = comfy_assets("workflow", "list", "--json").document
    assert listed["name"] == "Still life"


def test_a_slot_without_a_workflow_says_which_command_helps(comfy_assets: Cli) -> None:
    """The sentence names the command, not the Python call."""
    printed = comfy_assets("workflow", "show", "sprite")
    assert printed.code == 1
    assert printed.err == (
        "comfy-assets: No workflow is configured for the slot 'sprite': "
        "comfy-assets workflow put sprite FILE\n"
    )


def test_a_file_that_is_no_workflow_is_refused(comfy_assets: Cli) -> None:
    """Neither missing files nor other JSON end in a traceback."""
    Path("bad.json").write_text("[1, 2]", encoding="utf-8")
    for name in ("bad.json", "missing.json"):
        printed = comfy_assets("workflow", "put", "item", name)
        assert printed.code == 1
        assert printed.err.startswith("comfy-assets: Workflow")
        assert len(printed.err.splitlines()) == 1


def test_the_name_of_what_comes_on_standard_input_is_the_slot_s(
    comfy_assets: Cli, given: Callable[[bytes], None]
) -> None:
    """There is no file to take it from."""
    given(json.dumps(GRAPH).encode())
    assert comfy_assets("workflow", "put", "item", "-").code == 0
    [listed] = comfy_assets("workflow", "list", "--json").document
    assert listed["name"] == "item"


def test_a_file_of_the_editor_is_stored_by_the_classes_of_a_file(
    comfy_assets: Cli, editor_file: Path, classes_file: Path
) -> None:
    """No server is needed then; without either, the sentence says what is."""
    printed = comfy_assets(
        *("workflow", "put", "item", editor_file, "--object-info", classes_file)
    )
    assert printed.out == "Stored editor for item: prompt to 6.text.\n"
    words = ("workflow", "put", "item", editor_file, "--comfyui", "http://127.0.0.1:9")
    printed = comfy_assets(*words)
    assert printed.code == 3
    assert "needs no server" in printed.err
