"""A Neo4j of its own for each benchmark, and many nodes at once."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from tests.servers.neo4j import RealNeo4j
from tests.servers.neo4j_installation import NEO4J_RELEASES, install

if TYPE_CHECKING:
    import argparse

    import neo4j


def add_version(parser: argparse.ArgumentParser, *, is_optional: bool = False) -> None:
    """Let a command line choose the server."""
    parser.add_argument(
        "--neo4j",
        choices=NEO4J_RELEASES,
        default=None if is_optional else "2026.08.1",
        help="the version of Neo4j, which is downloaded if it is not there",
    )


def server_of(release: str) -> RealNeo4j:
    """Return a server of a version, to be entered."""
    install(NEO4J_RELEASES[release])
    return RealNeo4j(release)


def driver_in_use() -> str:
    """Say which driver it is, and whether its fast part is there."""
    try:
        rust = f"with neo4j-rust-ext {version('neo4j-rust-ext')}"
    except PackageNotFoundError:
        rust = "without neo4j-rust-ext"
    return f"driver {version('neo4j')} {rust}"


async def fill(
    driver: neo4j.AsyncDriver, label: str, nodes: list[dict[str, Any]]
) -> None:
    """Make many nodes at once, as the adapter would one by one.

    Args:
        label: One of ours.
        nodes: The properties of each.
    """
    for begin in range(0, len(nodes), 2_000):
        await driver.execute_query(
            f"UNWIND $nodes AS node CREATE (n:{label}) SET n = node",
            nodes=nodes[begin : begin + 2_000],
        )
