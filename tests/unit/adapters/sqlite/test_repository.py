"""`SqliteAssetRepository`: what the contract suite cannot ask."""

from __future__ import annotations

import sqlite3
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from attrs import evolve

from comfy_assets.adapters.sqlite import SqliteAssetRepository
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.identity import AssetId
from comfy_assets.errors import InvalidRequestError, RepositoryError
from comfy_assets.testing.samples import (
    NOON,
    make_asset,
    make_batch,
    make_configuration,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["", ".", ":memory:", Path()])
def test_a_path_that_names_no_file_is_refused(path: str | Path) -> None:
    """A repository that would not last is asked for by its own name."""
    with pytest.raises(InvalidRequestError) as caught:
        SqliteAssetRepository(path)
    assert "MemoryAssetRepository" in caught.value.problem


async def test_nothing_is_made_before_the_first_call(tmp_path: Path) -> None:
    """The file and its folder are made at the first call, not with the object."""
    path = tmp_path / "saves" / "game.db"
    async with aclosing(SqliteAssetRepository(str(path))) as repository:
        assert repr(repository) == f"SqliteAssetRepository({str(path)!r})"
        assert _names_in(tmp_path) == []
        await repository.assets.count(AssetQuery())
        assert _names_in(tmp_path) == ["saves"]


async def test_a_changed_folder_does_not_change_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is relative to the folder of the time it was given."""
    monkeypatch.chdir(tmp_path)
    repository = SqliteAssetRepository("game.db")
    monkeypatch.chdir(tmp_path.parent)
    async with aclosing(repository):
        await repository.assets.count(AssetQuery())
    assert _names_in(tmp_path) == ["game.db"]


async def test_a_configuration_that_another_process_changed_is_seen(
    tmp_path: Path,
) -> None:
    """What was read before is given again only while it is what the file says."""
    before = make_configuration(name="before")
    changed = make_configuration(name="changed")
    async with (
        aclosing(SqliteAssetRepository(tmp_path / "game.db")) as ours,
        aclosing(SqliteAssetRepository(tmp_path / "game.db")) as theirs,
    ):
        await ours.workflows.save(before)
        assert [await ours.workflows.get(before.slot) for _ in "12"] == [before] * 2
        await theirs.workflows.save(changed)
        assert await ours.workflows.get(before.slot) == changed


async def test_closing_leaves_one_file(tmp_path: Path) -> None:
    """What SQLite kept beside the file while it was open is gone."""
    async with aclosing(SqliteAssetRepository(tmp_path / "game.db")) as repository:
        await repository.assets.add(make_asset())
        assert len(_names_in(tmp_path)) > 1
    assert _names_in(tmp_path) == ["game.db"]


async def test_a_file_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    """Each call tries to open what the call before could not."""
    folder = anyio.Path(tmp_path / "game.db")
    await folder.mkdir()
    async with aclosing(SqliteAssetRepository(tmp_path / "game.db")) as repository:
        with pytest.raises(RepositoryError) as caught:
            await repository.assets.count(AssetQuery())
        assert str(caught.value).startswith("The repository could not open game.db")
        await folder.rmdir()
        assert await repository.assets.count(AssetQuery()) == 0


async def test_half_a_surrogate_pair_is_refused_as_a_key(tmp_path: Path) -> None:
    """What SQLite would have to compare must fit UTF-8; other fields may hold it."""
    asset = make_asset(label="a\ud83c")
    async with aclosing(SqliteAssetRepository(tmp_path / "game.db")) as repository:
        await repository.assets.add(asset)
        assert await repository.assets.get(asset.id) == asset
        with pytest.raises(RepositoryError):
            await repository.assets.get(AssetId("\ud83c"))
        with pytest.raises(RepositoryError):
            await repository.batches.claim("\ud83c", 60)


async def test_values_that_cannot_be_stored_are_refused(tmp_path: Path) -> None:
    """A number beyond 64 bits is refused with our error, and nothing is changed."""
    batch = make_batch(version=1)
    async with aclosing(SqliteAssetRepository(tmp_path / "game.db")) as repository:
        await repository.batches.add(batch)
        with pytest.raises(RepositoryError):
            await repository.batches.save(evolve(batch, priority=2**64))
        assert await repository.batches.get(batch.id) == batch


async def test_leases_go_by_the_given_clock(tmp_path: Path) -> None:
    """A claim is kept before its end, free from its end on, and renewed from now."""
    time = NOON
    moment = timedelta(microseconds=1)
    repository = SqliteAssetRepository(tmp_path / "game.db", now=lambda: time)
    async with aclosing(repository):
        await repository.batches.add(make_batch())
        claimed = await repository.batches.claim("one", 30)
        assert claimed is not None
        assert claimed.claim is not None
        assert claimed.claim.lease_until == NOON + timedelta(seconds=30)
        time = NOON + timedelta(seconds=30) - moment
        assert await repository.batches.claim("two", 30) is None
        await repository.batches.renew(claimed.id, claimed.claim, 5)
        time += timedelta(seconds=5) - moment
        assert await repository.batches.claim("two", 30) is None
        assert list(await repository.batches.line()) == []
        time += moment
        assert await repository.batches.position(claimed.id) == 0
        assert await repository.batches.claim("two", 30) is not None


async def test_the_database_itself_keeps_one_active(tmp_path: Path) -> None:
    """Whoever writes to the file: two active assets of one place are impossible."""
    path = tmp_path / "game.db"
    async with aclosing(SqliteAssetRepository(path)) as repository:
        for _ in range(2):
            await repository.assets.add(make_asset())
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE assets SET is_active = 1")
    connection.close()


def _names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
