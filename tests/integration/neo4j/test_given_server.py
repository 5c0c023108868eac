"""``NEO4J_URI`` names a server for the tests, where no server of their own may run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.servers.neo4j_access import Neo4jAccess

# A whole run of pytest, on a machine that may be busy.
pytestmark = pytest.mark.timeout(120)

_ROOT: Final = Path(__file__).parents[3]
_TEST: Final = (
    "tests/integration/neo4j/test_opening.py::test_names_of_databases_choose_one"
)
#: What would make a run start servers, or name one.
_OURS: Final = ("CI", "COMFY_ASSETS", "NEO4J")


def _run(folder: Path, **variables: str) -> str:
    kept = {name: it for name, it in os.environ.items() if not name.startswith(_OURS)}
    ended = subprocess.run(  # noqa: S603 - our own tests, our own Python
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", _TEST],
        capture_output=True,
        check=False,
        cwd=_ROOT,
        encoding="utf-8",
        # Without a server there that was installed before.
        env=kept | {"COMFY_ASSETS_SERVERS_DIR": str(folder)} | variables,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


# A server that is given has an address and no version.
@pytest.mark.parametrize("real_neo4j", ["neo4j_2026"], indirect=True)
def test_tests_run_on_the_server_that_is_given(
    server: Neo4jAccess, tmp_path: Path
) -> None:
    """They pass there, with its name and password, and what they store is there."""
    user, password = server.auth
    printed = _run(
        tmp_path,
        NEO4J_URI=server.uri,
        NEO4J_USERNAME=user,
        NEO4J_PASSWORD=password,
    )
    # Once by the name of each server that they would run on otherwise.
    assert "2 passed" in printed
    assert server.query("MATCH (a:GalleryAsset) RETURN count(a) AS n") == [{"n": 1}]


def test_without_any_server_tests_say_what_they_need(tmp_path: Path) -> None:
    """They are skipped, and the reason names both ways to a server."""
    printed = _run(tmp_path)
    assert "2 skipped" in printed
    assert "COMFY_ASSETS_SERVERS=1" in printed
    assert "NEO4J_URI" in printed
