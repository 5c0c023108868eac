"""Verdicts on graphs that no recording shows."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.simulator._validation import Verdict, validate
from tests.integration.simulator.conversation import image_graph, sampler_graph


def _judge(graph: Any, **more: Any) -> Verdict:
    options: dict[str, Any] = {
        "targets": None,
        "is_known_image": lambda name: name == "known.png",
    }
    return validate(graph, **options | more)


def test_good_graphs_pass() -> None:
    """Both usual graphs are accepted with their one output."""
    assert _judge(image_graph()) == Verdict(error=None, outputs=["3"], node_errors={})
    assert _judge(sampler_graph()).outputs == ["9"]


@pytest.mark.parametrize("graph", [None, [], "x", {"1": "x"}])
def test_what_is_no_graph_raises(graph: object) -> None:
    """The server answers 500 to these, so they are no verdicts."""
    with pytest.raises(TypeError):
        _judge(graph)


def test_only_targets_are_run() -> None:
    """Targets choose among the outputs; none left is no output."""
    graph = image_graph() | {
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}}
    }
    assert _judge(graph).outputs == ["3", "4"]
    assert _judge(graph, targets=["4"]).outputs == ["4"]
    error = _judge(graph, targets=["1"]).error
    assert error is not None
    assert error["type"] == "prompt_no_outputs"


def test_broken_branches_are_dropped_and_named() -> None:
    """One good output is enough; the mistakes are told all the same."""
    graph = image_graph() | {
        "5": {"class_type": "SaveImage", "inputs": {"images": ["6", 0]}},
        "6": {"class_type": "LoadImage", "inputs": {"image": "gone.png"}},
    }
    verdict = _judge(graph)
    assert verdict.error is None
    assert verdict.outputs == ["3"]
    assert set(verdict.node_errors) == {"5", "6"}
    assert verdict.node_errors["6"]["dependent_outputs"] == ["5"]
    assert verdict.node_errors["6"]["errors"][0]["type"] == "custom_validation_failed"


def test_uploaded_images_are_accepted() -> None:
    """LoadImage asks the files, not the list of choices."""
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "known.png"}},
        "2": {"class_type": "PreviewImage", "inputs": {"images": ["1", 0]}},
    }
    assert _judge(graph).error is None


def test_nodes_that_lead_nowhere_need_only_a_known_class() -> None:
    """What no output needs is not judged."""
    graph = image_graph() | {"9": {"class_type": "KSampler", "inputs": {}}}
    assert _judge(graph).error is None


def test_a_mistake_above_leaves_nodes_below_without_blame() -> None:
    """Only the node that is wrong is named."""
    graph = sampler_graph()
    graph["3"]["inputs"]["seed"] = 2**64
    verdict = _judge(graph)
    assert set(verdict.node_errors) == {"3"}
    assert verdict.node_errors["3"]["errors"][0]["type"] == "value_bigger_than_max"
    assert verdict.outputs == []
