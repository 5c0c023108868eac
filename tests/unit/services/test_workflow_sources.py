"""`read_workflow`: the graph in a file, a picture, or a file of the editor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import comfy_assets as ca
from comfy_assets.services import workflow_sources
from comfy_assets.services.workflow_sources import read_workflow
from comfy_assets.testing.scripted_comfy import ScriptedComfyClient
from tests.studio import GRAPH, open_studio

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

#: What the editor saves: a checkpoint, two texts, and a title.
UI_GRAPH: dict[str, Any] = {
    "nodes": [
        {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["sd15"]},
        {
            "id": 6,
            "type": "CLIPTextEncode",
            "title": "Positive",
            "widgets_values": ["a {cat|dog}"],
            "inputs": [{"name": "clip", "type": "CLIP", "link": 1}],
        },
    ],
    "links": [[1, 4, 1, 6, 0, "CLIP"]],
    "version": 0.4,
}
CLASSES = {
    "CheckpointLoaderSimple": {
        "input": {"required": {"ckpt_name": [["sd15"]]}},
        "output": ["MODEL", "CLIP", "VAE"],
    },
    "CLIPTextEncode": {
        "input": {
            "required": {
                "text": ["STRING", {"dynamicPrompts": True}],
                "clip": ["CLIP"],
            }
        },
        "output": ["CONDITIONING"],
    },
}


def picture(**texts: object) -> bytes:
    """A PNG with these texts, and no pixels."""
    data = b"\x89PNG\r\n\x1a\n"
    for name, text in texts.items():
        body = name.encode() + b"\0" + json.dumps(text).encode()
        data += len(body).to_bytes(4, "big") + b"tEXt" + body + b"\0\0\0\0"
    return data


def away() -> ScriptedComfyClient:
    """A server that cannot be reached."""
    comfy = ScriptedComfyClient()
    comfy.state = ca.ComfyUIState.DISCONNECTED
    return comfy


async def test_a_file_of_the_editor_is_converted_by_the_servers_classes() -> None:
    """What is stored is API format, and mappings are found in it."""
    comfy = ScriptedComfyClient(object_info=CLASSES)
    async with open_studio(comfy=comfy, works=False) as studio:
        stored = await studio.system.workflows.put("item", UI_GRAPH)
    node = stored.workflow.nodes["6"]
    assert node.inputs["text"] == "a cat"
    assert node.title == "Positive"
    assert [m.target for m in stored.prompt_mappings] == ["6.text"]


async def test_a_picture_gives_the_graph_that_painted_it(tmp_path: Path) -> None:
    """Unless the editor's workflow is preferred; a path is read."""
    file = tmp_path / "marcus.png"
    file.write_bytes(picture(prompt=GRAPH, workflow=UI_GRAPH))
    comfy = ScriptedComfyClient(object_info=CLASSES)
    painted = await read_workflow(file, comfy)
    assert painted == ca.Workflow.from_api(GRAPH)
    converted = await read_workflow(file, comfy, prefer_ui_format=True)
    assert set(converted.nodes) == {"4", "6"}


async def test_api_format_needs_no_server() -> None:
    """Nobody is asked."""
    found = await read_workflow(picture(prompt=GRAPH), away())
    assert found == ca.Workflow.from_api(GRAPH)


async def test_a_file_of_the_editor_needs_one_and_says_so() -> None:
    """The sentence tells both ways out; the error may be retried."""
    with pytest.raises(ca.ComfyUIUnavailableError, match="needs no server"):
        await read_workflow(UI_GRAPH, away())


async def test_classes_that_the_server_lacks_are_all_named() -> None:
    """What to install is told, each class with its nodes."""
    graph = {
        "nodes": [
            {"id": 1, "type": "IPAdapter"},
            {"id": 2, "type": "IPAdapter"},
            {"id": 3, "type": "Broken"},
            *UI_GRAPH["nodes"],
        ],
        "links": UI_GRAPH["links"],
    }
    comfy = ScriptedComfyClient(object_info=CLASSES | {"Broken": {}})
    told = r"'IPAdapter' \(node 1, 2\); 'Broken' \(node 3\)\. Install"
    with pytest.raises(ca.WorkflowFormatError, match=told) as caught:
        await read_workflow(graph, comfy)
    assert caught.value.node_id == "1"


async def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's memory is filled by a film."""
    monkeypatch.setattr(workflow_sources, "MAX_SOURCE_BYTES", 10)
    file = tmp_path / "film.json"
    file.write_bytes(b" " * 11)
    with pytest.raises(ca.WorkflowFormatError, match=r"'film\.json' has 11 bytes"):
        await read_workflow(file, away())


async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The name of the file and the reason are told."""
    with pytest.raises(ca.WorkflowFormatError, match=r"'gone\.json'"):
        await read_workflow(tmp_path / "gone.json", away())


async def test_a_graph_is_taken_as_it_is() -> None:
    """What was read already is not read again."""
    graph = ca.Workflow.from_api(GRAPH)
    assert await read_workflow(graph, away()) is graph
