"""The catalogue is complete in itself."""

from __future__ import annotations

import pytest

from comfy_assets.simulator import _nodes
from comfy_assets.simulator._catalogue import NODES, object_info
from comfy_assets.simulator._node_form import MODEL_FOLDERS


@pytest.mark.parametrize("name", NODES)
def test_each_node_is_described_in_full_and_can_run(name: str) -> None:
    """Lists about outputs agree, every input has its place, and a function runs it."""
    node = NODES[name]
    assert node["name"] == name
    assert len(node["output"]) == len(node["output_name"])
    assert len(node["output"]) == len(node["output_is_list"])
    for section, names in node["input_order"].items():
        assert names == list(node["input"][section])
    assert name in _nodes._NODES


def test_uploads_are_the_choices_of_load_image() -> None:
    """What was uploaded can be chosen; the catalogue itself does not change."""
    told = object_info(["b.png", "a.png"])["LoadImage"]["input"]["required"]["image"]
    assert told[0] == ["a.png", "b.png"]
    assert NODES["LoadImage"]["input"]["required"]["image"][0] == []


def test_models_can_be_chosen() -> None:
    """The choices of a loader are the files of its folder."""
    loader = NODES["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"]
    assert loader[0] == list(MODEL_FOLDERS["checkpoints"])
