"""Every statement of Neo4j's adapter finds its nodes by an index."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

import pytest

from comfy_assets.adapters.neo4j import (
    _adding,
    _line,
    _lineage,
    _migration,
    _saving,
    assets,
    batches,
    workflows,
)
from comfy_assets.adapters.neo4j._asset_nodes import write_asset
from comfy_assets.adapters.neo4j._batch_nodes import write_batch
from comfy_assets.adapters.neo4j._hosts import HostEntities
from comfy_assets.adapters.neo4j._listings import asset_count, asset_page, batch_page
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.requests import AssetType, WorkflowSlot
from comfy_assets.testing.samples import MARCUS, make_asset, make_batch

if TYPE_CHECKING:
    from comfy_assets.adapters.neo4j import Neo4jAssetRepository
    from comfy_assets.adapters.neo4j._listings import Statement
    from tests.servers.neo4j_access import Neo4jAccess

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

#: Reads all that there is, or all of a label.
_SCANS: Final = (
    "AllNodesScan",
    "NodeByLabelScan",
    "NodeIndexScan",
    "RelationshipTypeScan",
)
_HOSTS: Final = HostEntities({"Character": ("TestCharacter", "id")})
#: Has all that an asset may be tied to.
_GRAND: Final = make_asset(
    batch_id=BatchId("x"), style_reference_id=AssetId("x"), is_active=True
)
_ASSET: Final = write_asset(make_asset())
_PARAMETERS: Final[dict[str, Any]] = {
    "id": "x",
    "slot": "portrait",
    "owner": "w",
    "fence": 1,
    "version": 1,
    "lease": 1,
    "limit": 50,
    "last": "",
    "token": "t",
    "seen": {},
    **_adding.parameters_of([_GRAND], _HOSTS),
}
_STATEMENTS: Final = {
    "asset add": assets.statement_for(_GRAND, _HOSTS),
    "asset get": _adding.GET,
    "asset activate": (f"{assets.ACTIVATE} {_HOSTS.tie()} {assets.RETURN_NODE}"),
    "asset deactivate": f"{assets.DEACTIVATE} {_HOSTS.unname()} {assets.RETURN_NODE}",
    "asset delete": f"{assets.DELETE} {_HOSTS.unname()} {assets.RETURN_NODE}",
    "asset get discarded": assets.GET_DISCARDED,
    "asset discarded": assets.DISCARDED,
    "asset purge": assets.PURGE,
    "asset lineage": _lineage.LINEAGE,
    "batch create": batches.CREATE,
    "batch get": _saving.GET,
    "batch save": _saving.statement_for([], _HOSTS),
    "batch save with assets": _saving.statement_for([_GRAND], _HOSTS),
    "batch delete": batches.DELETE,
    "claim": _line.CLAIM,
    "claimed": _line.CLAIMED,
    "renew": _line.RENEW,
    "position": _line.POSITION,
    "line": _line.LINE,
    "workflow save": workflows.SAVE,
    "workflow replace": workflows.REPLACE,
    "workflow get": workflows.GET,
    "workflow find": workflows.FIND,
    "workflow delete": workflows.DELETE,
    "version": _migration.VERSION,
    "set version": _migration.SET_VERSION.format(version=1),
}
_ASSET_QUERIES: Final = [
    AssetQuery(
        world_id=world,
        entity=entity,
        asset_type=kind,
        is_active=is_active,
        workflow_slot=slot,
        batch_id=batch,
        style_reference_id=style,
    )
    for world, entity, kind, is_active, slot, batch, style in product(
        (None, "vale"),
        (None, MARCUS),
        (None, AssetType.SPRITE),
        (None, True, False),
        (None, WorkflowSlot("sprite")),
        (None, BatchId("x")),
        (None, AssetId("x")),
    )
]
_BATCH_QUERIES: Final = [
    BatchQuery(world_id=world, entity=entity, owner=owner)
    for world, entity, owner in product((None, "vale"), (None, MARCUS), (None, "w"))
]


@pytest.fixture
async def prepared(
    server: Neo4jAccess, repository: Neo4jAssetRepository
) -> Neo4jAccess:
    """Bring the schema up to date, and the host's own index."""
    await repository.workflows.find()
    server.query(
        "CREATE CONSTRAINT test_character IF NOT EXISTS "
        "FOR (n:TestCharacter) REQUIRE n.id IS UNIQUE"
    )
    return server


@pytest.mark.parametrize("name", _STATEMENTS)
async def test_every_statement_uses_indexes(prepared: Neo4jAccess, name: str) -> None:
    """No statement looks through all nodes, or all nodes of a label."""
    for properties in (_ASSET, write_batch(make_batch())):
        operators = prepared.operators(
            _STATEMENTS[name], **_PARAMETERS, properties=properties
        )
        assert _scans(operators) == []


async def test_every_listing_of_assets_reads_one_stretch_of_an_index(
    prepared: Neo4jAccess,
) -> None:
    """Whatever is asked for, a page is found by a seek and needs no sorting."""
    _check_seeks(
        prepared,
        {
            asset_page(query, limit=50, after=None).text: asset_page(
                query, limit=50, after=None
            )
            for query in _ASSET_QUERIES
        },
        sorts=0,
    )


async def test_every_count_of_assets_reads_an_index(prepared: Neo4jAccess) -> None:
    """Whatever is counted is found by a seek."""
    counts = [asset_count(query) for query in _ASSET_QUERIES]
    _check_seeks(prepared, {count.text: count for count in counts}, sorts=0)


async def test_every_listing_of_batches_reads_one_stretch_a_status(
    prepared: Neo4jAccess,
) -> None:
    """A page is found by a seek a status; only the pages found are sorted."""
    pages = [batch_page(query, limit=50, after=None) for query in _BATCH_QUERIES]
    _check_seeks(prepared, {page.text: page for page in pages}, sorts=1)


def _check_seeks(
    server: Neo4jAccess, statements: dict[str, Statement], *, sorts: int
) -> None:
    with server.driver() as driver, driver.session() as session:
        for statement in statements.values():
            result = session.run(f"EXPLAIN {statement.text}", **statement.parameters)
            operators = server.flat(result.consume().plan)
            assert _scans(operators) == [], statement.text
            names = [_name(operator) for operator in operators]
            assert sum(name in {"Sort", "Top"} for name in names) <= sorts, (
                statement.text
            )


def _scans(operators: list[dict[str, Any]]) -> list[str]:
    return [name for name in map(_name, operators) if name in _SCANS]


def _name(operator: dict[str, Any]) -> str:
    name: str = operator["operatorType"]
    return name.partition("@")[0]
