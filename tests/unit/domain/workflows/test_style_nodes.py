"""Tests of `comfy_assets.domain.workflows.style_nodes`."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue, live_inputs
from comfy_assets.domain.workflows.style_nodes import PREPARING_NODES, STYLE_NODES
from comfy_assets.domain.workflows.validation import Severity, validate
from tests.style_graphs import LOADER_ID, MODEL_LOADERS, GraphMaker, with_reference

_DATA = Path(__file__).parents[3] / "data" / "conversions" / "object_info.json.gz"
# Brought by ComfyUI_IPAdapter_plus, which no catalogue of ours has.
CUSTOM_STYLE = {name for name in STYLE_NODES if name.startswith("IPA")}
CUSTOM_PREPARING = {"PrepImageForClipVision", "PrepImageForInsightFace"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """What ComfyUI 0.33 offers, nodes of partners included."""
    data: dict[str, Any] = json.loads(gzip.decompress(_DATA.read_bytes()))
    return Catalogue.from_object_info(data)


@pytest.mark.parametrize("class_type", sorted(STYLE_NODES.keys() - CUSTOM_STYLE))
def test_the_table_says_what_comfyui_says(
    catalogue: Catalogue, class_type: str
) -> None:
    """Each input is there, a picture where we call it one, its strength a number."""
    inputs = {
        entry.name: entry
        for entry in live_inputs(catalogue.nodes[class_type].inputs, {})
    }
    for image in STYLE_NODES[class_type]:
        assert ("IMAGE" in inputs[image.name].types) is image.is_picture, image
        if image.strength is not None:
            assert "FLOAT" in inputs[image.strength].types


@pytest.mark.parametrize(
    "class_type", sorted(PREPARING_NODES.keys() - CUSTOM_PREPARING)
)
def test_preparing_nodes_take_one_picture(
    catalogue: Catalogue, class_type: str
) -> None:
    """The input that may be free is the picture, and the only one."""
    inputs = catalogue.nodes[class_type].inputs
    pictures = [entry.name for entry in inputs if "IMAGE" in entry.types]
    assert pictures == [PREPARING_NODES[class_type]]


@pytest.mark.parametrize("is_fed", [True, False], ids=["fed", "free"])
@pytest.mark.parametrize("class_type", sorted(STYLE_NODES.keys() - CUSTOM_STYLE))
def test_a_run_with_a_style_image_lacks_nothing_but_models(
    catalogue: Catalogue, class_type: str, *, is_fed: bool
) -> None:
    """By the catalogue of ComfyUI 0.33 there is no other fault in it."""
    graph = GraphMaker(catalogue, is_fed=is_fed).around(class_type)
    run, loader_id = with_reference(graph, "example.png")
    assert (loader_id == LOADER_ID) is is_fed
    errors = [
        fault
        for fault in validate(run, catalogue, server_version="0.33.0")
        if fault.severity is Severity.ERROR
        and run.nodes[fault.node_id or ""].class_type not in MODEL_LOADERS
    ]
    assert not errors
    run, loader_id = with_reference(graph, "never_uploaded.png")
    faults = validate(run, catalogue, server_version="0.33.0")
    assert (loader_id, "image") in {(f.node_id, f.input_name) for f in faults}
