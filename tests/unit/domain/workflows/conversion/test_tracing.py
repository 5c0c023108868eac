"""Links are followed through all that only redirects them."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.conversion import convert
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.conversion.documents import (
    CATALOGUE,
    converted,
    document,
    inputs,
    subgraph,
    ui_node,
    with_subgraphs,
)


def reroute(node_id: int, link: int | None, **more: Any) -> dict[str, Any]:
    """A legacy Reroute."""
    saved = [{"name": "", "type": "*", "link": link}]
    return ui_node(node_id, "Reroute", inputs=saved, **more)


@pytest.mark.parametrize(
    "mode, linked, source",
    [(0, 1, ["1", 0]), (4, 1, ["1", 0]), (2, 1, 5), (0, None, 5)],
)
def test_a_reroute_passes_on_what_comes_in(
    mode: int, linked: int | None, source: object
) -> None:
    """Bypassed too; muted or dangling it gives nothing, and a widget keeps its own."""
    data = document(
        [
            ui_node(1, "Whole", [7]),
            reroute(2, linked, mode=mode),
            reroute(3, 2),
            ui_node(4, "Whole", [5], inputs=inputs(value=3)),
        ],
        {1: (1, 0, 2, 0), 2: (2, 0, 3, 0), 3: (3, 0, 4, 0)},
    )
    assert converted(data)["4"] == {"value": source}


def test_a_note_and_a_second_output_of_a_reroute_give_nothing() -> None:
    """There is nothing to follow."""
    data = document(
        [
            ui_node(1, "MarkdownNote"),
            reroute(2, 3),
            ui_node(3, "Decode", inputs=inputs(samples=1, vae=2)),
        ],
        {1: (1, 0, 3, 0), 2: (2, 1, 3, 1), 3: (1, 0, 2, 0)},
    )
    assert converted(data) == {"3": {}}


def test_a_muted_node_gives_nothing() -> None:
    """There is no search further up."""
    data = document(
        [
            ui_node(1, "Loader", mode=2),
            ui_node(2, "Lora", [1], inputs=inputs(model=1, clip=2)),
        ],
        {1: (1, 0, 2, 0), 2: (1, 1, 2, 1)},
    )
    assert converted(data) == {"2": {"strength": 1}}


def test_a_bypassed_node_hands_on_each_of_its_types() -> None:
    """CLIP goes through CLIP: the same slot first."""
    data = document(
        [
            ui_node(1, "Loader"),
            ui_node(2, "Lora", [1], mode=4, inputs=inputs(model=1, clip=2)),
            ui_node(3, "Text", ["a"], inputs=inputs(clip=3)),
            ui_node(4, "Sampler", inputs=inputs(model=4)),
        ],
        {1: (1, 0, 2, 0), 2: (1, 1, 2, 1), 3: (2, 1, 3, 1), 4: (2, 0, 4, 0)},
    )
    written = converted(data)
    assert written["3"]["clip"] == ["1", 1]
    assert written["4"]["model"] == ["1", 0]


def through(type_: str, saved: dict[str, Any], target: str, name: str) -> object:
    """What a target gets through the first output of a bypassed node."""
    data = document(
        [
            ui_node(1, "Loader"),
            ui_node(2, "Whole", [7]),
            ui_node(3, type_, mode=4, inputs=inputs(**saved)),
            ui_node(4, target, inputs=inputs(**{name: 3})),
        ],
        {1: (1, 0, 3, 0), 2: (2, 0, 3, 0), 3: (3, 0, 4, 0), 4: (1, 2, 3, 0)},
    )
    return converted(data)["4"].get(name)


@pytest.mark.parametrize(
    "type_, saved, target, name, source",
    [
        # 1. Who takes anything gets the same slot, even where it is of another type.
        ("Decode", {"samples": 1}, "Any", "source", ["1", 0]),
        # ... the first where there are not so many, and nothing from none.
        ("Loader", {}, "Any", "source", None),
        # 2. The same slot fits.
        ("Blend", {"image1": 1, "image2": 2}, "SaveImage", "images", ["1", 0]),
        # ... and has no link: there is no second try.
        ("Blend", {"image2": 2}, "SaveImage", "images", None),
        # 3. The very type stands elsewhere, at a widget.
        ("Sampler", {"seed": 2}, "Whole", "value", ["2", 0]),
        # 5. Nothing fits.
        ("Decode", {"samples": 1}, "SaveImage", "images", None),
    ],
)
def test_what_goes_through_a_bypassed_node(
    type_: str, saved: dict[str, Any], target: str, name: str, source: object
) -> None:
    """The type that is wanted decides."""
    got = through(type_, saved, target, name)
    assert got == (0 if source is None and target == "Whole" else source)


def test_what_fits_both_ends_is_better_than_nothing() -> None:
    """An unknown class, whose sockets are as they were saved."""
    saved = inputs(a__MASK=None, b__=1)
    data = document(
        [
            ui_node(1, "Loader"),
            ui_node(2, "Gone", mode=4, inputs=saved, outputs=[{"type": "IMAGE"}]),
            ui_node(3, "SaveImage", ["x"], inputs=inputs(images=2)),
        ],
        {1: (1, 0, 2, 1), 2: (2, 0, 3, 0)},
    )
    assert converted(data)["3"]["images"] == ["1", 0]


def test_a_slot_beyond_the_inputs_falls_back_to_the_first() -> None:
    """For who takes anything."""
    data = document(
        [
            ui_node(1, "Loader"),
            ui_node(2, "Decode", mode=4, inputs=inputs(samples=1)),
            ui_node(3, "Any", inputs=inputs(source=2)),
        ],
        {1: (1, 0, 2, 0), 2: (2, 5, 3, 0)},
    )
    assert converted(data)["3"] == {"source": ["1", 0]}


INNER = subgraph(
    "s",
    [ui_node(5, "Lora", [1], inputs=inputs(model=1, clip=2))],
    {1: (-10, 0, 5, 0), 2: (-10, 1, 5, 1), 3: (5, 0, -20, 0), 4: (-10, 2, -20, 1)},
    ins={"model": "MODEL", "clip": "CLIP", "vae": "VAE"},
    outs={"MODEL": "MODEL", "VAE": "VAE", "none": "CLIP"},
)


@pytest.mark.parametrize(
    "mode, written",
    [
        (
            0,
            {
                "2:5": {"model": ["1", 0], "strength": 1},
                "3": {"samples": ["2:5", 0], "vae": ["1", 2]},
                "4": {},
            },
        ),
        (2, {"3": {}, "4": {}}),
        (4, {"3": {"vae": ["1", 2]}, "4": {"source": ["1", 2]}}),
    ],
)
def test_links_go_through_a_subgraph(mode: int, written: dict[str, Any]) -> None:
    """In, out and straight through; one that takes no part hides what is inside."""
    data = document(
        [
            ui_node(1, "Loader", ["a"]),
            ui_node(2, "s", mode=mode, inputs=inputs(model__MODEL=1, vae__VAE=2)),
            ui_node(3, "Decode", inputs=inputs(samples=3, vae=4)),
            ui_node(4, "Any", inputs=inputs(source=5)),
        ],
        {
            1: (1, 0, 2, 0),
            2: (1, 2, 2, 2),
            3: (2, 0, 3, 0),
            4: (2, 1, 3, 1),
            5: (2, 2, 4, 0),
        },
        **with_subgraphs(INNER),
    )
    assert {k: v for k, v in converted(data).items() if k != "1"} == written


@pytest.mark.parametrize("mode, model", [(2, None), (4, ["1", 0])])
def test_a_nested_host_that_takes_no_part_keeps_its_nodes(
    mode: int, model: object
) -> None:
    """They are written, and links go by as by any node of that mode."""
    nested = subgraph(
        "t",
        [ui_node(7, "Lora", [1], inputs=inputs(model=1))],
        {1: (-10, 0, 7, 0), 2: (7, 0, -20, 0)},
        ins={"model": "MODEL"},
        outs={"MODEL": "MODEL"},
    )
    outer = subgraph(
        "s",
        [
            ui_node(5, "t", mode=mode, inputs=inputs(model__MODEL=1)),
            ui_node(6, "Sampler", inputs=inputs(model=2)),
        ],
        {1: (-10, 0, 5, 0), 2: (5, 0, 6, 0)},
        ins={"model": "MODEL"},
    )
    data = document(
        [ui_node(1, "Loader"), ui_node(2, "s", inputs=inputs(model__MODEL=9))],
        {9: (1, 0, 2, 0)},
        **with_subgraphs(outer, nested),
    )
    written = converted(data)
    assert written["2:5:7"] == {"model": ["1", 0], "strength": 1}
    assert written["2:6"].get("model") == model


@pytest.mark.parametrize(
    "wires, problem",
    [
        ({1: (-10, 9, 5, 0)}, "its subgraph has no input 9"),
        ({1: (77, 0, 5, 0)}, "node 77, which a link comes from, does not exist"),
        ({}, "the link 1 of the input 'model' does not exist"),
    ],
)
def test_a_link_inside_that_leads_nowhere_is_told(wires: Any, problem: str) -> None:
    """With the path of the node."""
    inner = subgraph("s", [ui_node(5, "Lora", inputs=inputs(model=1))], wires)
    data = document([ui_node(2, "s")], **with_subgraphs(inner))
    with pytest.raises(WorkflowFormatError, match=f"node 2:5 .*{problem}"):
        convert(data, CATALOGUE)


def test_a_way_straight_through_that_has_no_input_gives_nothing() -> None:
    """The definition promises more than it has."""
    inner = subgraph("s", [], {1: (-10, 9, -20, 0)}, outs={"x": "INT"})
    data = document(
        [ui_node(2, "s"), ui_node(3, "Any", inputs=inputs(source=1))],
        {1: (2, 0, 3, 0)},
        **with_subgraphs(inner),
    )
    assert converted(data) == {"3": {}}


def test_an_output_without_saved_links_is_found_by_the_links_end() -> None:
    """Files written by other tools may lack the list; of several the first counts."""
    inner = subgraph(
        "s", [ui_node(5, "Whole"), ui_node(6, "Whole")], {}, outs={"x": "INT"}
    )
    keys = ("id", "origin_id", "origin_slot", "target_id", "target_slot")
    inner["links"] = [
        dict(zip(keys, row, strict=True))
        for row in ((1, 5, 0, -20, 0), (2, 6, 0, -20, 0))
    ]
    inner["outputs"][0]["linkIds"] = [99]
    data = document(
        [
            ui_node(2, "s"),
            ui_node(3, "Any", inputs=inputs(source=1)),
            ui_node(4, "Any", inputs=inputs(source=1)),
        ],
        {1: (2, 0, 3, 0)},
        **with_subgraphs(inner),
    )
    assert converted(data)["3"] == {"source": ["2:5", 0]}
    assert converted(data)["4"] == {"source": ["2:5", 0]}


def test_reroutes_in_a_circle_are_told() -> None:
    """Nothing would ever come out of them."""
    data = document(
        [reroute(1, 2), reroute(2, 1), ui_node(3, "Any", inputs=inputs(source=3))],
        {1: (1, 0, 2, 0), 2: (2, 0, 1, 0), 3: (2, 0, 3, 0)},
    )
    with pytest.raises(WorkflowFormatError, match="links run in a circle"):
        convert(data, CATALOGUE)


def test_a_link_that_no_input_names_does_not_count() -> None:
    """And the place where it says it ends does not, either."""
    data = document(
        [ui_node(1, "Loader"), ui_node(2, "Lora", [1], inputs=inputs(clip=2))],
        {1: (1, 0, 2, 0), 2: (1, 1, 2, 0)},
    )
    assert converted(data)["2"] == {"clip": ["1", 1], "strength": 1}
