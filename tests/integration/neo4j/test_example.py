"""`examples/neo4j_host.py`, run as a reader runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.servers.neo4j_access import Neo4jAccess

_EXAMPLE: Final = Path(__file__).parents[3] / "examples" / "neo4j_host.py"


def _run(**variables: str) -> str:
    kept = {name: it for name, it in os.environ.items() if not name.startswith("NEO4J")}
    ended = subprocess.run(  # noqa: S603 - our own example, our own Python
        [sys.executable, "-W", "error", "-X", "utf8", str(_EXAMPLE)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=kept | variables,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_without_a_server_the_example_says_what_it_needs() -> None:
    """It ends well, with a hint."""
    pytest.importorskip("starlette", reason="the example brings the simulator")
    assert "Set NEO4J_URI" in _run()


# What the example does is tried on every server in `test_graph`.
@pytest.mark.parametrize("real_neo4j", ["neo4j_2026"], indirect=True)
@pytest.mark.timeout(120)
def test_the_example_ties_pictures_to_the_games_nodes(server: Neo4jAccess) -> None:
    """The game reads them from its own nodes, and in the end nothing is left."""
    pytest.importorskip("starlette", reason="the example brings the simulator")
    user, password = server.auth
    printed = _run(NEO4J_URI=server.uri, NEO4J_USERNAME=user, NEO4J_PASSWORD=password)
    assert "Marcus looks like portrait/" in printed
    assert "The Gilded Flask looks like backdrop/" in printed
    rows = server.query(
        "MATCH (n:GalleryAsset|GenerationBatch|Character|Location) RETURN count(n) AS n"
    )
    assert rows == [{"n": 0}]
