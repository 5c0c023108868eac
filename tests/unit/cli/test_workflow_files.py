"""``workflow analyze``, ``convert`` and ``validate``: look at a workflow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from comfy_assets.testing.samples import GRAPH

if TYPE_CHECKING:
    from collections.abc import Callable

Cli = Any

_NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def tavern(comfy_assets: Cli) -> Path:
    """Write a graph in API format that loads, samples and saves an image."""
    graph = {
        **GRAPH,
        "6": {
            "class_type": "CLIPTextEncode",
            "inputs": {"text": "a \x1b[31mtavern" + " and beer" * 9, "clip": ["4", 1]},
            "_meta": {"title": "What to paint"},
        },
        "11": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
        "12": {"class_type": "Mystery", "inputs": {"is_on": True}},
    }
    file = Path("tavern.json")
    file.write_text(json.dumps(graph), encoding="utf-8")
    return file


def test_an_analysis_shows_what_can_be_set(comfy_assets: Cli, tavern: Path) -> None:
    """By node, with values, roles and ranges; no server is asked."""
    printed = comfy_assets("workflow", "analyze", tavern)
    assert (printed.code, printed.err) == (0, "")
    header, *lines = printed.out.splitlines()
    assert header.split() == ["INPUT", "VALUE", "TYPE", "ROLE", "RANGE"]
    rows = {
        line.split()[0]: line.split()[1:] for line in lines if line.startswith("  ")
    }
    assert rows["5.width"] == ["512", "INT", "width", "16", "to", "16384"]
    assert rows["3.seed"][-3:] == ["0", "to", "18446744073709551615"]
    assert rows["3.sampler_name"] == ["euler", "COMBO", "sampler"]
    assert rows["12.is_on"] == ["true", "BOOLEAN"]
    assert "CLIPTextEncode (6) 'What to paint'" in lines
    assert "LoadImage (11), not in use" in lines
    [text] = [line for line in lines if line.startswith("  6.text")]
    assert "a ?[31mtavern and beer" in text
    assert "..." in text
    for told in (
        "output       SaveImage (9)",
        "image input  11.image",
        "mapping      6.text <- prompt",
    ):
        assert told in lines


def test_what_is_not_plain_is_told(comfy_assets: Cli) -> None:
    """Without an output, or with several, none is named; style nodes are."""
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}},
        "2": {"class_type": "IPAdapter", "inputs": {"image": ["1", 0], "weight": 1}},
        "3": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }
    Path("odd.json").write_text(json.dumps(graph), encoding="utf-8")
    out = comfy_assets("workflow", "analyze", "odd.json").out
    assert "output       not plain\n" in out
    assert "style        Found node: IPAdapter (2)\n" in out
    assert "note         " in out


def test_an_analysis_as_json_has_all_of_it(
    comfy_assets: Cli, given: Callable[[bytes], None], tavern: Path
) -> None:
    """Whole values, choices, and what each input is for."""
    given(tavern.read_bytes())
    document = comfy_assets("workflow", "analyze", "-", "--json").document
    assert document["output"] == "9"
    assert document["roles"]["seed"] == document["seeds"] == ["3.seed"]
    assert document["image_inputs"] == ["11.image"]
    assert document["suggested_mappings"] == [
        {"target": "6.text", "source": "prompt"},
        {"target": "7.text", "source": "negative_prompt"},
    ]
    nodes = {node["node_id"]: node for node in document["nodes"]}
    assert not nodes["11"]["is_used"]
    [text] = nodes["6"]["inputs"]
    assert text["value"].endswith("beer and beer")
    assert text["role"] == "positive"


def test_named_classes_tell_types_and_choices(
    comfy_assets: Cli, tavern: Path, classes_file: Path
) -> None:
    """They are asked only when somebody names them."""
    words = ("workflow", "analyze", tavern)
    printed = comfy_assets(*words, "--object-info", classes_file)
    [line] = [line for line in printed.out.splitlines() if "4.ckpt_name" in line]
    assert line.endswith("1 choices")
    assert comfy_assets(*words, "--comfyui", _NOBODY).code == 3


def test_a_linked_widget_is_shown_as_such(
    comfy_assets: Cli, classes_file: Path
) -> None:
    """Setting it cuts the link."""
    graph = {
        "1": {"class_type": "CLIPTextEncode", "inputs": {"text": ["2", 0]}},
        "2": {"class_type": "Words", "inputs": {}},
    }
    Path("linked.json").write_text(json.dumps(graph), encoding="utf-8")
    words = ("workflow", "analyze", "linked.json", "--object-info", classes_file)
    assert "1.text" in comfy_assets(*words).out
    assert "(linked)" in comfy_assets(*words).out


def test_limits_may_be_open_or_broken_numbers(comfy_assets: Cli) -> None:
    """What the class does not tell is called so."""
    options = {"min": 0.25, "default": 1.0}
    blend = {"input": {"required": {"by": ["FLOAT", options]}}, "output": ["IMAGE"]}
    Path("classes.json").write_text(json.dumps({"Blend": blend}), encoding="utf-8")
    graph = {"1": {"class_type": "Blend", "inputs": {"by": 1.5}}}
    Path("blend.json").write_text(json.dumps(graph), encoding="utf-8")
    words = ("workflow", "analyze", "blend.json", "--object-info", "classes.json")
    assert "0.25 to any" in comfy_assets(*words).out


def test_a_slot_is_analyzed_like_a_file(comfy_assets: Cli, gallery: Any) -> None:
    """What is a slot's name means the slot; ./portrait would be a file."""
    assert "6.text" in comfy_assets("workflow", "analyze", "portrait").out
    printed = comfy_assets("workflow", "analyze", "./portrait")
    assert printed.code == 1
    assert "'portrait' cannot be read" in printed.err


