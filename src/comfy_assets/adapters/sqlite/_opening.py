"""Opening the file: whose it is, its settings, and bringing its tables up to date."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from comfy_assets.adapters.sqlite._errors import result_code, translated
from comfy_assets.adapters.sqlite._schema import APPLICATION_ID, MIGRATIONS
from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: How long a call waits for another process to finish its writing.
BUSY_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.02
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def open_database(path: Path) -> sqlite3.Connection:
    """Open or create the database; blocks, so call it in a thread.

    Raises:
        RepositoryError: When the file cannot be opened or created, is another
            program's, or was written by a newer version of this package.
    """
    operation = f"open {path.name}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"its folder {path.parent} cannot be made: {error.strerror}"
        raise RepositoryError(operation, problem) from error
    with translated(operation):
        connection = sqlite3.connect(
            path,
            timeout=BUSY_SECONDS,
            # Transactions are begun and ended by `transaction` alone.
            isolation_level=None,
            # Worker threads take turns with it, never two at once.
            check_same_thread=False,
        )
        try:
            _prepare_patiently(connection, operation)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def transaction(connection: sqlite3.Connection, *, writes: bool) -> Iterator[None]:
    """Let the body see one state of the database, and store all that it does or none.

    Args:
        writes: Takes the write lock at once. A reader that turns into a writer
            half-way could be refused without waiting.
    """
    connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite ends some failed transactions by itself, for instance on a full disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _prepare_patiently(connection: sqlite3.Connection, operation: str) -> None:
    # While the last user of the file closes it, or the first one after a crash puts
    # it right, SQLite may refuse without heeding the busy timeout (sqlite.org/wal,
    # "Sometimes Queries Return SQLITE_BUSY In WAL Mode"): so we wait ourselves.
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            _prepare(connection, operation)
        except sqlite3.OperationalError as error:
            if result_code(error) not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _prepare(connection: sqlite3.Connection, operation: str) -> None:
    # Identified first: a file of another program must not even be turned to WAL.
    with transaction(connection, writes=False):
        version = _version(connection, operation)
    # Readers go on while somebody writes. Where the file system cannot do it, SQLite
    # keeps its slower journal, which is as safe.
    connection.execute("PRAGMA journal_mode = WAL")
    # The disk is not asked at each commit. A crash of this program loses nothing; a
    # power cut may lose the last commits, never the file, and what they recorded is
    # found again: images by the prompt_id of their run, which follows from the batch.
    connection.execute("PRAGMA synchronous = NORMAL")
    if version == len(MIGRATIONS):
        return
    with transaction(connection, writes=True):
        # Asked again, as another process may have been quicker.
        for step in MIGRATIONS[_version(connection, operation) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection, operation: str) -> int:
    """Return the version of the tables, 0 for an empty file."""
    tables = _number(connection, "SELECT count(*) FROM sqlite_master")
    application = _number(connection, "PRAGMA application_id")
    version = _number(connection, "PRAGMA user_version")
    if tables == application == version == 0:
        return 0
    if application != APPLICATION_ID:
        problem = "the file is another program's database; choose another path"
        raise RepositoryError(operation, problem)
    if version > len(MIGRATIONS):
        problem = (
            f"it was written by a newer version (tables {version}, known are "
            f"{len(MIGRATIONS)}); upgrade the package comfy-assets"
        )
        raise RepositoryError(operation, problem)
    return version


def _number(connection: sqlite3.Connection, statement: str) -> int:
    number: int = connection.execute(statement).fetchone()[0]
    return number
