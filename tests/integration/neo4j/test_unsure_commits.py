"""Connection or server fail at the very commit: each write comes out as if not."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Final

import pytest
from attrs import evolve, frozen

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.requests import WorkflowSlot
from comfy_assets.errors import (
    AssetNotFoundError,
    BatchNotFoundError,
    RepositoryError,
    StaleBatchError,
    WorkflowNotFoundError,
)
from comfy_assets.testing.samples import (
    NOON,
    make_asset,
    make_batch,
    make_configuration,
)
from tests.integration.neo4j.breaking_commits import Break, commit_breaker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.integration.neo4j.breaking_commits import CommitBreaker
    from tests.servers.neo4j_access import Neo4jAccess

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

_BREAKS: Final = pytest.mark.parametrize("moment", list(Break), ids=lambda it: it.name)

#: Reading the version, making the schema, waiting for it, making the locks, and
#: writing the version; then the asset.
_OPENING_COMMITS: Final = 6


@frozen
class Stage:
    """A repository whose next commit can be broken."""

    repository: Neo4jAssetRepository
    breaker: CommitBreaker

    def arm(self, *moments: Break) -> None:
        """Break the commits that come next."""
        assert self.breaker.breaks == []
        self.breaker.breaks += moments

    @property
    def has_broken(self) -> bool:
        """Whether every break that was wanted has been."""
        return not self.breaker.breaks


@pytest.fixture
async def stage(server: Neo4jAccess) -> AsyncIterator[Stage]:
    """Open a repository by way of a proxy."""
    async with commit_breaker(server) as breaker:
        access = breaker.access
        opened = Neo4jAssetRepository(access.uri, auth=access.auth)
        async with aclosing(opened) as repository:
            await repository.workflows.find()
            yield Stage(repository, breaker)


@_BREAKS
async def test_an_asset_is_added_once(stage: Stage, moment: Break) -> None:
    """`assets.add` returns, and the asset is there as it was given."""
    records = stage.repository.assets
    before, asset = make_asset(is_active=True), make_asset(is_active=True)
    await records.add(before)
    stage.arm(moment)
    await records.add(asset)
    assert stage.has_broken
    assert await records.get(asset.id) == asset
    assert (await records.find(AssetQuery(is_active=True))).items == (asset,)
    assert await records.count(AssetQuery()) == 2


@_BREAKS
async def test_which_asset_is_active_is_chosen(stage: Stage, moment: Break) -> None:
    """`activate` and `deactivate` return what is stored."""
    records = stage.repository.assets
    asset = make_asset()
    await records.add(asset)
    stage.arm(moment)
    active = await records.activate(asset.id)
    assert active == evolve(asset, is_active=True)
    assert await records.get(asset.id) == active
    stage.arm(moment)
    assert await records.deactivate(asset.id) == asset
    assert await records.get(asset.id) == asset
    assert stage.has_broken


@_BREAKS
async def test_an_asset_is_deleted_and_purged_once(stage: Stage, moment: Break) -> None:
    """`delete` returns the asset, not that it is missing; `purge` forgets it."""
    records = stage.repository.assets
    asset = make_asset(is_active=True)
    await records.add(asset)
    stage.arm(moment)
    assert await records.delete(asset.id) == asset
    with pytest.raises(AssetNotFoundError):
        await records.get(asset.id)
    stage.arm(moment)
    await records.purge(asset.id)
    assert (await records.discarded()).items == ()
    assert stage.has_broken


@_BREAKS
async def test_a_batch_is_added_and_deleted_once(stage: Stage, moment: Break) -> None:
    """`batches.add` returns version 1, and `delete` not that it is missing."""
    records = stage.repository.batches
    stage.arm(moment)
    added = await records.add(make_batch())
    assert added.version == 1
    assert await records.get(added.id) == added
    stage.arm(moment)
    await records.delete(added.id)
    with pytest.raises(BatchNotFoundError):
        await records.get(added.id)
    assert stage.has_broken


@_BREAKS
async def test_a_batch_is_saved_once(stage: Stage, moment: Break) -> None:
    """`save` counts the version up by one, and does not take itself for another."""
    records = stage.repository.batches
    added = await records.add(make_batch())
    stage.arm(moment)
    saved = await records.save(added.start(NOON))
    assert stage.has_broken
    assert saved.version == added.version + 1
    assert await records.get(added.id) == saved
    with pytest.raises(StaleBatchError):
        await records.save(added)


@_BREAKS
async def test_a_batch_is_saved_with_its_assets_once(
    stage: Stage, moment: Break
) -> None:
    """Batch and assets are there, the asset that was there before, too."""
    repository = stage.repository
    added = await repository.batches.add(make_batch(count=2))
    known, new = (make_asset(batch_id=added.id, index=index) for index in range(2))
    await repository.assets.add(known)
    started = added.start(NOON).record_image(0, [known.id])
    # With the id that is taken nothing is committed: the break comes after that.
    stage.arm(moment)
    saved = await repository.batches.save(started, assets=[known, new])
    assert await repository.batches.get(added.id) == saved
    assert await repository.assets.get(new.id) == new
    assert await repository.assets.count(AssetQuery(batch_id=added.id)) == 2
    assert stage.has_broken


@_BREAKS
async def test_a_batch_is_claimed_once(stage: Stage, moment: Break) -> None:
    """`claim` returns the batch that it got, and takes no second one."""
    records = stage.repository.batches
    first = await records.add(make_batch(priority=1))
    second = await records.add(make_batch())
    stage.arm(moment)
    claimed = await records.claim("worker", 600)
    assert stage.has_broken
    assert claimed is not None
    assert claimed.id == first.id
    assert await records.get(first.id) == claimed
    assert claimed.fence == 1
    assert [it.id for it in await records.line()] == [second.id]


@_BREAKS
async def test_a_claim_that_finds_nothing_says_so(stage: Stage, moment: Break) -> None:
    """`claim` returns ``None`` although its commit broke."""
    stage.arm(moment)
    assert await stage.repository.batches.claim("worker", 600) is None
    assert stage.has_broken


@_BREAKS
async def test_a_claim_is_renewed(stage: Stage, moment: Break) -> None:
    """`renew` returns the claim as it is stored."""
    records = stage.repository.batches
    await records.add(make_batch())
    claimed = await records.claim("worker", 600)
    assert claimed is not None
    assert claimed.claim is not None
    stage.arm(moment)
    renewed = await records.renew(claimed.id, claimed.claim, 900)
    assert stage.has_broken
    assert (await records.get(claimed.id)).claim == renewed


@_BREAKS
async def test_a_workflow_is_saved_and_deleted_once(
    stage: Stage, moment: Break
) -> None:
    """`workflows.save` and `delete` return although their commits broke."""
    records = stage.repository.workflows
    configuration = make_configuration()
    stage.arm(moment)
    await records.save(configuration)
    assert await records.find() == [configuration]
    stage.arm(moment)
    await records.delete(WorkflowSlot("portrait"))
    with pytest.raises(WorkflowNotFoundError):
        await records.get(configuration.slot)
    assert stage.has_broken


@_BREAKS
async def test_an_expected_workflow_is_replaced_once(
    stage: Stage, moment: Break
) -> None:
    """`workflows.save` does not take itself for somebody else."""
    records = stage.repository.workflows
    before = make_configuration(name="before")
    after = evolve(before, name="after")
    await records.save(before)
    # What is read first has a commit, too.
    stage.breaker.breaks += [None, moment]
    await records.save(after, expected=before)
    assert stage.has_broken
    assert await records.find() == [after]


@_BREAKS
async def test_what_is_read_is_read_again(stage: Stage, moment: Break) -> None:
    """A reading transaction has a commit, too, which changes nothing."""
    asset = make_asset()
    await stage.repository.assets.add(asset)
    stage.arm(moment)
    assert await stage.repository.assets.get(asset.id) == asset
    assert stage.has_broken


@_BREAKS
async def test_a_database_is_opened_all_the_same(
    server: Neo4jAccess, moment: Break
) -> None:
    """Each step of the opening can be repeated."""
    server.forget()
    asset = make_asset()
    async with commit_breaker(server) as breaker:
        access = breaker.access
        opened = Neo4jAssetRepository(access.uri, auth=access.auth)
        async with aclosing(opened) as repository:
            # Each breaks once, and comes through at its second try.
            breaker.breaks += [moment, None] * _OPENING_COMMITS
            await repository.assets.add(asset)
            assert breaker.breaks == []
            assert await repository.assets.get(asset.id) == asset


async def test_two_broken_commits_in_a_row_are_told(stage: Stage) -> None:
    """A network that breaks again is left to whoever called, who may try again."""
    asset = make_asset()
    stage.arm(Break.BEFORE_COMMIT, Break.BEFORE_COMMIT)
    with pytest.raises(RepositoryError, match="twice; try again"):
        await stage.repository.assets.add(asset)
    await stage.repository.assets.add(asset)
    assert await stage.repository.assets.get(asset.id) == asset
