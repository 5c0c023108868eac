"""Tests of `comfy_assets.domain.workflows.editing.uploads`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from comfy_assets.domain.workflows.editing.uploads import read_upload
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.graphs import text_to_image
from tests.unit.domain.workflows.object_info import BASICS, older

_SAVED: dict[str, Any] = {
    "nodes": [
        {"id": 1, "type": "Empty", "widgets_values": [64, 3]},
        {
            "id": 2,
            "type": "Save",
            "widgets_values": ["x"],
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}],
        },
    ],
    "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    "version": 0.4,
}


def test_a_graph_may_be_itself_a_mapping_or_text() -> None:
    """Whatever holds it, no server is needed."""
    workflow = Workflow.from_api(text_to_image())
    text = json.dumps(text_to_image())
    for source in (workflow, text_to_image(), text, text.encode()):
        assert read_upload(source, None) == workflow


def test_a_file_of_the_editor_is_converted_by_the_servers_classes() -> None:
    """As when a workflow is first stored."""
    converted = read_upload(_SAVED, older(**BASICS))
    assert converted.nodes["1"].inputs == {"width": 64, "color": 3}


def test_without_classes_a_file_of_the_editor_says_what_to_do() -> None:
    """It cannot be read otherwise."""
    with pytest.raises(WorkflowFormatError, match="start ComfyUI"):
        read_upload(_SAVED, None)


def test_classes_that_the_server_lacks_are_all_named() -> None:
    """Their values would be lost without a word; so too where they cannot be read."""
    told = r"'Empty' \(node 1\); 'Save' \(node 2\)\. Install"
    for classes in ({"Invert": BASICS["Invert"]}, {"Empty": {}, "Save": {}}):
        with pytest.raises(WorkflowFormatError, match=told) as caught:
            read_upload(_SAVED, older(**classes))
        assert caught.value.node_id == "1"


def test_what_holds_no_workflow_is_refused() -> None:
    """With the sentence of whoever reads it."""
    with pytest.raises(WorkflowFormatError, match="JSON"):
        read_upload("{", None)
