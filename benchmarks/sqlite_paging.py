"""Show that a page of assets costs the same in a small gallery and in a large one.

Fills a SQLite file with each number of assets, times a page of 50 for every kind of
query, at the beginning and in the middle of the listing, and prints a table with the
ratio: ``python benchmarks/sqlite_paging.py 1000 1000000``.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
from contextlib import AsyncExitStack, aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import anyio

from comfy_assets.adapters.sqlite import SqliteAssetRepository
from comfy_assets.domain.assets import AssetQuery, GalleryAsset
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.paging import PageKey
from comfy_assets.domain.requests import AssetType, EntityRef, WorkflowSlot

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAGE: Final = 50
_ROUNDS: Final = 60
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_TEMPLATE: Final = GalleryAsset(
    id=AssetId(str(UUID(int=0))),
    world_id="vale",
    entity=EntityRef("Character", "marcus"),
    asset_type=AssetType.PORTRAIT,
    file_path="portrait/00/marcus.png",
    thumbnail_path="portrait/00/marcus.thumb.webp",
    prompt="a grizzled bartender with grey hair",
    workflow_slot=WorkflowSlot("portrait"),
    created_at=_BEGIN,
    batch_id=BatchId(str(UUID(int=1))),
    style_reference_id=AssetId(str(UUID(int=2))),
    width=512,
    height=512,
    media_type="image/png",
    size_bytes=400_000,
    sha256="0" * 64,
)
#: Half or a quarter of the assets have each of the values that are asked for.
_QUERIES: Final = {
    "no filter": AssetQuery(),
    "world": AssetQuery(world_id="vale"),
    "entity": AssetQuery(entity=_TEMPLATE.entity),
    "world + entity": AssetQuery(world_id="vale", entity=_TEMPLATE.entity),
    "world + entity + type": AssetQuery(
        world_id="vale", entity=_TEMPLATE.entity, asset_type=AssetType.PORTRAIT
    ),
    "world + type": AssetQuery(world_id="vale", asset_type=AssetType.PORTRAIT),
    "active": AssetQuery(is_active=True),
    "batch": AssetQuery(batch_id=_TEMPLATE.batch_id),
    "style reference": AssetQuery(style_reference_id=_TEMPLATE.style_reference_id),
    "slot": AssetQuery(workflow_slot=_TEMPLATE.workflow_slot),
}


async def fill(path: Path, size: int) -> None:
    """Write `size` assets: one through the repository, the others as copies of it."""
    async with aclosing(SqliteAssetRepository(path)) as repository:
        await repository.assets.add(_TEMPLATE)
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute("SELECT * FROM assets").fetchone())
    columns = ", ".join(f":{name}" for name in row)
    # Indexes are many times quicker to build at once than row by row.
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master"
        " WHERE type = 'index' AND tbl_name = 'assets' AND sql IS NOT NULL"
    ).fetchall()
    for index in indexes:
        connection.execute(f"DROP INDEX {index['name']}")
    connection.executemany(
        f"INSERT INTO assets VALUES ({columns})",  # noqa: S608 - names of our columns
        _copies(row, size),
    )
    for index in indexes:
        connection.execute(index["sql"])
    connection.commit()
    connection.close()


def _copies(row: dict[str, object], size: int) -> Iterator[dict[str, object]]:
    document = json.loads(str(row["document"]))
    for number in range(1, size):
        made = _BEGIN + timedelta(seconds=number)
        copy = dict(row, id=str(UUID(int=number)))
        copy["created_at"] = (made - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(
            microseconds=1
        )
        document.update(id=copy["id"], created_at=made.isoformat())
        if number % 2:
            # The columns alone are asked for; the document is read for what matches.
            copy.update(world_id=f"world {number % 100}", entity_id=f"{number % 1000}")
            copy.update(asset_type="item", workflow_slot="item")
            copy.update(batch_id=None, style_reference_id=None)
        else:
            # One a place may be active: each has an entity of its own for that.
            alone = number % 4 == 0
            copy.update(is_active=int(alone))
            copy.update(entity_id=f"active {number}" if alone else "marcus")
        copy["document"] = json.dumps(document)
        yield copy


async def best_times(
    galleries: list[SqliteAssetRepository], query: AssetQuery, cursors: list[str | None]
) -> list[float]:
    """Return the seconds of the quickest page for each gallery.

    The quickest, as everything else that the machine does only ever adds; and the
    galleries take turns, so that a busy moment falls on all of them.
    """
    times: list[list[float]] = [[] for _ in galleries]
    for _ in range(_ROUNDS):
        for gallery, cursor, taken in zip(galleries, cursors, times, strict=True):
            begun = time.perf_counter()
            page = await gallery.assets.find(query, limit=_PAGE, after=cursor)
            taken.append(time.perf_counter() - begun)
            if len(page.items) < _PAGE:
                message = "a page was not full: compare sizes of 500 and more"
                raise SystemExit(message)
    return [min(taken) for taken in times]


async def measure(sizes: list[int]) -> None:
    """Fill a file for each size and print the times and their ratio."""
    say = sys.stdout.write
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        )
        galleries: list[SqliteAssetRepository] = []
        for size in sizes:
            path = Path(folder) / f"{size}.db"
            begun = time.perf_counter()
            await fill(path, size)
            say(f"{size:>9,} assets written in {time.perf_counter() - begun:.1f} s\n")
            repository = SqliteAssetRepository(path)
            galleries.append(await stack.enter_async_context(aclosing(repository)))
        middles = [
            PageKey(_BEGIN + timedelta(seconds=size // 2), "").to_cursor()
            for size in sizes
        ]
        heads = "".join(f"{size:>12,}" for size in sizes)
        say(f"\n{'ms a page of 50':<32}{heads}{'ratio':>8}\n")
        for name, query in _QUERIES.items():
            for place, cursors in (("first", [None] * len(sizes)), ("middle", middles)):
                times = await best_times(galleries, query, [*cursors])
                cells = "".join(f"{1000 * seconds:>12.2f}" for seconds in times)
                say(f"{f'{name}, {place}':<32}{cells}{times[-1] / times[0]:>8.2f}\n")


def main() -> None:
    """Read the sizes from the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[1_000, 1_000_000])
    anyio.run(measure, parser.parse_args().sizes)


if __name__ == "__main__":
    main()
