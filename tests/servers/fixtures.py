"""Fixtures that hand a running real server to a test; loaded as a pytest plugin."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, TypeVar

import pytest

from tests.servers import installation, neo4j_installation
from tests.servers.comfyui import RealComfyUI
from tests.servers.neo4j import RealNeo4j
from tests.servers.neo4j_access import Neo4jAccess

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIXTURES: Final = {
    "comfyui": {"comfyui_0_3_75", "comfyui_2024_03", "real_comfyui"},
    "neo4j": {"neo4j_2026", "neo4j_5", "real_neo4j"},
}
_ServerT = TypeVar("_ServerT", RealComfyUI, RealNeo4j)
_running: Final = pytest.StashKey[list[RealComfyUI | RealNeo4j]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the servers of this run."""
    config.stash[_running] = []


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use a real server, before `-m` chooses among them.

    Their time limit starts when the server stands: setting it up has limits of its own.
    """
    for item in items:
        for of, fixtures in _FIXTURES.items():
            if fixtures.intersection(getattr(item, "fixturenames", ())):
                item.add_marker(pytest.mark.external_service(of=of))
                if item.get_closest_marker("timeout") is None:
                    item.add_marker(pytest.mark.timeout(60, func_only=True))
        for mark in item.iter_markers("external_service"):
            if mark.kwargs.get("of") not in _FIXTURES:
                # No session would run it, and nobody would notice.
                message = f"{item.nodeid}: external_service names no kind of server"
                raise pytest.UsageError(message)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Bring back a server that an earlier test killed and did not restart."""
    if item.get_closest_marker("external_service") is not None:
        for server in item.config.stash[_running]:
            if not server.is_alive:
                server.restart()


@pytest.fixture(scope="session")
def comfyui_0_3_75(pytestconfig: pytest.Config) -> Iterator[RealComfyUI]:
    """Run ComfyUI 0.3.75 of December 2025; started once, shared by all tests."""
    yield from _serve("0.3.75", pytestconfig)


@pytest.fixture(scope="session")
def comfyui_2024_03(pytestconfig: pytest.Config) -> Iterator[RealComfyUI]:
    """Run ComfyUI of March 2024, which chooses the prompt ids itself."""
    yield from _serve("2024-03", pytestconfig)


@pytest.fixture(scope="session", params=["comfyui_0_3_75", "comfyui_2024_03"])
def real_comfyui(request: pytest.FixtureRequest) -> RealComfyUI:
    """Run the test once on each real server; only those that are asked for start."""
    server: RealComfyUI = request.getfixturevalue(request.param)
    return server


@pytest.fixture(scope="session")
def neo4j_2026(pytestconfig: pytest.Config) -> Iterator[RealNeo4j]:
    """Run Neo4j 2026.08.1; started once, shared by all tests."""
    yield from _serve_neo4j("2026.08.1", pytestconfig)


@pytest.fixture(scope="session")
def neo4j_5(pytestconfig: pytest.Config) -> Iterator[RealNeo4j]:
    """Run Neo4j 5.26.30, of the line with long support."""
    yield from _serve_neo4j("5.26.30", pytestconfig)


@pytest.fixture(scope="session", params=["neo4j_2026", "neo4j_5"])
def real_neo4j(request: pytest.FixtureRequest) -> Neo4jAccess:
    """Run the test on each real Neo4j, or on the one that ``NEO4J_URI`` names."""
    given = Neo4jAccess.from_environment()
    if given is not None and not _servers_are_wanted():
        return given
    server: RealNeo4j = request.getfixturevalue(request.param)
    return server.access


def _serve_neo4j(version: str, config: pytest.Config) -> Iterator[RealNeo4j]:
    release = neo4j_installation.NEO4J_RELEASES[version]
    if not neo4j_installation.is_installed(release):
        if not _servers_are_wanted():
            pytest.skip(
                "set COMFY_ASSETS_SERVERS=1 to download and run a real Neo4j "
                "(about 150 MB; needs mvn, and Java 17 for Neo4j 5), or NEO4J_URI to "
                "name a test database, whose galleries are deleted"
            )
        # A failure here fails the test: where servers are asked for, they count.
        neo4j_installation.install(release)
    yield from _lend(RealNeo4j(version), config)


def _servers_are_wanted() -> bool:
    return bool(os.environ.keys() & {"CI", "COMFY_ASSETS_SERVERS"})


def _serve(version: str, config: pytest.Config) -> Iterator[RealComfyUI]:
    if not installation.is_installed():
        if not _servers_are_wanted():
            pytest.skip(
                "set COMFY_ASSETS_SERVERS=1 to download and run a real ComfyUI "
                "(about 5 GB)"
            )
        # A failure here fails the test: where servers are asked for, they count.
        installation.install()
    yield from _lend(RealComfyUI(version), config)


def _lend(server: _ServerT, config: pytest.Config) -> Iterator[_ServerT]:
    with server:
        running = config.stash[_running]
        running.append(server)
        yield server
        running.remove(server)