def test_converting_prints_api_format(
    comfy_assets: Cli, editor_file: Path, classes_file: Path
) -> None:
    """Of a file of the editor, by the classes that are named."""
    words = ("workflow", "convert", editor_file, "--object-info", classes_file)
    document = comfy_assets(*words).document
    assert document["6"]["inputs"] == {"text": "a cat", "clip": ["4", 1]}
    assert comfy_assets(*words, "--output", "api.json").out == "Written to api.json.\n"
    assert json.loads(Path("api.json").read_text(encoding="utf-8")) == document
    # What is in API format already needs no classes.
    assert comfy_assets("workflow", "convert", "api.json").document == document


def test_converting_replaces_no_file(comfy_assets: Cli, tavern: Path) -> None:
    """The editor's own file has more in it than what comes out."""
    before = tavern.read_bytes()
    printed = comfy_assets("workflow", "convert", tavern, "--output", tavern)
    assert printed.code == 1
    assert "is there already" in printed.err
    assert tavern.read_bytes() == before


def test_validating_tells_faults_and_ends_by_them(
    comfy_assets: Cli, tavern: Path, classes_file: Path
) -> None:
    """Exit code 1 where the server would refuse."""
    words = ("workflow", "validate", tavern, "--object-info", classes_file)
    printed = comfy_assets(*words)
    assert printed.code == 1
    header, *lines, last = printed.out.splitlines()
    assert header.split() == ["SEVERITY", "FAULT"]
    assert all(line.startswith("error     Node ") for line in lines)
    assert last == f"{tavern}: {len(lines)} errors, 0 warnings."
    document = comfy_assets(*words, "--json").document
    assert len(document) == len(lines)
    assert {fault["severity"] for fault in document} == {"error"}
    assert document[0]["kind"] == "missing_node_type"


def test_warnings_alone_are_no_failure(comfy_assets: Cli) -> None:
    """The server takes it."""
    save = {
        "input": {"required": {"text": ["STRING"]}},
        "output": [],
        "output_node": True,
    }
    Path("c.json").write_text(json.dumps({"Save": save}), encoding="utf-8")
    graph = {"1": {"class_type": "Save", "inputs": {"text": "a", "txet": "b"}}}
    Path("w.json").write_text(json.dumps(graph), encoding="utf-8")
    printed = comfy_assets("workflow", "validate", "w.json", "--object-info", "c.json")
    assert printed.code == 0
    assert printed.out.splitlines()[-1] == "w.json: 0 errors, 1 warning."
    graph = {"1": {"class_type": "Save", "inputs": {"text": "a"}}}
    Path("w.json").write_text(json.dumps(graph), encoding="utf-8")
    printed = comfy_assets("workflow", "validate", "w.json", "--object-info", "c.json")
    assert printed.out == "w.json: 0 errors, 0 warnings.\n"


def test_a_slot_is_validated_with_what_is_set_for_it(
    comfy_assets: Cli, gallery: Any, classes_file: Path
) -> None:
    """By a file of classes, or by the server, which must be there."""
    words = ("workflow", "validate", "portrait")
    printed = comfy_assets(*words, "--object-info", classes_file)
    assert printed.code == 1
    assert "KSampler" in printed.out
    assert comfy_assets(*words, "--comfyui", _NOBODY).code == 3


@pytest.mark.parametrize("content", [None, b"\xff", b"[", b"[1]"])
def test_a_file_of_classes_that_is_none_is_told(
    comfy_assets: Cli, tavern: Path, content: bytes | None
) -> None:
    """In one line, with its name."""
    if content is not None:
        Path("classes.json").write_bytes(content)
    words = ("workflow", "validate", tavern, "--object-info", "classes.json")
    printed = comfy_assets(*words)
    assert printed.code == 1
    [line] = printed.err.splitlines()
    assert "classes.json" in line


def test_only_one_of_server_and_file_can_be_named(
    comfy_assets: Cli, tavern: Path, classes_file: Path
) -> None:
    """Which of them would count is not guessed."""
    words = ("--object-info", classes_file, "--comfyui", _NOBODY)
    printed = comfy_assets("workflow", "convert", tavern, *words)
    assert printed.code == 2
    assert printed.err == (
        "comfy-assets: --comfyui and --object-info: name one of them\n"
    )
