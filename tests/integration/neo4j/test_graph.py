"""What a person and other programs see of us in Neo4j: nodes, ties, host entities."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from anyio import create_task_group
from attrs import evolve, fields

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.domain.assets import GalleryAsset
from comfy_assets.domain.requests import MAX_SEED, AssetType, EntityRef
from comfy_assets.errors import AssetNotFoundError
from comfy_assets.testing.samples import (
    MARCUS,
    NOON,
    make_asset,
    make_batch,
    make_configuration,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.neo4j_access import Neo4jAccess

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

_LABELS: Final = {
    "Character": ("TestCharacter", "id"),
    "Location": ("Test Location", "place id"),
}


@pytest.fixture
async def game(server: Neo4jAccess) -> AsyncIterator[Neo4jAssetRepository]:
    """Open a repository beside a host's own nodes."""
    server.query("MATCH (n:TestCharacter) DETACH DELETE n")
    server.query("MATCH (n:`Test Location`) DETACH DELETE n")
    server.query("CREATE (:TestCharacter {id: 'marcus', name: 'Marcus'})")
    server.query("CREATE (:`Test Location` {`place id`: 'tavern'})")
    opened = Neo4jAssetRepository(server.uri, auth=server.auth, entity_labels=_LABELS)
    yield opened
    await opened.aclose()


def _marcus(server: Neo4jAccess) -> dict[str, object]:
    (row,) = server.query("MATCH (n:TestCharacter) RETURN properties(n) AS node")
    node: dict[str, object] = row["node"]
    return node


async def test_an_asset_is_a_node_with_its_fields(
    server: Neo4jAccess, repository: Neo4jAssetRepository
) -> None:
    """Every field is a property; times are times, and a large seed keeps its digits."""
    asset = make_asset(seed=MAX_SEED, overrides={"KSampler.steps": 20}, label="grim")
    await repository.assets.add(asset)
    (row,) = server.query("MATCH (a:GalleryAsset) RETURN properties(a) AS node")
    node = row["node"]
    names = {field.name for field in fields(GalleryAsset)} - {"entity"}
    unset = {"batch_id", "style_reference_id"}
    assert names - unset <= node.keys()
    assert (node["entity_type"], node["entity_id"]) == ("Character", "marcus")
    assert node["seed"] == str(MAX_SEED)
    assert json.loads(node["overrides"]) == {"KSampler.steps": 20}
    assert node["created_at"].to_native() == NOON
    assert node["is_active"] is False


async def test_ties_lead_from_workflow_to_batch_to_asset_to_style(
    server: Neo4jAccess, repository: Neo4jAssetRepository
) -> None:
    """The graph tells how an image came to be."""
    style = make_asset()
    batch = make_batch()
    asset = make_asset(batch_id=batch.id, index=2, style_reference_id=style.id)
    await repository.workflows.save(make_configuration())
    await repository.batches.add(batch)
    await repository.assets.add(style)
    await repository.assets.add(asset)
    (row,) = server.query(
        "MATCH (w:WorkflowConfiguration)-[:USED_BY]->(b:GenerationBatch)"
        "-[p:PRODUCED]->(a:GalleryAsset)-[:STYLED_BY]->(s:GalleryAsset) "
        "RETURN w.slot, b.id, p.index, a.id, s.id"
    )
    assert list(row.values()) == ["portrait", batch.id, 2, asset.id, style.id]


async def test_ties_are_made_in_whatever_order_nodes_come(
    server: Neo4jAccess, repository: Neo4jAssetRepository
) -> None:
    """An asset that comes before its style and its batch is tied to them, too."""
    style = make_asset()
    batch = make_batch()
    asset = make_asset(batch_id=batch.id, style_reference_id=style.id)
    await repository.assets.add(asset)
    await repository.assets.add(style)
    await repository.batches.add(batch)
    rows = server.query(
        "MATCH (:GenerationBatch)-[p:PRODUCED]->(:GalleryAsset)"
        "-[s:STYLED_BY]->(:GalleryAsset) RETURN count(p) AS p, count(s) AS s"
    )
    assert rows == [{"p": 1, "s": 1}]


async def test_saving_a_batch_keeps_its_ties(
    server: Neo4jAccess, repository: Neo4jAssetRepository
) -> None:
    """A batch that is saved is the same node."""
    batch = await repository.batches.add(make_batch())
    await repository.assets.add(make_asset(batch_id=batch.id))
    await repository.batches.save(batch.start(NOON))
    rows = server.query(
        "MATCH (b:GenerationBatch)-[:PRODUCED]->() RETURN b.status AS status"
    )
    assert rows == [{"status": "processing"}]


