"""What the tests of Neo4j's adapter share: one event loop, and an empty database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from comfy_assets.adapters.neo4j import Neo4jAssetRepository

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.neo4j_access import Neo4jAccess

# Failed checks that tests share show their values, too.
pytest.register_assert_rewrite("tests.integration.neo4j.hard_work")


@pytest.fixture(scope="module", params=["asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Name the event loop: Neo4j's driver knows one only."""
    backend: str = request.param
    return backend


@pytest.fixture
def server(real_neo4j: Neo4jAccess) -> Neo4jAccess:
    """Empty a real server of what is ours."""
    real_neo4j.clean()
    return real_neo4j


@pytest.fixture
async def repository(server: Neo4jAccess) -> AsyncIterator[Neo4jAssetRepository]:
    """Open a repository on it."""
    opened = Neo4jAssetRepository(server.uri, auth=server.auth)
    yield opened
    await opened.aclose()
