"""Opening the file: whose it is, its settings, its version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from comfy_assets.adapters.sqlite import _opening
from comfy_assets.adapters.sqlite._opening import open_database, transaction
from comfy_assets.adapters.sqlite._schema import APPLICATION_ID, MIGRATIONS
from comfy_assets.errors import RepositoryError


def _pragma(connection: sqlite3.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").fetchone()[0]


def _make(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_fresh_file_gets_its_settings_and_tables(tmp_path: Path) -> None:
    """A new file lies in a new folder, is ours, up to date, and keeps a WAL."""
    path = tmp_path / "saves" / "world" / "game.db"
    for _ in range(2):
        connection = open_database(path)
        assert _pragma(connection, "application_id") == APPLICATION_ID
        assert _pragma(connection, "user_version") == len(MIGRATIONS)
        assert _pragma(connection, "journal_mode") == "wal"
        assert _pragma(connection, "synchronous") == 1
        assert _pragma(connection, "busy_timeout") == 30_000
        connection.execute("SELECT count(*) FROM assets")
        connection.close()


def test_an_empty_file_is_a_fresh_one(tmp_path: Path) -> None:
    """A file of no bytes, as made by a file dialog, is taken."""
    path = tmp_path / "game.db"
    path.touch()
    open_database(path).close()
    assert path.stat().st_size > 0


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE theirs (x)"],
        ["PRAGMA user_version = 3"],
        ["PRAGMA application_id = 77"],
    ],
    ids=["tables", "version", "application"],
)
def test_a_database_of_another_program_is_left_alone(
    tmp_path: Path, statements: list[str]
) -> None:
    """Another program's database is refused, and not changed at all."""
    path = tmp_path / "theirs.db"
    _make(path, *statements)
    before = path.read_bytes()
    with pytest.raises(RepositoryError) as caught:
        open_database(path)
    assert "another program" in caught.value.problem
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A picture, a text or the like is told from a database, and not changed."""
    path = tmp_path / "notes.txt"
    path.write_bytes(b"Marcus owes me three silver pieces. " * 40)
    before = path.read_bytes()
    with pytest.raises(RepositoryError) as caught:
        open_database(path)
    assert "no SQLite database" in caught.value.problem
    assert path.read_bytes() == before


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    """The path of a folder is refused."""
    with pytest.raises(RepositoryError) as caught:
        open_database(tmp_path)
    assert "cannot be opened" in caught.value.problem


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is told with its path."""
    (tmp_path / "saves").touch()
    with pytest.raises(RepositoryError) as caught:
        open_database(tmp_path / "saves" / "game.db")
    assert "folder" in caught.value.problem


def test_tables_of_a_newer_version_are_refused(tmp_path: Path) -> None:
    """A file that a newer package wrote asks for an upgrade."""
    path = tmp_path / "game.db"
    open_database(path).close()
    _make(path, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(RepositoryError) as caught:
        open_database(path)
    assert "upgrade" in caught.value.problem


def test_older_tables_are_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the steps that are missing are done, and what is stored stays."""
    path = tmp_path / "game.db"
    _make_row = "INSERT INTO workflow_configurations VALUES ('portrait', '{}')"
    open_database(path).close()
    _make(path, _make_row)
    step = ("ALTER TABLE workflow_configurations ADD COLUMN extra TEXT",)
    monkeypatch.setattr(_opening, "MIGRATIONS", (*MIGRATIONS, step))
    for _ in range(2):
        connection = open_database(path)
        rows = connection.execute("SELECT * FROM workflow_configurations").fetchall()
        assert rows == [("portrait", "{}", None)]
        assert _pragma(connection, "user_version") == len(MIGRATIONS) + 1
        connection.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All steps are one transaction: half a migration is never stored."""
    path = tmp_path / "game.db"
    bad = ("CREATE TABLE extra (x)", "no SQL at all")
    monkeypatch.setattr(_opening, "MIGRATIONS", (*MIGRATIONS, bad))
    with pytest.raises(RepositoryError):
        open_database(path)
    monkeypatch.undo()
    connection = open_database(path)
    assert _pragma(connection, "user_version") == len(MIGRATIONS)
    tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert ("extra",) not in tables
    connection.close()


def test_a_file_that_stays_locked_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening gives up when another program holds the file for too long."""
    monkeypatch.setattr(_opening, "BUSY_SECONDS", 0.05)
    path = tmp_path / "game.db"
    holder = sqlite3.connect(path)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(RepositoryError) as caught:
        open_database(path)
    holder.rollback()
    holder.close()
    assert "locked" in caught.value.problem
    open_database(path).close()


def test_opening_waits_where_sqlite_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal that came at once, while another process tidies up, is no end."""
    prepare = _opening._prepare
    pauses: list[float] = []

    def refuse_first(connection: sqlite3.Connection, operation: str) -> None:
        if not pauses:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
            raise error
        prepare(connection, operation)

    monkeypatch.setattr(_opening, "_prepare", refuse_first)
    monkeypatch.setattr(
        "comfy_assets.adapters.sqlite._opening.time.sleep", pauses.append
    )
    connection = open_database(tmp_path / "game.db")
    assert _pragma(connection, "journal_mode") == "wal"
    connection.close()
    assert pauses == [_opening._PAUSE_SECONDS]


def test_a_transaction_that_sqlite_ended_itself_is_not_ended_twice(
    tmp_path: Path,
) -> None:
    """The error of the body is the one that is told."""
    connection = open_database(tmp_path / "game.db")

    def fail() -> None:
        connection.execute("ROLLBACK")
        raise KeyError("the cause")

    with (
        pytest.raises(KeyError, match="the cause"),
        transaction(connection, writes=True),
    ):
        fail()
    assert not connection.in_transaction
    connection.close()
