"""`AssetRepositorySuite`: the contract of `AssetRepository` as tests; all facets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest
from anyio import CancelScope, create_task_group, fail_after
from anyio.lowlevel import checkpoint

from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery, Claim
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.requests import WorkflowSlot
from comfy_assets.errors import AssetNotFoundError, RepositoryError
from comfy_assets.testing.asset_pages_suite import AssetPagesSuite
from comfy_assets.testing.asset_records_suite import AssetRecordsSuite
from comfy_assets.testing.batch_assets_suite import BatchAssetsSuite
from comfy_assets.testing.batch_claims_suite import BatchClaimsSuite
from comfy_assets.testing.batch_records_suite import BatchRecordsSuite
from comfy_assets.testing.batch_steps_suite import BatchStepsSuite
from comfy_assets.testing.samples import (
    NOON,
    make_asset,
    make_batch,
    make_configuration,
)
from comfy_assets.testing.workflow_records_suite import WorkflowRecordsSuite

if TYPE_CHECKING:
    from comfy_assets.ports.repository import AssetRepository
    from comfy_assets.testing.opening import OpenRepository

_ASSET: Final = AssetId("7b1c5a52-6f0e-4a7e-9b1d-1f0c6f6a0001")
_BATCH: Final = BatchId("7b1c5a52-6f0e-4a7e-9b1d-1f0c6f6a0002")
_SLOT: Final = WorkflowSlot("portrait")
_CLAIM: Final = Claim(owner="w", lease_until=NOON, fence=1)

_EVERY_METHOD: Final[dict[str, Callable[[AssetRepository], Awaitable[object]]]] = {
    "assets.add": lambda it: it.assets.add(make_asset()),
    "assets.get": lambda it: it.assets.get(_ASSET),
    "assets.find": lambda it: it.assets.find(AssetQuery()),
    "assets.count": lambda it: it.assets.count(AssetQuery()),
    "assets.activate": lambda it: it.assets.activate(_ASSET),
    "assets.deactivate": lambda it: it.assets.deactivate(_ASSET),
    "assets.delete": lambda it: it.assets.delete(_ASSET),
    "assets.discarded": lambda it: it.assets.discarded(),
    "assets.purge": lambda it: it.assets.purge(_ASSET),
    "batches.add": lambda it: it.batches.add(make_batch()),
    "batches.get": lambda it: it.batches.get(_BATCH),
    "batches.find": lambda it: it.batches.find(BatchQuery()),
    "batches.save": lambda it: it.batches.save(make_batch()),
    "batches.claim": lambda it: it.batches.claim("w", 60),
    "batches.renew": lambda it: it.batches.renew(_BATCH, _CLAIM, 60),
    "batches.position": lambda it: it.batches.position(_BATCH),
    "batches.line": lambda it: it.batches.line(),
    "batches.delete": lambda it: it.batches.delete(_BATCH),
    "workflows.save": lambda it: it.workflows.save(make_configuration()),
    "workflows.get": lambda it: it.workflows.get(_SLOT),
    "workflows.find": lambda it: it.workflows.find(),
    "workflows.delete": lambda it: it.workflows.delete(_SLOT),
}


class AssetRepositorySuite(
    AssetRecordsSuite,
    AssetPagesSuite,
    BatchRecordsSuite,
    BatchClaimsSuite,
    BatchStepsSuite,
    BatchAssetsSuite,
    WorkflowRecordsSuite,
):
    """Subclass it, override the fixture `open_repository`, done.

    Needs pytest with anyio's plugin; each test runs on the event loops that the
    fixture ``anyio_backend`` names.
    """

    #: Whether what is stored outlives the object. An adapter that opts out must say so.
    durable = True

    @pytest.mark.parametrize("method", _EVERY_METHOD)
    async def test_a_closed_repository_refuses_every_call(
        self, open_repository: OpenRepository, method: str
    ) -> None:
        """Every method raises `RepositoryError` when the database was closed."""
        async with open_repository("main") as repository:
            await repository.assets.count(AssetQuery())
            await repository.aclose()
            with pytest.raises(RepositoryError):
                await _EVERY_METHOD[method](repository)

    async def test_a_repository_that_was_never_opened_can_be_closed(
        self, open_repository: OpenRepository
    ) -> None:
        """`aclose` is quiet when the database was never opened, and closes it too."""
        async with open_repository("main") as repository:
            await repository.aclose()
            with pytest.raises(RepositoryError):
                await repository.assets.count(AssetQuery())

    async def test_closing_twice_is_quiet(
        self, open_repository: OpenRepository
    ) -> None:
        """`aclose` is quiet when the database is closed."""
        async with open_repository("main") as repository:
            await repository.assets.add(make_asset())
            await repository.aclose()
            await repository.aclose()

    async def test_what_was_stored_is_there_after_opening_again(
        self, open_repository: OpenRepository
    ) -> None:
        """What a call that returned has stored survives the end of the program."""
        if not self.durable:
            pytest.skip("this repository promises nothing beyond its own life")
        asset, batch, workflow = make_asset(), make_batch(), make_configuration()
        gone = make_asset()
        async with open_repository("main") as repository:
            await repository.assets.add(asset)
            await repository.assets.add(gone)
            active = await repository.assets.activate(asset.id)
            discarded = await repository.assets.delete(gone.id)
            await repository.batches.add(batch)
            claimed = await repository.batches.claim("worker", 600)
            await repository.workflows.save(workflow)
        async with open_repository("main") as repository:
            assert await repository.assets.get(asset.id) == active
            assert (await repository.assets.discarded()).items == (discarded,)
            assert await repository.batches.get(batch.id) == claimed
            assert await repository.batches.claim("another", 600) is None
            assert await repository.workflows.get(workflow.slot) == workflow

    async def test_two_open_repositories_share_one_database(
        self, open_repository: OpenRepository
    ) -> None:
        """Many systems may use one database at once and see each other's writes."""
        if not self.durable:
            pytest.skip("this repository promises nothing beyond its own object")
        asset, batch = make_asset(), make_batch()
        async with open_repository("main") as one, open_repository("main") as two:
            await one.assets.add(asset)
            assert await two.assets.get(asset.id) == asset
            await two.batches.add(batch)
            claims = [
                await one.batches.claim("a", 600),
                await two.batches.claim("b", 600),
            ]
            assert [claim.id for claim in claims if claim] == [batch.id]
            activated = await two.assets.activate(asset.id)
            assert await one.assets.get(asset.id) == activated

    async def test_a_cancelled_call_stores_all_or_nothing(
        self, open_repository: OpenRepository
    ) -> None:
        """A call that is cancelled at any moment leaves no half of its work behind."""
        async with open_repository("main") as repository:
            first = make_asset(is_active=True)
            await repository.assets.add(first)
            for patience in range(12):
                asset = make_asset(is_active=True)
                await _cancelled(partial(repository.assets.add, asset), patience)
                active = (
                    await repository.assets.find(AssetQuery(is_active=True))
                ).items
                assert len(active) == 1
                try:
                    stored = await repository.assets.get(asset.id)
                except AssetNotFoundError:
                    assert asset.id not in {it.id for it in active}
                else:
                    assert stored == asset

    async def test_a_cancelled_call_leaves_the_repository_usable(
        self, open_repository: OpenRepository
    ) -> None:
        """Calls that were cancelled in any number keep nobody else waiting."""
        async with open_repository("main") as repository:
            for patience in range(12):
                for _ in range(3):
                    await _cancelled(
                        partial(repository.batches.claim, "w", 0), patience
                    )
            with fail_after(5):
                batch = await repository.batches.add(make_batch())
                assert await repository.batches.get(batch.id) == batch


async def _cancelled(call: Callable[[], Awaitable[object]], patience: int) -> None:
    """Begin a call, let it run for some steps of the event loop, then cancel it."""
    scope = CancelScope()

    async def run() -> None:
        with scope:
            await call()

    async with create_task_group() as tasks:
        tasks.start_soon(run)
        for _ in range(patience):
            await checkpoint()
        scope.cancel()
