"""A Neo4j that goes away in the midst of work costs delay, and loses nothing."""

from __future__ import annotations

import random
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

import anyio
import pytest
from anyio import create_task_group, to_thread

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery, BatchStatus
from comfy_assets.errors import RepositoryError
from comfy_assets.testing.samples import NOON, make_asset, make_batch
from tests.integration.neo4j.killing import kill_under_load

if TYPE_CHECKING:
    from tests.servers.neo4j import RealNeo4j

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

_BATCHES: Final = 60
_KILLS: Final = 2
#: More than a server takes to start, on a machine that is busy.
_PATIENT: Final = {"retry_seconds": 60.0, "call_seconds": 180.0}


def _open(server: RealNeo4j, **settings: float) -> Neo4jAssetRepository:
    access = server.access
    return Neo4jAssetRepository(access.uri, auth=access.auth, **settings)  # type: ignore[arg-type]


async def test_calls_wait_for_a_server_that_is_restarted(
    neo4j_2026: RealNeo4j,
) -> None:
    """Stopped and started in the midst of work, no call fails and nothing is lost."""
    neo4j_2026.access.clean()
    async with aclosing(_open(neo4j_2026, **_PATIENT)) as repository:
        under_way = anyio.Event()
        async with create_task_group() as tasks:
            for share in range(4):
                tasks.start_soon(_work_off, repository, share, under_way)
            await under_way.wait()
            await to_thread.run_sync(neo4j_2026.stop)
            await to_thread.run_sync(neo4j_2026.start)
        query = BatchQuery(statuses=[BatchStatus.COMPLETE])
        found = (await repository.batches.find(query, limit=1000)).items
        assert len(found) == _BATCHES
        assert await repository.assets.count(AssetQuery()) == _BATCHES
    _check_whole(neo4j_2026)


@pytest.mark.parametrize("version", ["neo4j_2026", "neo4j_5"])
@pytest.mark.external_service(of="neo4j")
async def test_a_killed_server_forgets_nothing_that_was_acknowledged(
    request: pytest.FixtureRequest, version: str
) -> None:
    """Killed at random moments of hard work, it has all that a call returned for.

    Batches, claims and images; and what the kills cut off is done after all.
    """
    chance = random.Random(2026)
    moments = [(chance.randrange(20, 120), chance.random()) for _ in range(_KILLS)]
    ledger = await kill_under_load(request.getfixturevalue(version), moments)
    assert {"add", "claim", "start", "image", "end"} <= ledger.calls.keys()


async def test_while_the_server_is_away_calls_end_within_the_limit(
    neo4j_2026: RealNeo4j,
) -> None:
    """A call says that nobody answers, and soon; the next one finds the server back."""
    neo4j_2026.access.clean()
    async with aclosing(_open(neo4j_2026, retry_seconds=0.0)) as repository:
        await repository.workflows.find()
        await to_thread.run_sync(neo4j_2026.stop)
        with anyio.fail_after(10), pytest.raises(RepositoryError, match="be reached"):
            await repository.workflows.find()
        await to_thread.run_sync(neo4j_2026.start)
        assert await repository.workflows.find() == []


async def _work_off(
    repository: Neo4jAssetRepository, share: int, under_way: anyio.Event
) -> None:
    for _ in range(share, _BATCHES, 4):
        batch = await repository.batches.add(make_batch())
        batch = await repository.batches.save(batch.start(NOON))
        asset = make_asset(batch_id=batch.id, is_active=True)
        await repository.assets.add(asset)
        batch = batch.record_image(0, [asset.id]).complete(NOON)
        await repository.batches.save(batch)
        under_way.set()


def _check_whole(server: RealNeo4j) -> None:
    """Check that no transaction left a half of its work behind."""
    rows = server.access.query(
        "MATCH (a:GalleryAsset) WHERE a.is_active RETURN count(a) AS active"
    )
    assert rows == [{"active": 1}]
