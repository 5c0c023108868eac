"""Writes that meet: each takes its locks in one order, so none is turned away."""

from __future__ import annotations

import random
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest
from anyio import create_task_group
from attrs import evolve

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.errors import StaleBatchError
from comfy_assets.testing.samples import NOON, make_asset, make_batch

if TYPE_CHECKING:
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import GenerationBatch
    from tests.servers.neo4j_access import Neo4jAccess

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

_WORKERS = 10
_STEPS = 20


async def test_writes_that_meet_never_wait_for_each_other(server: Neo4jAccess) -> None:
    """Without a single retry by the driver, no mixture of writes meets a deadlock."""
    opened = Neo4jAssetRepository(server.uri, auth=server.auth, retry_seconds=0)
    async with aclosing(opened) as repository:
        styles = [make_asset() for _ in range(3)]
        for style in styles:
            await repository.assets.add(style)
        batches = [await repository.batches.add(make_batch()) for _ in range(2)]
        async with create_task_group() as tasks:
            for seed in range(_WORKERS):
                tasks.start_soon(
                    _write, repository, styles, batches, random.Random(seed)
                )


async def _write(
    repository: Neo4jAssetRepository,
    styles: list[GalleryAsset],
    batches: list[GenerationBatch],
    chance: random.Random,
) -> None:
    for index in range(_STEPS):
        asset = make_asset(
            batch_id=chance.choice(batches).id,
            style_reference_id=chance.choice(styles).id,
            is_active=chance.random() < 0.3,
            index=index,
        )
        match chance.randrange(7):
            case 0:
                await repository.assets.add(asset)
            case 1:
                await repository.batches.claim("worker", chance.choice([0, 60]))
            case 2:
                await repository.assets.activate(chance.choice(styles).id)
            case 3:
                await repository.assets.add(asset)
                await repository.assets.delete(asset.id)
                await repository.assets.purge(asset.id)
            case 4:
                await _save(repository, chance.choice(batches), [])
            case 5:
                extra = evolve(asset, id=make_asset().id)
                await _save(repository, chance.choice(batches), [asset, extra])
            case _:
                batch = await repository.batches.add(make_batch().cancel(NOON))
                await repository.assets.add(make_asset(batch_id=batch.id))
                await repository.batches.delete(batch.id)


async def _save(
    repository: Neo4jAssetRepository,
    batch: GenerationBatch,
    assets: list[GalleryAsset],
) -> None:
    """Save a batch as it is, with images of one run: of one batch and one style."""
    brought = [evolve(asset, batch_id=batch.id) for asset in assets]
    try:
        stored = await repository.batches.get(batch.id)
        await repository.batches.save(stored, assets=brought)
    except StaleBatchError:
        # Somebody was quicker, which is what the error is for.
        return
