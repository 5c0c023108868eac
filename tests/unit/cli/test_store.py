"""``comfy-assets store``: whole databases."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import anyio
import pytest
from attrs import evolve

from comfy_assets.adapters.sqlite.repository import SqliteAssetRepository
from comfy_assets.testing.samples import make_asset

Cli = Any

_COPY = ("store", "copy", "sqlite:///comfy-assets.db", "sqlite:///copy.db")


def test_a_copy_has_all_that_was_there(comfy_assets: Cli, gallery: Any) -> None:
    """Assets, batches and workflows are counted, and equal in both."""
    printed = comfy_assets(*_COPY)
    assert printed.code == 0, printed.err
    assert printed.out.splitlines() == [
        "workflows: 1 copied, 0 were there",
        "batches: 3 copied, 0 were there",
        "deleted assets: 0 copied, 0 were there",
        "assets: 2 copied, 0 were there",
        "checked: 6 are equal in both",
    ]
    listed = [
        comfy_assets("assets", "list", "--json", "--repository", url).document
        for url in _COPY[2:]
    ]
    assert listed[0] == listed[1]
    assert len(listed[0]) == len(gallery.assets)


def test_a_copy_that_was_interrupted_goes_on(comfy_assets: Cli, gallery: Any) -> None:
    """What is there already is left as it is, the rest follows."""

    async def begin() -> None:
        async with aclosing(SqliteAssetRepository("copy.db")) as target:
            await target.assets.add(gallery.assets[0])

    anyio.run(begin)
    assert "assets: 1 copied, 1 were there" in comfy_assets(*_COPY).out
    assert "assets: 0 copied, 2 were there" in comfy_assets(*_COPY).out


def test_deleted_and_active_assets_are_so_in_the_copy(comfy_assets: Cli) -> None:
    """What was active when it was deleted does not push out what is active now."""
    active, gone = make_asset(is_active=True), make_asset(is_active=True)

    async def fill() -> None:
        async with aclosing(SqliteAssetRepository("comfy-assets.db")) as source:
            await source.assets.add(gone)
            await source.assets.delete(gone.id)
            await source.assets.add(active)

    async def read() -> tuple[Any, Any]:
        async with aclosing(SqliteAssetRepository("copy.db")) as target:
            deleted = list(await target.assets.discarded())
            return deleted, await target.assets.get(active.id)

    anyio.run(fill)
    assert comfy_assets(*_COPY).code == 0
    assert anyio.run(read) == ([gone], active)
    # Another one was chosen in the copy: the next one puts it right.
    comfy_assets("assets", "deactivate", active.id, "--repository", _COPY[3])
    assert comfy_assets(*_COPY).code == 0
    assert anyio.run(read) == ([gone], active)


def test_something_else_in_the_target_is_left_alone(
    comfy_assets: Cli, gallery: Any
) -> None:
    """The copy stops, and says what is in the way."""
    other = evolve(gallery.assets[0], prompt="something else")

    async def begin() -> None:
        async with aclosing(SqliteAssetRepository("copy.db")) as target:
            await target.assets.add(other)

    async def read() -> Any:
        async with aclosing(SqliteAssetRepository("copy.db")) as target:
            return await target.assets.get(other.id)

    anyio.run(begin)
    printed = comfy_assets(*_COPY)
    assert printed.code == 1
    assert f"something else for asset {other.id}" in printed.err
    assert anyio.run(read) == other


@pytest.mark.parametrize(
    "source,target",
    [
        ("memory:", "sqlite:///copy.db"),
        ("sqlite:///copy.db", "memory:"),
        ("sqlite:///copy.db", "sqlite:///copy.db"),
    ],
)
def test_only_two_databases_that_last_can_be_copied(
    comfy_assets: Cli, source: str, target: str
) -> None:
    """A wrong pair is a matter of usage."""
    assert comfy_assets("store", "copy", source, target).code == 2
