"""What the demo paints, and its workflows."""

from __future__ import annotations

from collections import Counter

import pytest

from comfy_assets.cli._demo_set import PIECES, SLOTS, requests_for, workflow_of
from comfy_assets.domain.requests import AssetType
from comfy_assets.domain.workflows.analysis import suggest_mappings
from comfy_assets.domain.workflows.build import check_request
from comfy_assets.domain.workflows.graph import read_json
from comfy_assets.testing.samples import make_configuration

# Classes that ComfyUI has had since before March 2024, and that need no model.
_OLD_AND_MODEL_FREE = {
    "EmptyImage",
    "FeatherMask",
    "ImageBlur",
    "ImageCompositeMasked",
    "SaveImage",
    "SolidMask",
}


def test_the_set_is_a_tavern() -> None:
    """Four portraits, and one each of the other kinds."""
    counts = Counter({piece.asset_type: piece.count for piece in PIECES})
    assert counts == {
        AssetType.PORTRAIT: 4,
        AssetType.SPRITE: 1,
        AssetType.BACKDROP: 1,
        AssetType.ITEM: 1,
    }
    assert len({piece.entity for piece in PIECES}) == len(PIECES)
    assert all(len(piece.colours) == piece.count for piece in PIECES)


@pytest.mark.parametrize("reads", [True, False])
@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.asset_type)
def test_each_request_fits_its_workflow(piece: object, reads: bool) -> None:
    """No mapping and no colour misses its node."""
    workflow = read_json(workflow_of(piece.asset_type, reads=reads))
    configuration = make_configuration(
        slot=piece.asset_type,
        workflow_json=workflow.to_api(),
        prompt_mappings=suggest_mappings(workflow),
    )
    requests = requests_for(piece, have=0, reads=reads)
    assert sum(request.count for request in requests) == piece.count
    for request in requests:
        check_request(configuration, request)


@pytest.mark.parametrize("slot", SLOTS)
def test_colours_need_neither_models_nor_a_new_server(slot: AssetType) -> None:
    """They run on any ComfyUI that somebody points the demo at."""
    workflow = read_json(workflow_of(slot, reads=False))
    classes = {node.class_type for node in workflow.nodes.values()}
    assert classes <= _OLD_AND_MODEL_FREE
    assert not suggest_mappings(workflow)


@pytest.mark.parametrize("slot", SLOTS)
def test_words_reach_the_sampler(slot: AssetType) -> None:
    """The prompt and what shall not be seen."""
    workflow = read_json(workflow_of(slot, reads=True))
    sources = {mapping.source for mapping in suggest_mappings(workflow)}
    assert sources == {"prompt", "negative_prompt"}


@pytest.mark.parametrize("have, missing", [(0, 4), (1, 3), (3, 1), (4, 0), (9, 0)])
def test_only_what_is_missing_is_asked_for(have: int, missing: int) -> None:
    """By one request of words, or by one a set of colours."""
    words = requests_for(PIECES[0], have=have, reads=True)
    assert [request.count for request in words] == ([missing] if missing else [])
    colours = requests_for(PIECES[0], have=have, reads=False)
    assert [request.count for request in colours] == [1] * missing
    looks = {tuple(request.overrides.items()) for request in colours}
    assert len(looks) == missing
