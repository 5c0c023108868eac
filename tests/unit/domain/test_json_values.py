"""Tests of `comfy_assets.domain.json_values`."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given

from comfy_assets.domain.json_values import (
    MAX_DEPTH,
    freeze_json,
    thaw_json,
)
from comfy_assets.errors import WorkflowFormatError
from tests.unit.domain.workflows.graphs import JSON


@given(JSON)
def test_a_value_comes_back_equal_or_is_refused(value: Any) -> None:
    """Whatever is accepted survives freezing and thawing, and can be sent."""
    try:
        frozen = freeze_json(value)
    except WorkflowFormatError:
        return
    assert thaw_json(frozen) == value
    assert json.dumps(thaw_json(frozen), ensure_ascii=False).encode()


def test_what_is_frozen_does_not_follow_its_source() -> None:
    """Changing the source, or what was thawed, leaves the frozen value alone."""
    source = {"a": [1, {"b": 2}]}
    frozen = freeze_json(source)
    source["a"].append(3)
    thaw_json(frozen)["a"].clear()
    assert thaw_json(frozen) == {"a": [1, {"b": 2}]}
    with pytest.raises(TypeError):
        frozen["a"] = 1


@pytest.mark.parametrize(
    "value, problem",
    [
        (math.nan, "finite"),
        (math.inf, "finite"),
        (2**64, "64 bits"),
        (b"bytes", "bytes"),
        ({1: 2}, "1"),
        ("\ud800", "UTF-8"),
        ({"\ud800": 1}, "UTF-8"),
    ],
)
def test_what_json_lacks_is_refused(value: object, problem: str) -> None:
    """The error says what is wrong with the value."""
    with pytest.raises(WorkflowFormatError, match=problem):
        freeze_json([value])


@pytest.mark.parametrize("value", [True, 2**64 - 1, -1, 1.5, None, "é", "\U0001f600"])
def test_plain_values_stay_what_they_are(value: object) -> None:
    """Seeds up to 2^64-1 and any text are plain values."""
    assert freeze_json(value) is value


@pytest.mark.parametrize("wrap", [lambda x: [x], lambda x: {"k": x}])
def test_nesting_has_a_limit(wrap: Any) -> None:
    """Lists and mappings may stand in each other 32 times, not more."""
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = wrap(value)
    freeze_json(value)
    with pytest.raises(WorkflowFormatError, match="deeper than 32"):
        freeze_json(wrap(value))
