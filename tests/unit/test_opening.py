"""`open_repository`: the repository that a URL names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import comfy_assets as ca

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
