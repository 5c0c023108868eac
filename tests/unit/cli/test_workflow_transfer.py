"""``workflow export`` and ``import``: all workflows as one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

Cli = Any


def test_what_is_exported_can_be_imported(
    comfy_assets: Cli, gallery: Any, given: Callable[[bytes], None]
) -> None:
    """By a file or by a pipe, into another database."""
    printed = comfy_assets("workflow", "export")
    assert printed.document["format"] == "comfy_assets.workflows"
    other = ("--repository", "sqlite:///other.db")
    given(printed.out.encode())
    told = comfy_assets("workflow", "import", "-", "--dry-run", *other)
    assert told.out == "added  portrait\nNothing was written.\n"
    assert comfy_assets("workflow", "export", *other).document["workflows"] == []
    assert comfy_assets("workflow", "export", "--output", "all.json").code == 0
    assert comfy_assets("workflow", "import", "all.json", *other).code == 0
    assert comfy_assets("workflow", "export", *other).out == printed.out
    again = comfy_assets("workflow", "import", "all.json", "--json", *other).document
    assert again["unchanged"] == ["portrait"]
    assert not again["is_dry_run"]


def test_replacing_empties_the_other_slots(comfy_assets: Cli, gallery: Any) -> None:
    """Only when it is asked for."""
    document = comfy_assets("workflow", "export").document
    document["workflows"][0]["slot"] = "item"
    Path("all.json").write_text(json.dumps(document), encoding="utf-8")
    printed = comfy_assets("workflow", "import", "all.json")
    assert printed.out == "added  item\n"
    printed = comfy_assets("workflow", "import", "all.json", "--replace")
    assert printed.out == "unchanged  item\nremoved    portrait\n"
    [left] = comfy_assets("workflow", "list", "--json").document
    assert left["slot"] == "item"


def test_every_fault_of_a_file_is_a_line(comfy_assets: Cli, gallery: Any) -> None:
    """On standard error, and nothing is written."""
    document = comfy_assets("workflow", "export").document
    [entry] = document["workflows"]
    entry["locked_inputs"] = [
        {"target": "3.stps", "value": 1},
        {"target": "40.x", "value": 1},
    ]
    Path("all.json").write_text(json.dumps(document), encoding="utf-8")
    printed = comfy_assets("workflow", "import", "all.json")
    assert (printed.code, printed.out) == (1, "")
    first, second = printed.err.splitlines()
    start = "comfy-assets: all.json: workflows[0] (portrait): "
    assert first.startswith(f"{start}'3.stps'")
    assert second.startswith(f"{start}'40.x'")
    [stored] = comfy_assets("workflow", "list", "--json").document
    assert stored["locked_inputs"] == []


@pytest.mark.parametrize("content", [None, b"\xff", b"[", b"[]", b'"x"'])
def test_a_file_that_is_no_export_is_told(
    comfy_assets: Cli, content: bytes | None
) -> None:
    """In one line, with its name."""
    if content is not None:
        Path("x.json").write_bytes(content)
    printed = comfy_assets("workflow", "import", "x.json")
    assert (printed.code, printed.out) == (1, "")
    [line] = printed.err.splitlines()
    assert line.startswith("comfy-assets: x.json")
