"""`open_repository`: the repository that a URL names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import comfy_assets as ca
from comfy_assets import opening

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def test_memory_is_a_repository_of_its_own() -> None:
    """Nothing but the word is needed."""
    assert isinstance(ca.open_repository("memory:"), ca.MemoryAssetRepository)


async def test_sqlite_takes_a_path(tmp_path: Path) -> None:
    """The file is made at the first call."""
    file = tmp_path / "game.db"
    repository = ca.open_repository(f"sqlite:///{file.as_posix()}")
    assert isinstance(repository, ca.SqliteAssetRepository)
    assert await repository.workflows.find() == []
    await repository.aclose()
    assert file.exists()


@pytest.mark.parametrize("url", ["", "sqlite:///", "sqlite://x", "mysql://u:secret@h"])
def test_other_urls_are_refused_without_repeating_them(url: str) -> None:
    """A URL may hold a password."""
    with pytest.raises(ca.InvalidRequestError, match=r"sqlite:///file\.db") as caught:
        ca.open_repository(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url,shown",
    [
        ("neo4j://h:7687", "Neo4jAssetRepository('neo4j://h:7687', database=None)"),
        (
            "bolt+s://me:p%40ss@h/?database=game",
            "Neo4jAssetRepository('bolt+s://h', database='game')",
        ),
        ("bolt+ssc://me:@[::1]:1", "Neo4jAssetRepository('bolt+ssc://[::1]:1', "),
    ],
)
def test_neo4j_takes_an_address(url: str, shown: str) -> None:
    """Name and password are taken out of the address, and not shown."""
    repository = ca.open_repository(url)
    assert isinstance(repository, ca.Neo4jAssetRepository)
    assert repr(repository).startswith(shown)


def test_neo4j_takes_name_and_password_as_a_url_has_them() -> None:
    """What has a meaning in a URL is written with a percent sign."""
    parts = urlsplit("neo4j://m%3Ae:p%40s%2Fs@h")
    assert opening._auth(parts) == ("m:e", "p@s/s")
    assert opening._auth(urlsplit("neo4j://h")) is None


@pytest.mark.parametrize(
    "rest", ["h/game", "h?x=1", "h?database", "h#secret", "h:secret", "[h"]
)
def test_neo4j_takes_nothing_else(rest: str) -> None:
    """An address that says more than we understand is refused, and not repeated."""
    with pytest.raises(ca.InvalidRequestError) as caught:
        ca.open_repository(f"neo4j://me:secret@{rest}")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
