"""Tests of `comfy_assets.domain.workflows.roles.known`."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.roles.known import CORE
from tests.unit.domain.workflows.described import recorded_catalogue


@pytest.mark.parametrize("class_type", list(CORE.nodes))
def test_what_is_known_is_what_a_server_tells(class_type: str) -> None:
    """Types, ranges and outputs are those of ComfyUI 0.33."""
    known = CORE.nodes[class_type]
    told = recorded_catalogue().nodes[class_type]
    assert [o.type for o in known.outputs] == [o.type for o in told.outputs]
    assert known.is_output_node is told.is_output_node
    for entry in known.inputs:
        real = told.input(entry.name)
        assert real is not None
        assert entry.type == real.type
        assert (entry.minimum, entry.maximum) == (real.minimum, real.maximum)
        # Whole numbers that name no step have one of 1.
        assert entry.step in {real.step, 1 if entry.type == "INT" else real.step}
        assert entry.is_multiline is real.is_multiline
        assert entry.upload == real.upload
        assert entry.choices is None
