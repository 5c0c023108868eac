"""Tests of `comfy_assets.domain.workflows.editing.ground`."""

from __future__ import annotations

from comfy_assets.domain.workflows.editing.ground import Ground
from comfy_assets.domain.workflows.graph import Workflow
from tests.unit.domain.workflows.graphs import text_to_image


def test_a_graph_is_looked_into_once() -> None:
    """However many drafts stand on it: a step a keystroke must stay cheap."""
    ground = Ground(workflow=Workflow.from_api(text_to_image()), catalogue=None)
    assert ground.analysis is ground.analysis
    assert {it.address for it in ground.analysis.seeds} == {"3.seed"}
