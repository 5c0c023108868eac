"""The wall: what `sqlite3` raises, told as our `RepositoryError`."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Extended result codes bear the primary one in their low byte (sqlite.org/rescode).
_PRIMARY: Final = 0xFF

#: SQLite's primary result codes of which a person can do something about.
PROBLEMS: Final[Mapping[int, str]] = MappingProxyType(
    {
        sqlite3.SQLITE_PERM: "access is denied; check the permissions of the file",
        sqlite3.SQLITE_BUSY: (
            "another program holds the file locked; close it, then try again"
        ),
        sqlite3.SQLITE_LOCKED: (
            "another connection holds a table locked; try again when it is done"
        ),
        sqlite3.SQLITE_READONLY: (
            "it is read-only; make the file and its folder writable"
        ),
        sqlite3.SQLITE_IOERR: (
            "the disk failed, or the file was moved away; check both, then start again"
        ),
        sqlite3.SQLITE_CORRUPT: "the file is damaged; put a backup in its place",
        sqlite3.SQLITE_FULL: "the disk is full; make room, then try again",
        sqlite3.SQLITE_CANTOPEN: (
            "the file cannot be opened; the path must name a file in a folder "
            "that this program may write to"
        ),
        sqlite3.SQLITE_TOOBIG: "a value is larger than SQLite can store",
        sqlite3.SQLITE_NOTADB: "the file is no SQLite database; choose another path",
    }
)


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """Turn the errors of `sqlite3` into ours, chained.

    Args:
        operation: What is tried, for the sentence.

    Raises:
        RepositoryError: When the body raised an error of SQLite's, or one about a
            value that SQLite cannot store.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise RepositoryError(operation, _problem(error)) from error
    except UnicodeEncodeError as error:
        # Half of a surrogate pair: a text to Python, and to nothing else.
        problem = f"the text {error.object!a} cannot be written as UTF-8"
        raise RepositoryError(operation, problem) from error
    except OverflowError as error:
        # sqlite3 raises it for a whole number beyond 64 bits, with a sign.
        raise RepositoryError(operation, f"a number is too large: {error}") from error


def result_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code, 0 for the errors of the module's own."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & _PRIMARY


def _problem(error: sqlite3.Error) -> str:
    return PROBLEMS.get(result_code(error), f"SQLite says {error}")
