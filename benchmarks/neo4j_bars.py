"""Neo4j beside its bare driver, and what a long gallery or line costs.

    NEO4J_URI=bolt://127.0.0.1:7687 NEO4J_PASSWORD=... python benchmarks/neo4j_bars.py

Works in the world ``benchmark`` and deletes it in the end. Use an empty database: the
line is measured with all that waits in it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio
import neo4j

import comfy_assets as ca
from comfy_assets.adapters.neo4j._asset_nodes import write_asset
from comfy_assets.adapters.neo4j._batch_nodes import write_batch
from comfy_assets.testing.samples import NOON, make_asset, make_batch, make_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

WORLD = "benchmark"
ENTITIES = 10
PAGE = 50


async def main(assets: int, line: int) -> None:
    """Measure, and print a table."""
    uri = os.environ["NEO4J_URI"]
    auth = (
        os.environ.get("NEO4J_USERNAME", "neo4j"),
        os.environ.get("NEO4J_PASSWORD", ""),
    )
    async with (
        neo4j.AsyncGraphDatabase.driver(uri, auth=auth) as driver,
        aclosing(ca.Neo4jAssetRepository(uri, auth=auth)) as repository,
    ):
        await repository.workflows.find()
        try:
            await bookkeeping(driver, repository)
            await positions(driver, repository, line)
            await pages(driver, repository, assets)
        finally:
            await clean(driver)


async def bookkeeping(
    driver: neo4j.AsyncDriver, repository: ca.Neo4jAssetRepository
) -> None:
    """Compare storing an image with two transactions that write a node each."""
    batch = await repository.batches.add(
        make_batch(request=make_request(world_id=WORLD, count=64))
    )
    batch = await repository.batches.save(batch.start(NOON))
    number = 0

    async def ours() -> None:
        nonlocal batch, number
        asset = make_asset(world_id=WORLD, batch_id=batch.id, index=number % 64)
        await repository.assets.add(asset)
        batch = await repository.batches.save(batch)
        number += 1

    async def bare() -> None:
        properties = write_asset(make_asset(world_id=WORLD))
        for _ in range(2):
            await driver.execute_query(
                "CREATE (n:BareBenchmark) SET n = $properties", properties=properties
            )

    # Alternating, so that what else the machine does meets both.
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(230):
        for name, call in (("ours", ours), ("bare", bare)):
            begun = time.perf_counter()
            await call()
            if turn >= 30:  # noqa: PLR2004 - the server warms up
                times[name].append(time.perf_counter() - begun)
    ours_ms, bare_ms = (1e3 * statistics.median(times[key]) for key in times)
    print(f"one image's bookkeeping   {ours_ms:6.2f} ms")
    print(f"two bare transactions     {bare_ms:6.2f} ms   x{ours_ms / bare_ms:.2f}")


async def positions(
    driver: neo4j.AsyncDriver, repository: ca.Neo4jAssetRepository, line: int
) -> None:
    """Compare the position of the first batch of a line with that of the last."""
    batches = [
        make_batch(
            request=make_request(world_id=WORLD),
            created_at=NOON + timedelta(seconds=number),
            position_key=f"{number:08d}",
            version=1,
        )
        for number in range(line)
    ]
    await fill(driver, "GenerationBatch", [write_batch(batch) for batch in batches])
    first = await median(lambda: repository.batches.position(batches[0].id))
    last = await median(lambda: repository.batches.position(batches[-1].id))
    print(f"position of the first     {first:6.2f} ms")
    print(f"position of no. {line:<9,} {last:6.2f} ms   x{last / first:.2f}")


async def pages(
    driver: neo4j.AsyncDriver, repository: ca.Neo4jAssetRepository, assets: int
) -> None:
    """Compare a page of a small gallery with the same page of a large one."""
    queries = [
        ca.AssetQuery(
            world_id=WORLD,
            entity=ca.EntityRef("Character", "entity 3"),
            asset_type=ca.AssetType.PORTRAIT,
            is_active=is_active,
        )
        for is_active in (False, True)
    ]
    await clean(driver)
    small: list[float] = []
    for total in (1_000, assets):
        await fill(driver, "GalleryAsset", [an_asset(n) for n in range(total)])
        for number, query in enumerate(queries):
            cost = await median(lambda it=query: repository.assets.find(it, limit=PAGE))
            if total == 1_000:  # noqa: PLR2004 - the small one
                small.append(cost)
            kind = "active" if query.is_active else "others"
            print(
                f"page at {total:>7,}, {kind}   {cost:6.2f} ms   "
                f"x{cost / small[number]:.2f}"
            )
        await clean(driver)


def an_asset(number: int) -> dict[str, Any]:
    """Return the properties of an asset of one of a few entities."""
    return write_asset(
        make_asset(
            world_id=WORLD,
            entity=ca.EntityRef("Character", f"entity {number % ENTITIES}"),
            created_at=NOON + timedelta(seconds=number),
            is_active=number < ENTITIES,
        )
    )


async def fill(
    driver: neo4j.AsyncDriver, label: str, nodes: list[dict[str, Any]]
) -> None:
    """Make many nodes at once, as the adapter would one by one."""
    for begin in range(0, len(nodes), 2_000):
        # The label is one of our two.
        await driver.execute_query(
            f"UNWIND $nodes AS node CREATE (n:{label}) SET n = node",
            nodes=nodes[begin : begin + 2_000],
        )


async def clean(driver: neo4j.AsyncDriver) -> None:
    """Delete the benchmark's nodes."""
    for label in ("GalleryAsset", "GenerationBatch", "BareBenchmark"):
        while (
            await driver.execute_query(
                f"MATCH (n:{label} {{world_id: $world}}) WITH n LIMIT 10000 "
                "DETACH DELETE n RETURN count(*) AS number",
                world=WORLD,
            )
        ).records[0]["number"]:
            pass


async def median(call: Callable[[], Awaitable[object]]) -> float:
    """Return the median of a call's milliseconds, once it is warm."""
    times = []
    for turn in range(150):
        begun = time.perf_counter()
        await call()
        if turn >= 50:  # noqa: PLR2004 - warming up
            times.append(time.perf_counter() - begun)
    return 1e3 * statistics.median(times)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=100_000)
    parser.add_argument("--line", type=int, default=10_000)
    wish = parser.parse_args()
    anyio.run(main, wish.assets, wish.line)
