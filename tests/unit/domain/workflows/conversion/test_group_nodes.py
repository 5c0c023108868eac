"""Legacy group nodes become subgraphs under new ids."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.workflows.conversion.documents import (
    converted,
    document,
    inputs,
    ui_node,
)

#: A latent, sampled, and the sampler's steps; what is linked inside is linked by place.
GROUP: dict[str, Any] = {
    "nodes": [
        {"type": "Latent", "widgets_values": [1, 2], "inputs": []},
        {"type": "Decode", "inputs": inputs(samples=None, vae=None)},
        {"type": "Blend", "inputs": inputs(image1=None), "title": "Mix"},
        {"type": "Sampler", "widgets_values": [5, "fixed", 6], "inputs": []},
    ],
    "links": [[0, 0, 1, 0, 0, "LATENT"], [1, 0, 2, 0, 1, "IMAGE"], "x", [9, 0, 0, 0]],
    "external": [[1, 0, "IMAGE"], 3, [1]],
}


def grouped(
    mark: str = "workflow>", extra: Any = None, **host: Any
) -> dict[str, dict[str, Any]]:
    """The inputs of a file with one group node, its VAE and who takes its images."""
    data = document(
        [
            ui_node(1, "Loader", ["a"]),
            ui_node(2, f"{mark}g", **host),
            ui_node(3, "Any", inputs=inputs(source=2)),
        ],
        {1: (1, 2, 2, 0), 2: (2, 0, 3, 0), 3: (2, 1, 3, 0)},
        extra={"groupNodes": {"g": GROUP} if extra is None else extra},
    )
    return converted(data)


@pytest.mark.parametrize("mark", ["workflow>", "workflow/"])
def test_a_group_is_expanded_under_the_next_free_ids(mark: str) -> None:
    """Inner nodes first, then the host; values by place, links by name and order."""
    written = grouped(
        mark,
        widgets_values=[64, 128, 0.5, 7, "fixed", 8],
        inputs=inputs(vae=1),
    )
    assert written == {
        "1": {"name": "a"},
        "8:4": {"width": 64, "height": 128},
        "8:5": {"samples": ["8:4", 0], "vae": ["1", 2]},
        "8:6": {"image1": ["8:5", 0], "factor": 0.5},
        "8:7": {"seed": 7, "steps": 8},
        # The decoder's output is marked as taken outside as well.
        "3": {"source": ["8:5", 0]},
    }


def test_missing_values_stay_those_of_the_group() -> None:
    """Fewer than there are places."""
    assert grouped(widgets_values=[64])["8:4"] == {"width": 64, "height": 2}
    assert grouped(widgets_values="x")["8:4"] == {"width": 1, "height": 2}


def test_a_widget_of_a_group_may_be_linked() -> None:
    """Then it has a socket, named after it, and with the node where it is taken."""
    group = {"nodes": [{"type": "Whole"}, {"type": "Whole", "title": "B"}]}
    group["nodes"].append({"type": "Whole", "title": "B"})
    data = document(
        [
            ui_node(1, "Whole", [9]),
            ui_node(
                2,
                "workflow>g",
                [1, 2, 3],
                inputs=[
                    {"name": "B value", "link": 1},
                    {"name": "B 2 value", "link": 2},
                ],
            ),
        ],
        {1: (1, 0, 2, 0), 2: (1, 0, 2, 1)},
        extra={"groupNodes": {"g": group}},
    )
    assert converted(data) == {
        "1": {"value": 9},
        "6:3": {"value": 1},
        "6:4": {"value": ["1", 0]},
        "6:5": {"value": ["1", 0]},
    }


def test_a_dynamic_choice_in_a_group_takes_what_follows() -> None:
    """As in a node of its own."""
    data = document(
        [ui_node(1, "workflow>g", ["by factor", 2, "nearest"])],
        extra={"groupNodes": {"g": {"nodes": [{"type": "Resize"}]}}},
    )
    assert converted(data) == {
        "3:2": {"size": "by factor", "size.factor": 2, "method": "nearest"}
    }


def test_a_group_that_the_file_does_not_explain_is_an_unknown_class() -> None:
    """As any other."""
    assert grouped(extra={})["2"] == {}
    assert grouped(extra={"g": 5}) == {"1": {"name": "a"}, "3": {}}
