"""Load the fixtures of the real servers, and run the Python code of README and docs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from sybil import Sybil
from sybil.parsers.myst import PythonCodeBlockParser, SkipParser

pytest_plugins = ["tests.servers.fixtures"]


def _enter_empty_folder(namespace: dict[str, Any]) -> None:
    """Let the snippets of one document write their files where nobody minds.

    `_came_from` is this folder, for the hidden snippets that fetch a file of ours.
    """
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    namespace["_folder"], namespace["_came_from"] = folder, Path.cwd()
    os.chdir(folder.name)


def _leave_folder(namespace: dict[str, Any]) -> None:
    os.chdir(namespace["_came_from"])
    namespace["_folder"].cleanup()


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["README.md", "docs/**/*.md"],
    setup=_enter_empty_folder,
    teardown=_leave_folder,
).pytest()
