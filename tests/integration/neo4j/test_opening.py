"""Opening a Neo4j database: clear words for what is wrong, and one schema for all."""

from __future__ import annotations

import socket
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.adapters.neo4j._schema import PREFIX, constraint_name
from comfy_assets.errors import RepositoryError
from comfy_assets.testing.samples import make_asset

if TYPE_CHECKING:
    from tests.servers.neo4j_access import Neo4jAccess

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


def _open(server: Neo4jAccess, **settings: object) -> Neo4jAssetRepository:
    given = {"auth": server.auth, "retry_seconds": 0.0, **settings}
    return Neo4jAssetRepository(server.uri, **given)  # type: ignore[arg-type]


async def test_a_wrong_password_is_told_and_kept_secret(server: Neo4jAccess) -> None:
    """The first call says what to check, and nothing repeats the password."""
    async with aclosing(
        _open(server, auth=(server.auth[0], "not-the-password"))
    ) as repository:
        with pytest.raises(RepositoryError, match="password is wrong") as caught:
            await repository.workflows.find()
    assert "not-the-password" not in f"{caught.value!r} {repository!r}"
    assert "not-the-password" not in str(caught.value.__cause__)


async def test_a_missing_database_is_told(server: Neo4jAccess) -> None:
    """A database that the server does not have is named as the fault."""
    async with aclosing(_open(server, database="nowhere")) as repository:
        with pytest.raises(RepositoryError, match="no database of this name"):
            await repository.workflows.find()


async def test_a_wrong_address_is_told(server: Neo4jAccess) -> None:
    """Where nobody listens, the first call says where it looked, and soon."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{taken.getsockname()[1]}"
        async with aclosing(_open(evolve(server, uri=uri))) as repository:
            with pytest.raises(RepositoryError, match=f"{uri} cannot be reached"):
                await repository.workflows.find()


async def test_a_failed_opening_can_be_repeated(server: Neo4jAccess) -> None:
    """The call after a failed one opens the database, when it can be opened then."""
    server.query("MERGE (n:ComfyAssetsSchema {name: 'schema'}) SET n.version = 1000000")
    async with aclosing(_open(server)) as repository:
        with pytest.raises(RepositoryError, match="newer version"):
            await repository.workflows.find()
        server.query("MATCH (n:ComfyAssetsSchema) DELETE n")
        assert await repository.workflows.find() == []


async def test_opening_again_changes_nothing(server: Neo4jAccess) -> None:
    """The schema is made once; opening it again finds it as it is."""
    server.forget()
    for _ in range(2):
        async with aclosing(_open(server)) as repository:
            await repository.assets.add(make_asset())
    names = [
        row["name"]
        for row in server.query("SHOW INDEXES YIELD name RETURN name")
        if row["name"].startswith(PREFIX)
    ]
    assert len(names) == len(set(names))
    states = server.query(
        "SHOW INDEXES YIELD name, state WHERE name STARTS WITH $prefix "
        "RETURN DISTINCT state",
        prefix=PREFIX,
    )
    assert states == [{"state": "ONLINE"}]


async def test_an_opening_that_was_cut_off_is_mended(server: Neo4jAccess) -> None:
    """An index whose constraint was never made, as crashes leave it, is no obstacle."""
    server.forget()
    name = constraint_name("GalleryAsset", "id")
    server.query(f"CREATE RANGE INDEX {name} FOR (n:GalleryAsset) ON (n.id)")
    async with aclosing(_open(server)) as repository:
        asset = make_asset()
        await repository.assets.add(asset)
        assert await repository.assets.get(asset.id) == asset
    found = server.query(
        "SHOW CONSTRAINTS YIELD name WHERE name = $name RETURN name", name=name
    )
    assert found == [{"name": name}]


async def test_names_of_databases_choose_one(server: Neo4jAccess) -> None:
    """The database may be named."""
    async with aclosing(_open(server, database="neo4j")) as repository:
        asset = make_asset()
        await repository.assets.add(asset)
        assert await repository.assets.get(asset.id) == asset