async def test_lineage_walks_styles_both_ways(
    repository: Neo4jAssetRepository,
) -> None:
    """The styles behind an asset come nearest first, and so do its followers."""
    first = make_asset(label="first")
    second = make_asset(style_reference_id=first.id)
    middle = make_asset(style_reference_id=second.id)
    young = make_asset(
        style_reference_id=middle.id, created_at=NOON + timedelta(seconds=1)
    )
    old = make_asset(style_reference_id=middle.id)
    last = make_asset(style_reference_id=old.id)
    for asset in (first, second, middle, young, old, last, make_asset()):
        await repository.assets.add(asset)
    lineage = await repository.lineage(middle.id)
    assert lineage.styles == (second, first)
    assert lineage.followers == (old, young, last)
    await repository.assets.delete(middle.id)
    with pytest.raises(AssetNotFoundError):
        await repository.lineage(middle.id)


async def test_a_host_entity_is_tied_to_its_assets(
    server: Neo4jAccess, game: Neo4jAssetRepository
) -> None:
    """The host's node gets a relationship to each asset, and is else as it was."""
    asset = make_asset()
    await game.assets.add(asset)
    rows = server.query(
        "MATCH (n:TestCharacter {id: 'marcus'})-[:HAS_ASSET]->(a) RETURN a.id AS id"
    )
    assert rows == [{"id": asset.id}]
    assert _marcus(server) == {"id": "marcus", "name": "Marcus"}


async def test_activating_names_the_asset_on_the_host_entity(
    server: Neo4jAccess, game: Neo4jAssetRepository
) -> None:
    """The field of the asset's type holds the active one's id, as long as it is so."""
    one, two = make_asset(), make_asset(is_active=True)
    sprite = make_asset(asset_type=AssetType.SPRITE)
    custom = make_asset(asset_type=AssetType.CUSTOM, is_active=True)
    for asset in (one, two, sprite, custom):
        await game.assets.add(asset)
    assert _marcus(server)["portrait_asset"] == two.id
    await game.assets.activate(one.id)
    await game.assets.activate(sprite.id)
    assert _marcus(server) == {
        "id": "marcus",
        "name": "Marcus",
        "portrait_asset": one.id,
        "sprite_asset": sprite.id,
    }
    await game.assets.deactivate(two.id)
    assert _marcus(server)["portrait_asset"] == one.id
    await game.assets.deactivate(one.id)
    assert "portrait_asset" not in _marcus(server)
    await game.assets.delete(sprite.id)
    assert _marcus(server) == {"id": "marcus", "name": "Marcus"}


async def test_labels_and_properties_may_have_blanks(
    server: Neo4jAccess, game: Neo4jAssetRepository
) -> None:
    """Any label of the host's can be named."""
    asset = make_asset(
        entity=EntityRef("Location", "tavern"), asset_type=AssetType.BACKDROP
    )
    await game.assets.add(asset)
    await game.assets.activate(asset.id)
    rows = server.query("MATCH (n:`Test Location`) RETURN n.backdrop_asset AS id")
    assert rows == [{"id": asset.id}]


async def test_entities_that_the_host_has_not_are_not_made(
    server: Neo4jAccess, game: Neo4jAssetRepository
) -> None:
    """An asset of an entity without a node is an asset all the same."""
    for name in ("nobody", "'}) DETACH DELETE n //"):
        asset = make_asset(entity=EntityRef("Character", name), is_active=True)
        await game.assets.add(asset)
        assert await game.assets.get(asset.id) == asset
    assert _marcus(server) == {"id": "marcus", "name": "Marcus"}


async def test_deleting_all_assets_leaves_the_host_entity(
    server: Neo4jAccess, game: Neo4jAssetRepository
) -> None:
    """The host's node stays when its last asset is purged."""
    asset = make_asset(is_active=True)
    await game.assets.add(asset)
    assert await game.assets.delete(asset.id) == asset
    await game.assets.purge(asset.id)
    rows = server.query("MATCH (n:TestCharacter)--() RETURN n")
    assert rows == []
    assert _marcus(server) == {"id": "marcus", "name": "Marcus"}


async def test_concurrent_activations_agree_with_the_host_entity(
    server: Neo4jAccess, game: Neo4jAssetRepository
) -> None:
    """However many activate at once, the entity names the one that is active."""
    assets = [make_asset() for _ in range(8)]
    for asset in assets:
        await game.assets.add(asset)
    async with create_task_group() as tasks:
        for asset in assets * 3:
            tasks.start_soon(game.assets.activate, asset.id)
    active = [it for it in assets if (await game.assets.get(it.id)).is_active]
    assert [it.id for it in active] == [_marcus(server)["portrait_asset"]]


async def test_texts_of_any_entity_fit(repository: Neo4jAssetRepository) -> None:
    """Quotes, braces and backslashes in names are values, never parts of Cypher."""
    entity = EntityRef("a`b", "\\u0060}) RETURN 1 //'\"")
    asset = make_asset(entity=entity, is_active=True)
    await repository.assets.add(asset)
    other = evolve(make_asset(), entity=entity)
    await repository.assets.add(other)
    await repository.assets.activate(other.id)
    assert (await repository.assets.get(asset.id)).is_active is False
    assert asset.entity != MARCUS
