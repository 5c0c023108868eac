"""A converted graph is refused for classes that the server does not have."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.conversion import check_classes
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.object_info import BASICS, older


def graph_of(*classes: str) -> Workflow:
    """Return a graph with one node a class, numbered from 1."""
    return Workflow.from_api(
        {
            str(place): {"class_type": class_type, "inputs": {}}
            for place, class_type in enumerate(classes, start=1)
        }
    )


def test_classes_that_the_server_has_pass() -> None:
    """Nothing else is asked of the graph."""
    check_classes(graph_of("Save", "Empty", "Save"), older(**BASICS))


def test_all_classes_that_the_server_lacks_are_told_at_once() -> None:
    """Each with its nodes, in the order of the graph; the first node is at fault."""
    graph = graph_of("Save", "IPAdapter", "Empty", "Film", "IPAdapter")
    with pytest.raises(WorkflowFormatError) as caught:
        check_classes(graph, older(**BASICS))
    assert caught.value.node_id == "2"
    assert caught.value.problem == (
        "the server lacks these classes: 'IPAdapter' (node 2, 5); 'Film' (node 4). "
        "Install the custom nodes that bring them, or update ComfyUI"
    )


def test_a_class_that_cannot_be_read_is_as_good_as_none() -> None:
    """The server has it, but nobody knows its inputs."""
    with pytest.raises(WorkflowFormatError, match=r"'Empty' \(node 1\)"):
        check_classes(graph_of("Empty"), older(**BASICS | {"Empty": {}}))
