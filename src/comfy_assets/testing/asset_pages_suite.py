"""The contract of the listings of `AssetRecords`: `find`, `count`, `discarded`."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.requests import AssetType, EntityRef, WorkflowSlot
from comfy_assets.errors import InvalidRequestError, PayloadError
from comfy_assets.testing.opening import OpensRepository, drawing
from comfy_assets.testing.samples import MARCUS, NOON, make_asset

if TYPE_CHECKING:
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.ports.asset_records import AssetRecords
    from comfy_assets.testing.opening import OpenRepository

_LENA = EntityRef("Character", "lena")
_BATCH = BatchId("7b1c5a52-6f0e-4a7e-9b1d-1f0c6f6a0002")
_STYLE = AssetId("7b1c5a52-6f0e-4a7e-9b1d-1f0c6f6a0003")
_SLOT = WorkflowSlot("custom:ink")

_QUERIES = st.builds(
    AssetQuery,
    world_id=st.sampled_from([None, "vale", "elsewhere"]),
    entity=st.sampled_from([None, MARCUS, _LENA]),
    asset_type=st.sampled_from([None, AssetType.PORTRAIT, AssetType.SPRITE]),
    is_active=st.sampled_from([None, True, False]),
    workflow_slot=st.sampled_from([None, "portrait", _SLOT]),
    batch_id=st.sampled_from([None, _BATCH]),
    style_reference_id=st.sampled_from([None, _STYLE]),
)
# Few values each, so that assets share places, times, batches and styles.
_ASSETS = st.lists(
    st.builds(
        make_asset,
        id=st.uuids().map(str),
        world_id=st.sampled_from(["vale", "elsewhere"]),
        entity=st.sampled_from([MARCUS, _LENA]),
        asset_type=st.sampled_from([AssetType.PORTRAIT, AssetType.SPRITE]),
        is_active=st.booleans(),
        workflow_slot=st.sampled_from(["portrait", _SLOT]),
        batch_id=st.sampled_from([None, _BATCH]),
        style_reference_id=st.sampled_from([None, _STYLE]),
        created_at=st.integers(0, 3).map(lambda n: NOON + timedelta(microseconds=n)),
    ),
    max_size=12,
    unique_by=lambda asset: asset.id,
)


class AssetPagesSuite(OpensRepository):
    """The listings of `AssetRecords` as tests; part of `AssetRepositorySuite`."""

    @drawing
    @given(assets=_ASSETS, query=_QUERIES, limit=st.integers(1, 5))
    async def test_pages_cover_what_matches_exactly_once(
        self,
        open_repository: OpenRepository,
        assets: list[GalleryAsset],
        query: AssetQuery,
        limit: int,
    ) -> None:
        """Pages hold the matching assets, newest first, ties by id descending."""
        async with open_repository(uuid4().hex) as repository:
            for asset in assets:
                await repository.assets.add(asset)
            stored = [await repository.assets.get(asset.id) for asset in assets]
            expected = sorted(
                (asset for asset in stored if _fits(query, asset)),
                key=lambda asset: (asset.created_at, asset.id),
                reverse=True,
            )
            assert await _all_pages(repository.assets, query, limit) == expected
            assert await repository.assets.count(query) == len(expected)

    @pytest.mark.parametrize(
        "query",
        [
            AssetQuery(world_id="vale"),
            AssetQuery(entity=MARCUS),
            AssetQuery(asset_type=AssetType.PORTRAIT),
            AssetQuery(is_active=True),
            AssetQuery(is_active=False),
            AssetQuery(workflow_slot=_SLOT),
            AssetQuery(batch_id=_BATCH),
            AssetQuery(style_reference_id=_STYLE),
        ],
        ids=str,
    )
    async def test_each_field_of_a_query_alone_chooses(
        self, open_repository: OpenRepository, query: AssetQuery
    ) -> None:
        """Each field of a query leaves out what has another value there."""
        wanted = make_asset(
            is_active=query.is_active is not False,
            workflow_slot=_SLOT,
            batch_id=_BATCH,
            style_reference_id=_STYLE,
        )
        other = make_asset(
            world_id="elsewhere",
            entity=_LENA,
            asset_type=AssetType.SPRITE,
            is_active=query.is_active is False,
        )
        async with open_repository("main") as repository:
            await repository.assets.add(wanted)
            await repository.assets.add(other)
            assert (await repository.assets.find(query)).items == (wanted,)
            assert await repository.assets.count(query) == 1
            assert (await repository.assets.find(AssetQuery(world_id="x"))).items == ()

    async def test_pages_are_stable_while_assets_come_and_go(
        self, open_repository: OpenRepository
    ) -> None:
        """What is added or deleted meanwhile makes nothing appear twice or left out."""
        assets = [
            make_asset(created_at=NOON + timedelta(seconds=n), label=str(n))
            for n in range(6)
        ]
        newer = make_asset(created_at=NOON + timedelta(days=1))
        async with open_repository("main") as repository:
            for asset in assets:
                await repository.assets.add(asset)
            first = await repository.assets.find(AssetQuery(), limit=2)
            await repository.assets.add(newer)
            # The very asset that the cursor names, and one that is still to come.
            await repository.assets.delete(first.items[-1].id)
            await repository.assets.delete(assets[2].id)
            rest = await repository.assets.find(AssetQuery(), after=first.next)
        seen = [asset.label for asset in (*first.items, *rest.items)]
        assert seen == ["5", "4", "3", "1", "0"]
        assert rest.next is None

    async def test_a_full_last_page_leads_nowhere(
        self, open_repository: OpenRepository
    ) -> None:
        """`Page.next` is ``None`` on the last page, also on one that is just full."""
        async with open_repository("main") as repository:
            for asset in [make_asset() for _ in range(4)]:
                await repository.assets.add(asset)
            page = await repository.assets.find(AssetQuery(), limit=2)
            assert page.next is not None
            last = await repository.assets.find(AssetQuery(), limit=2, after=page.next)
            assert len(last.items) == 2
            assert last.next is None

    @pytest.mark.parametrize("limit", [0, -1, 1001, True])
    async def test_limits_out_of_range_are_refused(
        self, open_repository: OpenRepository, limit: int
    ) -> None:
        """`find` takes limits from 1 to 1,000."""
        async with open_repository("main") as repository:
            with pytest.raises(InvalidRequestError):
                await repository.assets.find(AssetQuery(), limit=limit)
            assert (await repository.assets.find(AssetQuery(), limit=1)).items == ()
            assert (await repository.assets.find(AssetQuery(), limit=1000)).items == ()

    @pytest.mark.parametrize("after", ["", "nonsense", "W10=", "WzEsMl0="])
    async def test_a_text_that_is_no_cursor_is_refused(
        self, open_repository: OpenRepository, after: str
    ) -> None:
        """`find` raises `PayloadError` when `after` is no cursor."""
        async with open_repository("main") as repository:
            with pytest.raises(PayloadError):
                await repository.assets.find(AssetQuery(), after=after)

    async def test_pages_of_discarded_assets_lie_in_the_order_of_ids(
        self, open_repository: OpenRepository
    ) -> None:
        """`discarded` pages by id, stable while assets are purged and deleted."""
        assets = sorted((make_asset() for _ in range(7)), key=lambda it: it.id)
        async with open_repository("main") as repository:
            for asset in reversed(assets):
                await repository.assets.add(asset)
            for asset in (*assets[3:], assets[0], assets[2]):
                await repository.assets.delete(asset.id)
            first = await repository.assets.discarded(limit=2)
            # The very asset that the cursor names, and one before it.
            await repository.assets.purge(assets[2].id)
            await repository.assets.delete(assets[1].id)
            second = await repository.assets.discarded(limit=2, after=first.next)
            last = await repository.assets.discarded(limit=2, after=second.next)
        assert [*first.items, *second.items, *last.items] == [assets[0], *assets[2:]]
        assert last.next is None

    @pytest.mark.parametrize("limit", [0, -1, 1001, True])
    async def test_limits_of_discarded_assets_are_those_of_find(
        self, open_repository: OpenRepository, limit: int
    ) -> None:
        """`discarded` takes limits from 1 to 1,000."""
        async with open_repository("main") as repository:
            with pytest.raises(InvalidRequestError):
                await repository.assets.discarded(limit=limit)
            assert (await repository.assets.discarded(limit=1)).items == ()
            assert (await repository.assets.discarded(limit=1000)).items == ()

    @pytest.mark.parametrize("after", ["", "nonsense", "W10=", "WzEsMl0="])
    async def test_discarded_assets_are_not_found_by_what_is_no_cursor(
        self, open_repository: OpenRepository, after: str
    ) -> None:
        """`discarded` raises `PayloadError` when `after` is no cursor."""
        async with open_repository("main") as repository:
            with pytest.raises(PayloadError):
                await repository.assets.discarded(after=after)


async def _all_pages(
    records: AssetRecords, query: AssetQuery, limit: int
) -> list[GalleryAsset]:
    found: list[GalleryAsset] = []
    after: str | None = None
    while True:
        page = await records.find(query, limit=limit, after=after)
        assert len(page.items) <= limit
        found += page.items
        after = page.next
        if after is None:
            return found


def _fits(query: AssetQuery, asset: GalleryAsset) -> bool:
    return all(
        wanted is None or wanted == getattr(asset, name)
        for name, wanted in (
            ("world_id", query.world_id),
            ("entity", query.entity),
            ("asset_type", query.asset_type),
            ("is_active", query.is_active),
            ("workflow_slot", query.workflow_slot),
            ("batch_id", query.batch_id),
            ("style_reference_id", query.style_reference_id),
        )
    )
