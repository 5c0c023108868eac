"""What SQLite raises, in our words."""

from __future__ import annotations

import sqlite3

import pytest

from comfy_assets.adapters.sqlite._errors import PROBLEMS, result_code, translated
from comfy_assets.errors import RepositoryError


@pytest.mark.parametrize("code", PROBLEMS, ids=str)
def test_each_known_result_says_what_to_do(code: int) -> None:
    """A primary result code, also in its extended forms, has its own sentence."""
    for extension in (0, 7 << 8):
        error = sqlite3.OperationalError("raw words")
        error.sqlite_errorcode = code | extension
        with pytest.raises(RepositoryError) as caught, translated("add asset 1"):
            raise error
        assert caught.value.operation == "add asset 1"
        assert caught.value.problem == PROBLEMS[code]
        assert caught.value.__cause__ is error


def test_an_unknown_result_keeps_sqlites_words() -> None:
    """An error without a sentence of ours tells what SQLite said."""
    error = sqlite3.ProgrammingError("something new")
    assert result_code(error) == 0
    with pytest.raises(RepositoryError) as caught, translated("read asset 1"):
        raise error
    assert caught.value.problem == "SQLite says something new"


def test_a_number_beyond_64_bits_is_ours_to_tell() -> None:
    """The module's `OverflowError` leaves as ours."""
    connection = sqlite3.connect(":memory:")
    with pytest.raises(RepositoryError) as caught, translated("save"):
        connection.execute("SELECT ?", [2**64])
    connection.close()
    assert "too large" in caught.value.problem


def test_half_a_surrogate_pair_is_ours_to_tell() -> None:
    """A text that UTF-8 cannot carry is refused with words of ours, readable."""
    connection = sqlite3.connect(":memory:")
    with pytest.raises(RepositoryError) as caught, translated("save"):
        connection.execute("SELECT ?", ["a\ud83c"])
    connection.close()
    assert caught.value.problem == "the text 'a\\ud83c' cannot be written as UTF-8"


def test_other_errors_pass() -> None:
    """What is no fault of the database is not taken for one."""
    with pytest.raises(KeyError), translated("save"):
        raise KeyError("bug")
