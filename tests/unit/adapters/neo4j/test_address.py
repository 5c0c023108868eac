"""Where a Neo4j server is: good addresses, refused ones, and no secrets told."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.adapters.neo4j import Neo4jAssetRepository
from comfy_assets.adapters.neo4j._address import SCHEMES, Address
from comfy_assets.errors import InvalidRequestError, RepositoryError


def _address(uri: str, **changes: Any) -> Address:
    fields = {
        "auth": ("neo4j", "a-secret"),
        "database": None,
        "pool_size": 1,
        "connect_seconds": 1.0,
        "retry_seconds": 1.0,
        "call_seconds": 1.0,
    }
    return Address(uri=uri, **{**fields, **changes})


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_every_scheme_of_the_driver_is_known(scheme: str) -> None:
    """Clusters and single servers, plain, with TLS, with any certificate."""
    uri = f"{scheme}://graph.example:7687"
    assert _address(uri).uri == uri


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "graph.example:7687",
        "http://graph.example:7474",
        "neo4j://",
        "neo4j+x://graph.example",
        "bolt://graph.example:a-secret",
        "bolt://[::1",
        "bolt://neo4j:a-secret@graph.example",
    ],
)
def test_other_addresses_are_refused_without_repeating_them(uri: str) -> None:
    """A password in the address is refused too, and never repeated."""
    with pytest.raises(InvalidRequestError) as caught:
        _address(uri)
    assert "a-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_password_is_never_shown() -> None:
    """Neither the address nor the repository shows it."""
    assert "a-secret" not in repr(_address("bolt://graph.example"))
    repository = Neo4jAssetRepository(
        "bolt://graph.example", auth=("neo4j", "a-secret"), database="game"
    )
    assert (
        repr(repository)
        == "Neo4jAssetRepository('bolt://graph.example', database='game')"
    )


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_trio_is_refused_with_a_hint() -> None:
    """The driver knows asyncio only: on trio the first call says so."""
    repository = Neo4jAssetRepository("bolt://127.0.0.1:1")
    with pytest.raises(RepositoryError, match="asyncio only"):
        await repository.workflows.find()
    await repository.aclose()
