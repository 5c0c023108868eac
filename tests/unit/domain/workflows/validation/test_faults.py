"""Tests of `comfy_assets.domain.workflows.validation.faults`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.validation import Fault, FaultKind, Severity
from comfy_assets.domain.workflows.validation.faults import Findings


def _told(node: Any, input_name: str | None = None) -> str:
    findings = Findings(nodes={"5": node})
    findings.error(FaultKind.MISSING_INPUT, "5", input_name, "mend it.")
    (fault,) = findings.in_order()
    return str(fault)


@pytest.mark.parametrize(
    "node, text",
    [
        (None, "Node 5: mend it."),
        ({"class_type": "K"}, "Node 5 (K): mend it."),
        (
            {"class_type": "K", "_meta": {"title": "T"}},
            "Node 5 'T' (K): mend it.",
        ),
        ({"class_type": 7, "_meta": {"title": ""}}, "Node 5: mend it."),
        ({"class_type": "\ud800"}, "Node 5 (\\ud800): mend it."),
    ],
)
def test_a_sentence_says_where_it_is(node: Any, text: str) -> None:
    """By id, title and class, as far as there are any."""
    assert _told(node) == text


def test_a_sentence_names_the_input() -> None:
    """Dots included."""
    assert _told({}, "a.b") == "Node 5, input 'a.b': mend it."


def test_suggestions_end_the_sentence() -> None:
    """And stand apart for programs."""
    findings = Findings(nodes={"5": {}})
    findings.warning(
        FaultKind.UNKNOWN_INPUT, "5", "x", "no.", suggestions=["y"], is_certain=False
    )
    assert findings.in_order() == (
        Fault(
            severity=Severity.WARNING,
            kind=FaultKind.UNKNOWN_INPUT,
            node_id="5",
            input_name="x",
            sentence="Node 5, input 'x': no. Did you mean: y?",
            suggestions=("y",),
            is_certain=False,
        ),
    )


def test_faults_of_the_whole_come_first() -> None:
    """Then those of the nodes, in the graph's order."""
    findings = Findings(nodes={"b": {}, "a": {}})
    for node_id in ("a", "b", None):
        findings.error(FaultKind.CYCLE, node_id, None, "x.")
    assert [fault.node_id for fault in findings.in_order()] == [None, "b", "a"]
