"""Limits are positive, and every default stands in one place."""

from __future__ import annotations

import math

import attrs
import pytest

from comfy_assets.adapters.comfyui import ComfyUITimeouts
from comfy_assets.errors import InvalidRequestError


@pytest.mark.parametrize(
    "field", [field.name for field in attrs.fields(ComfyUITimeouts)]
)
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_a_limit_that_is_none_is_refused(field: str, value: float) -> None:
    """Zero, negative and endless limits are refused by name."""
    with pytest.raises(InvalidRequestError) as caught:
        ComfyUITimeouts(**{field: value})
    assert caught.value.field == field


def test_a_run_may_take_as_long_as_it_gets_on() -> None:
    """By default only standing still ends a run."""
    assert ComfyUITimeouts().run_seconds is None
