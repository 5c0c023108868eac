"""``comfy-assets store copy`` from SQLite into Neo4j, and back."""

from __future__ import annotations

from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import anyio
import pytest
from attrs import evolve

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.adapters.sqlite import SqliteAssetRepository
from comfy_assets.domain.requests import MAX_SEED
from comfy_assets.testing.samples import (
    NOON,
    make_asset,
    make_batch,
    make_configuration,
)

if TYPE_CHECKING:
    from pathlib import Path

    from comfy_assets.domain.assets import GalleryAsset
    from tests.servers.neo4j_access import Neo4jAccess

pytestmark = [
    # Its thousand transactions may meet a server that is not warm yet.
    pytest.mark.timeout(180),
    # Each call that a copy makes is tried on every server in its contract suite.
    pytest.mark.parametrize("real_neo4j", ["neo4j_2026"], indirect=True),
]

#: More than a page of a copy.
_DISCARDED: Final = 210
_BATCHES: Final = 12
_ASSETS: Final = 24


def test_a_copy_through_neo4j_is_as_the_original(
    server: Neo4jAccess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Counted and compared on the way in and out, and begun again both ways."""
    pytest.importorskip("cyclopts", reason="the command line is an extra")
    assets = [
        make_asset(
            created_at=NOON + timedelta(microseconds=number),
            label="grim \N{SKULL} 'face'",
            overrides={"KSampler.steps": number},
            seed=MAX_SEED - number,
            is_active=number == 0,
        )
        for number in range(_ASSETS)
    ]
    anyio.run(_fill, tmp_path / "game.db", assets)
    first = f"sqlite:///{tmp_path.as_posix()}/game.db"
    last = f"sqlite:///{tmp_path.as_posix()}/back.db"
    graph = server.url
    everything = f"{1 + _BATCHES + _DISCARDED + _ASSETS} are equal in both"

    anyio.run(_begin, server, assets[0])
    printed = _copy(first, graph, capsys)
    assert printed == [
        "workflows: 1 copied, 0 were there",
        f"batches: {_BATCHES} copied, 0 were there",
        f"deleted assets: {_DISCARDED} copied, 0 were there",
        f"assets: {_ASSETS - 1} copied, 1 were there",
        f"checked: {everything}",
    ]
    assert _copy(graph, last, capsys)[-1] == f"checked: {everything}"
    # What came out is what went in, and nothing besides.
    assert _copy(last, first, capsys) == [
        "workflows: 0 copied, 1 were there",
        f"batches: 0 copied, {_BATCHES} were there",
        f"deleted assets: 0 copied, {_DISCARDED} were there",
        f"assets: 0 copied, {_ASSETS} were there",
        f"checked: {everything}",
    ]


def _copy(source: str, target: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    # Imported here, for it needs the extra.
    from comfy_assets.cli import main  # noqa: PLC0415

    code = main(["store", "copy", source, target])
    out, err = capsys.readouterr()
    assert code == 0, err
    return out.splitlines()


async def _begin(server: Neo4jAccess, first: GalleryAsset) -> None:
    """Leave what an interrupted copy leaves: an asset that is not yet active."""
    async with aclosing(Neo4jAssetRepository(server.uri, auth=server.auth)) as target:
        await target.assets.add(evolve(first, is_active=False))


async def _fill(path: Path, assets: list[GalleryAsset]) -> None:
    """Store one of everything, and more deleted assets than a page holds."""
    async with aclosing(SqliteAssetRepository(path)) as source:
        await source.workflows.save(make_configuration())
        for number in range(_BATCHES):
            await source.batches.add(make_batch(priority=number, seed=MAX_SEED))
        claimed = await source.batches.claim("a worker", 600)
        assert claimed is not None
        await source.batches.save(claimed.start(NOON))
        for _ in range(_DISCARDED):
            gone = make_asset(is_active=True)
            await source.assets.add(gone)
            await source.assets.delete(gone.id)
        for asset in assets:
            await source.assets.add(asset)
