"""Texts that the editor rewrites when it writes a graph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.conversion.texts import (
    as_written,
    without_dynamic_prompts,
)
from tests.unit.domain.workflows.conversion.documents import (
    converted,
    document,
    inputs,
    subgraph,
    ui_node,
    with_subgraphs,
)


@pytest.mark.parametrize(
    "text, written",
    [
        ("plain", "plain"),
        ("{red}", "red"),
        ("{a|b} cat", "a cat"),
        ("{{a|b}|c} x", "a x"),
        ("{a {b|c} d|e}", "a b d"),
        (r"\{a\|b\}", "{a|b}"),
        (r"{\{a|b}", "{a"),
        ("a // gone\nb", "a \nb"),
        ("see http://x.y/z", "see http:"),
        ("a /* gone\n */ b", "a  b"),
        ("a /* open", "a /* open"),
        ("a */ b /* c", "a */ b /* c"),
        ("// gone /* too */", ""),
        ("/* a // b */ c", " c"),
        ("{a", "a"),
        ("{a|b", "a"),
        ("a}b|c", "a}b|c"),
        ("a\\", "a\\"),
        ("{}", ""),
        ("{|a}", ""),
        ("{a{b}|c}", "ab"),
        ("{/|x}/ no comment yet", "// no comment yet"),
    ],
)
def test_dynamic_prompts_are_resolved(text: str, written: str) -> None:
    """Comments go, choices become their first, escaped braces lose the backslash."""
    assert without_dynamic_prompts(text) == written


@given(st.text("{}|\\/*ab\n", max_size=60))
def test_resolving_ends_on_any_text(text: str) -> None:
    """And makes nothing longer."""
    assert len(without_dynamic_prompts(text)) <= len(text)


def test_braces_beyond_all_measure_end() -> None:
    """They are left as they are."""
    assert "{" in without_dynamic_prompts("{" * 300 + "a" + "}" * 300)


def test_only_texts_that_ask_for_it_are_resolved() -> None:
    """And only texts: a number stays one."""
    data = document(
        [
            ui_node(1, "Text", ["{a|b}"]),
            ui_node(2, "Text", [5]),
            ui_node(3, "Plain", ["{a|b}", 1]),
        ]
    )
    written = converted(data)
    assert written["1"] == {"text": "a"}
    assert written["2"] == {"text": 5}
    assert written["3"]["text"] == "{a|b}"


def test_a_promoted_text_is_not_resolved() -> None:
    """The host's value goes as it is."""
    inner = subgraph(
        "s",
        [ui_node(5, "Text", ["{c|d}"], inputs=inputs(text=1))],
        {1: (-10, 0, 5, 0)},
        ins={"text": "STRING"},
    )
    data = document([ui_node(1, "s", ["{a|b}"])], **with_subgraphs(inner))
    assert converted(data) == {"1:5": {"text": "{a|b}"}}


@pytest.mark.parametrize(
    "prefix, written",
    [
        ("%Whole.value%", "7"),
        ("a/%Steps.value%_b", "a/9_b"),
        ("%Alias.text%", "x_y_z_"),
        ("%Alias.number%", "2.5"),
        ("%Alias.nothing%", "%Alias.nothing%"),
        ("%Nobody.value%", "%Nobody.value%"),
        ("%width%x%date:yyyy%", "%width%x%date:yyyy%"),
        ("%Whole.value.x%", "%Whole.value.x%"),
        ("100%", "100%"),
        ("%Deep.value%", "3"),
        ("%Inner.steps%", "11"),
        ("%Inner.model%", "%Inner.model%"),
        ("%Yes.switch%", "true"),
        ("%Empty.value%", ""),
    ],
)
def test_a_prefix_may_name_the_values_of_other_nodes(prefix: str, written: str) -> None:
    """By their property or their title, subgraphs included; characters are made fit."""
    inner = subgraph(
        "s",
        [
            ui_node(30, "Whole", [3], title="Deep"),
            ui_node(31, "Sampler", inputs=inputs(model=1, steps=2)),
        ],
        {1: (-10, 0, 31, 0), 2: (-10, 1, 31, 1)},
        ins={"model": "MODEL", "steps": "INT"},
    )
    alias = {"Node name for S&R": "Alias"}
    data = document(
        [
            ui_node(1, "SaveImage", [prefix]),
            ui_node(2, "Whole", [7]),
            ui_node(3, "Whole", [9], title="Steps", properties={"x": 1}),
            ui_node(4, "Plain", ["x/y:z\n", 2.5], properties=alias),
            ui_node(5, "Switch", [True], title="Yes"),
            ui_node(6, "Whole", [None], title="Empty"),
            ui_node(20, "s", [11]),
        ],
        **with_subgraphs(inner),
    )
    assert converted(data)["1"] == {"filename_prefix": written}


def test_only_savers_replace_and_only_in_their_prefix() -> None:
    """A text that looks like it is a text."""
    data = document([ui_node(1, "Plain", ["%Whole.value%", 1]), ui_node(2, "Whole")])
    assert converted(data)["1"]["text"] == "%Whole.value%"
    data = document([ui_node(1, "SaveImage", [5])])
    assert converted(data)["1"] == {"filename_prefix": 5}


def test_numbers_are_written_as_javascript_writes_them() -> None:
    """Whole ones without a point, as deep as they may stand."""
    assert repr(as_written({"a": [7.0, 7.5, True, {"b": 1e300}]})) == (
        "{'a': [7, 7.5, True, {'b': 1e+300}]}"
    )
    deep: list[object] = [1.0]
    for _ in range(80):
        deep = [deep]
    assert as_written(deep) is not None
