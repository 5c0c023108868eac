"""Values as nodes: flat, complete, and told apart from what something else wrote."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from hypothesis import given

from comfy_assets.adapters.neo4j._asset_nodes import read_asset, write_asset
from comfy_assets.adapters.neo4j._batch_nodes import read_batch, write_batch
from comfy_assets.adapters.neo4j._workflow_nodes import (
    read_configuration,
    write_configuration,
)
from comfy_assets.domain.assets import GalleryAsset
from comfy_assets.domain.batches import Claim, GenerationBatch
from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
from comfy_assets.errors import RepositoryError
from comfy_assets.testing.samples import (
    NOON,
    make_asset,
    make_batch,
    make_configuration,
)
from comfy_assets.testing.strategies import assets, batches, configurations


def _as_stored(properties: dict[str, Any]) -> dict[str, Any]:
    """Return what Neo4j keeps: it has no property without a value."""
    return {name: value for name, value in properties.items() if value is not None}


@given(asset=assets())
def test_assets_come_back_equal(asset: GalleryAsset) -> None:
    """Every field survives, on properties that Neo4j can hold."""
    properties = write_asset(asset)
    assert not [value for value in properties.values() if isinstance(value, dict)]
    assert read_asset(_as_stored(properties)) == asset


@given(batch=batches())
def test_batches_come_back_equal(batch: GenerationBatch) -> None:
    """Every field survives, the request's, the failure's and the claim's too."""
    properties = write_batch(batch)
    assert not [value for value in properties.values() if isinstance(value, dict)]
    assert read_batch(_as_stored(properties)) == batch


@given(configuration=configurations())
def test_configurations_come_back_equal(configuration: WorkflowConfiguration) -> None:
    """The graph and its mappings survive as JSON."""
    properties = write_configuration(configuration)
    assert read_configuration(_as_stored(properties)) == configuration


def test_what_waits_is_in_the_line_and_what_is_held_is_not() -> None:
    """A batch is found by one of the two keys that claims read, or by none."""
    claim = Claim(owner="w", lease_until=NOON, fence=1)
    waiting = make_batch()
    found = {
        "waiting": waiting,
        "held": evolve(waiting, claim=claim),
        "orphaned": waiting.start(NOON),
        "finished": waiting.cancel(NOON),
    }
    keys = {
        name: {
            key
            for key in ("line_key", "takeover_at", "place_key")
            if write_batch(batch)[key] is not None
        }
        for name, batch in found.items()
    }
    assert keys == {
        "waiting": {"line_key", "place_key"},
        "held": {"takeover_at", "place_key"},
        "orphaned": {"takeover_at", "place_key"},
        "finished": set(),
    }


@pytest.mark.parametrize("name", ["overrides", "seed", "created_at", "prompt"])
@pytest.mark.parametrize("value", ["{", 3.5])
def test_a_damaged_asset_is_told(name: str, value: object) -> None:
    """A node that something else changed is an error of ours, with its id."""
    asset = make_asset(seed=1)
    properties = write_asset(asset) | {name: value if name != "prompt" else None}
    with pytest.raises(RepositoryError, match=asset.id):
        read_asset(properties)


@pytest.mark.parametrize("name", ["context", "requested_seed", "created_at", "status"])
def test_a_damaged_batch_is_told(name: str) -> None:
    """As with assets."""
    batch = make_batch()
    with pytest.raises(RepositoryError, match=batch.id):
        read_batch(write_batch(batch) | {name: "{"})


@pytest.mark.parametrize("name", ["workflow_json", "locked_inputs", "updated_at"])
def test_a_damaged_configuration_is_told(name: str) -> None:
    """As with assets."""
    configuration = make_configuration()
    with pytest.raises(RepositoryError, match=configuration.id):
        read_configuration(write_configuration(configuration) | {name: "{"})
