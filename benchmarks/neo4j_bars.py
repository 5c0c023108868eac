"""Neo4j beside its bare driver, and what a long gallery or line costs.

``python -m benchmarks.neo4j_bars`` starts a server of its own. What is compared is
measured by turns, so that what else the machine does meets both.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import anyio
import neo4j

import comfy_assets as ca
from benchmarks._bars import Bar, verdict
from benchmarks._neo4j import add_version, driver_in_use, fill, server_of
from comfy_assets.adapters.neo4j._asset_nodes import write_asset
from comfy_assets.adapters.neo4j._batch_nodes import write_batch
from comfy_assets.testing.samples import NOON, make_asset, make_batch, make_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.servers.neo4j_access import Neo4jAccess

    Calls = dict[str, Callable[[], Awaitable[object]]]

_SMALL: Final = 1_000
_ENTITIES: Final = 10
_PAGE: Final = 50
_IMAGES: Final = 64
_TURNS: Final = 300
_WARM_UP: Final = 50


async def measure(access: Neo4jAccess, assets: int, line: int) -> list[Bar]:
    """Measure everything, and return the bars."""
    async with (
        neo4j.AsyncGraphDatabase.driver(access.uri, auth=access.auth) as driver,
        aclosing(ca.Neo4jAssetRepository(access.uri, auth=access.auth)) as repository,
    ):
        await repository.workflows.find()
        return [
            *await bookkeeping(driver, repository),
            await positions(driver, repository, line),
            *await pages(driver, repository, assets),
        ]


async def bookkeeping(
    driver: neo4j.AsyncDriver, repository: ca.Neo4jAssetRepository
) -> list[Bar]:
    """Compare storing an image with two transactions that write a node each."""
    batch = await _new_batch(repository)

    async def next_image() -> ca.GalleryAsset:
        nonlocal batch
        if not batch.missing_indexes:
            batch = await _new_batch(repository)
        return make_asset(batch_id=batch.id, index=batch.missing_indexes[0])

    async def in_two(asset: ca.GalleryAsset) -> None:
        nonlocal batch
        await repository.assets.add(asset)
        batch = await repository.batches.save(
            batch.record_image(asset.index, [asset.id])
        )

    async def in_one(asset: ca.GalleryAsset) -> None:
        nonlocal batch
        batch = await repository.batches.save(
            batch.record_image(asset.index, [asset.id]), assets=[asset]
        )

    async def bare(asset: ca.GalleryAsset) -> None:
        for _ in range(2):
            await driver.execute_query(
                "CREATE (n:BareBenchmark) SET n = $properties",
                properties=write_asset(asset),
            )

    times: dict[str, list[float]] = {"in two": [], "in one": [], "bare": []}
    calls = (in_two, in_one, bare)
    for turn in range(_TURNS):
        for taken, call in zip(times.values(), calls, strict=True):
            image = await next_image()
            begun = time.perf_counter()
            await call(image)
            if turn >= _WARM_UP:
                taken.append(1e3 * (time.perf_counter() - begun))
    costs = {name: statistics.median(taken) for name, taken in times.items()}
    return [
        _ratio(
            f"an image's bookkeeping {name} / two bare nodes", costs[name], base, 1.5
        )
        for name, base in (("in two", costs["bare"]), ("in one", costs["bare"]))
    ]


async def positions(
    driver: neo4j.AsyncDriver, repository: ca.Neo4jAssetRepository, line: int
) -> Bar:
    """Compare the position of the first batch of a line with that of the last."""
    batches = [
        make_batch(
            created_at=NOON + timedelta(seconds=number),
            position_key=f"{number:08d}",
            version=1,
        )
        for number in range(line)
    ]
    await fill(driver, "GenerationBatch", [write_batch(batch) for batch in batches])
    first, last = await by_turns(
        lambda: repository.batches.position(batches[0].id),
        lambda: repository.batches.position(batches[-1].id),
    )
    return _ratio(f"position of no. {line:,} / of the first", last, first, 3.0)


async def pages(
    driver: neo4j.AsyncDriver, repository: ca.Neo4jAssetRepository, assets: int
) -> list[Bar]:
    """Compare a page of a small gallery with the same page of a large one."""
    for world, total in (("small", _SMALL), ("large", assets)):
        for begin in range(0, total, 20_000):
            numbers = range(begin, min(begin + 20_000, total))
            nodes = [an_asset(world, number) for number in numbers]
            await fill(driver, "GalleryAsset", nodes)
    bars = []
    for is_active, kind in ((False, "others"), (True, "active")):
        small, large = await by_turns(
            *(
                lambda world=world, is_active=is_active: repository.assets.find(
                    ca.AssetQuery(
                        world_id=world,
                        entity=ca.EntityRef("Character", "entity 3"),
                        asset_type=ca.AssetType.PORTRAIT,
                        is_active=is_active,
                    ),
                    limit=_PAGE,
                )
                for world in ("small", "large")
            )
        )
        name = f"page of {_PAGE}, {kind}, of {assets:,} / of {_SMALL:,}"
        bars.append(_ratio(name, large, small, 1.5))
    return bars


def an_asset(world: str, number: int) -> dict[str, Any]:
    """Return the properties of an asset of one of a few entities."""
    return write_asset(
        make_asset(
            world_id=world,
            entity=ca.EntityRef("Character", f"entity {number % _ENTITIES}"),
            created_at=NOON + timedelta(seconds=number),
            is_active=number < _ENTITIES,
        )
    )


async def by_turns(*calls: Callable[[], Awaitable[object]]) -> list[float]:
    """Return the median of each call's milliseconds, once all are warm."""
    times: list[list[float]] = [[] for _ in calls]
    for turn in range(_TURNS):
        for call, taken in zip(calls, times, strict=True):
            begun = time.perf_counter()
            await call()
            if turn >= _WARM_UP:
                taken.append(1e3 * (time.perf_counter() - begun))
    return [statistics.median(taken) for taken in times]


async def _new_batch(repository: ca.Neo4jAssetRepository) -> ca.GenerationBatch:
    batch = make_batch(request=make_request(count=_IMAGES))
    return await repository.batches.save(
        (await repository.batches.add(batch)).start(NOON)
    )


def _ratio(name: str, cost: float, base: float, limit: float) -> Bar:
    return Bar(
        name=name,
        measured=f"{cost:.2f} ms / {base:.2f} ms = {cost / base:.2f}",
        wanted=f"<= {limit:g}",
        is_met=cost <= limit * base,
    )


def main() -> int:
    """Read the command line, measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--line", type=int, default=10_000)
    add_version(parser)
    wish = parser.parse_args()
    with server_of(wish.neo4j) as server:
        print(f"Neo4j {server.version}, {driver_in_use()}")
        return verdict(anyio.run(measure, server.access, wish.assets, wish.line))


if __name__ == "__main__":
    sys.exit(main())
