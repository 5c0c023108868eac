"""`SqliteAssetRepository`: what the contract suite cannot ask."""

from __future__ import annotations

import sqlite3
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from comfy_assets.adapters.sqlite import SqliteAssetRepository
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery
from comfy_assets.domain.requests import EntityRef
from comfy_assets.errors import InvalidRequestError, PayloadError, RepositoryError
from comfy_assets.testing.samples import NOON, make_asset, make_batch, make_request

pytestmark = pytest.mark.anyio

#: Half of a surrogate pair: a text to Python, and to nothing else.
_HALF = "a\ud83c"


@pytest.mark.parametrize("path", ["", ".", ":memory:", Path()])
def test_a_path_that_names_no_file_is_refused(path: str | Path) -> None:
    """A repository that would not last is asked for by its own name."""
    with pytest.raises(InvalidRequestError) as caught:
        SqliteAssetRepository(path)
    assert "MemoryAssetRepository" in caught.value.problem


async def test_nothing_is_made_before_the_first_call(tmp_path: Path) -> None:
    """The file is made at the first call, not when the object is."""
    path = tmp_path / "saves" / "game.db"
    async with aclosing(SqliteAssetRepository(str(path))) as repository:
        assert repr(repository) == f"SqliteAssetRepository({str(path)!r})"
        assert not path.parent.exists()
        await repository.assets.count(AssetQuery())
        assert path.exists()


async def test_a_changed_folder_does_not_change_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is relative to the folder of the time it was given."""
    monkeypatch.chdir(tmp_path)
    repository = SqliteAssetRepository("file:game.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    async with aclosing(repository):
        await repository.assets.count(AssetQuery())
    assert (tmp_path / "file:game.db").exists()


async def test_closing_leaves_one_file(tmp_path: Path) -> None:
    """What SQLite kept beside the file while it was open is gone."""
    async with aclosing(SqliteAssetRepository(tmp_path / "game.db")) as repository:
        await repository.assets.add(make_asset())
        assert len(list(tmp_path.iterdir())) > 1
    assert [path.name for path in tmp_path.iterdir()] == ["game.db"]


async def test_a_file_that_cannot_be_opened_is_tried_again(tmp_path: Path) -> None:
    """Each call tries to open what the call before could not."""
    path = tmp_path / "game.db"
    path.mkdir()
    async with aclosing(SqliteAssetRepository(path)) as repository:
        with pytest.raises(RepositoryError) as caught:
            await repository.assets.count(AssetQuery())
        assert str(caught.value).startswith("The repository could not open game.db")
        path.rmdir()
        assert await repository.assets.count(AssetQuery()) == 0


async def test_half_a_surrogate_pair_survives(tmp_path: Path) -> None:
    """Even texts that UTF-8 cannot carry are stored and found."""
    entity = EntityRef(_HALF, _HALF)
    asset = make_asset(world_id=_HALF, entity=entity, prompt=_HALF, label=_HALF)
    batch = make_batch(request=make_request(world_id=_HALF, entity=entity))
    async with aclosing(SqliteAssetRepository(tmp_path / "game.db")) as repository:
        await repository.assets.add(asset)
        query = AssetQuery(world_id=_HALF, entity=entity)
        assert (await repository.assets.find(query)).items == (asset,)
        await repository.batches.add(batch)
        claimed = await repository.batches.claim(_HALF, 60)
        found = await repository.batches.find(BatchQuery(owner=_HALF, entity=entity))
        assert found.items == (claimed,)


async def test_values_that_no_document_can_hold_are_refused(tmp_path: Path) -> None:
    """What JSON does not have is the caller's mistake, and nothing is stored."""
    asset = make_asset(overrides={"6.text": object()})
    batch = make_batch(version=1)
    async with aclosing(SqliteAssetRepository(tmp_path / "game.db")) as repository:
        with pytest.raises(PayloadError):
            await repository.assets.add(asset)
        await repository.batches.add(batch)
        with pytest.raises(RepositoryError):
            await repository.batches.save(evolve(batch, priority=2**63))
        assert await repository.assets.count(AssetQuery()) == 0
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
