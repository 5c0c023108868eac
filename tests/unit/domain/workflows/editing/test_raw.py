"""Tests of `comfy_assets.domain.workflows.editing.raw`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from attrs import evolve
from hypothesis import given

from comfy_assets.converters import structure, unstructure
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.editing.raw import raw_json
from comfy_assets.testing.strategies import configurations

if TYPE_CHECKING:
    from typing import Any


@given(configuration=configurations())
def test_the_raw_view_is_the_document_that_is_stored(
    configuration: WorkflowConfiguration,
) -> None:
    """Whatever its fields hold; so it reads back, too."""
    raw = raw_json(configuration)
    assert raw == unstructure(configuration)
    assert structure(json.loads(json.dumps(raw)), WorkflowConfiguration) == (
        configuration
    )


@given(configuration=configurations())
def test_a_strength_shows(configuration: WorkflowConfiguration) -> None:
    """Where the style mapping has one."""
    mapping: Any
    for mapping in (AutoDetect(strength=0.5), Explicit(target="a", strength=0.5)):
        strong = evolve(configuration, style_reference_mapping=mapping)
        assert raw_json(strong) == unstructure(strong)
