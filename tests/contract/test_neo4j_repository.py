"""`Neo4jAssetRepository` keeps the contract of `AssetRepository`, on real servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, aclosing

import pytest

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.ports.repository import AssetRepository
from comfy_assets.testing.opening import OpenRepository
from comfy_assets.testing.repository_suite import AssetRepositorySuite
from tests.servers.neo4j_access import Neo4jAccess


@pytest.fixture(scope="module", params=["asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Name the event loop: Neo4j's driver knows one only."""
    backend: str = request.param
    return backend


class TestNeo4jAssetRepository(AssetRepositorySuite):
    """The suite over a real server, emptied for each database."""

    @pytest.fixture
    def open_repository(self, real_neo4j: Neo4jAccess) -> Iterator[OpenRepository]:
        """Open the server's one database, empty for a name that is new."""
        known: set[str] = set()
        with real_neo4j.cleaner() as clean:

            def open_named(name: str) -> AbstractAsyncContextManager[AssetRepository]:
                if name not in known:
                    clean()
                    known.add(name)
                return aclosing(
                    Neo4jAssetRepository(real_neo4j.uri, auth=real_neo4j.auth)
                )

            yield open_named
