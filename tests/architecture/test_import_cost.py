"""Importing the package stays cheap: what costs is loaded by the part that needs it."""

from __future__ import annotations

import subprocess
import sys

# Each is loaded by the adapter, the extra or the converter that needs it.
COSTLY = {
    *("PIL", "cattrs", "cyclopts", "httpx", "neo4j", "rich"),
    *("sqlite3", "starlette", "uvicorn", "websockets"),
}


def test_importing_the_package_loads_no_costly_library() -> None:
    """A fresh interpreter has none of them after ``import comfy_assets``."""
    program = "import comfy_assets, sys; print(*sys.modules)"
    answer = subprocess.run(  # noqa: S603 - our own interpreter and our own words
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        timeout=15,
    )

    assert COSTLY.isdisjoint(answer.stdout.split())
