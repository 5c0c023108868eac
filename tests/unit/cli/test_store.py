"""``comfy-assets store``: whole databases."""

from __future__ import annotations

from contextlib import aclosing
from functools import partial
from typing import Any

import anyio
import pytest
from attrs import evolve

from comfy_assets.adapters.memory.repository import MemoryAssetRepository
from comfy_assets.adapters.sqlite.repository import SqliteAssetRepository
from comfy_assets.cli._copying import Copy
from comfy_assets.cli._failures import CommandError
from comfy_assets.testing.samples import make_asset, make_batch, make_configuration

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
            deleted = await target.assets.discarded()
            return list(deleted.items), await target.assets.get(active.id)

    anyio.run(fill)
    assert comfy_assets(*_COPY).code == 0
    assert anyio.run(read) == ([gone], active)
    # Another one was chosen in the copy: the next one puts it right.
    comfy_assets("assets", "deactivate", active.id, "--repository", _COPY[3])
    assert comfy_assets(*_COPY).code == 0
    assert anyio.run(read) == ([gone], active)


def test_any_number_of_deleted_assets_is_copied(comfy_assets: Cli) -> None:
    """More than one page of them are listed, copied, found again and compared."""
    gone = [make_asset(label=str(number)) for number in range(1010)]

    async def fill() -> None:
        async with aclosing(SqliteAssetRepository("comfy-assets.db")) as source:
            for asset in gone:
                await source.assets.add(asset)
                await source.assets.delete(asset.id)
        # As far as an earlier copy came.
        async with aclosing(SqliteAssetRepository("copy.db")) as target:
            for asset in sorted(gone, key=lambda it: it.id)[:10]:
                await target.assets.add(asset)
                await target.assets.delete(asset.id)

    anyio.run(fill)
    printed = comfy_assets(*_COPY).out.splitlines()
    assert "deleted assets: 1000 copied, 10 were there" in printed
    assert printed[-1] == "checked: 1010 are equal in both"
    printed = comfy_assets(*_COPY).out.splitlines()
    assert "deleted assets: 0 copied, 1010 were there" in printed


def test_an_asset_that_was_deleted_between_two_copies_is_so_in_the_second(
    comfy_assets: Cli,
) -> None:
    """What the first copy found alive is deleted by the second, active as it was."""
    asset, other = make_asset(), make_asset()

    async def change(*, deletes: bool) -> None:
        async with aclosing(SqliteAssetRepository("comfy-assets.db")) as source:
            if not deletes:
                await source.assets.add(asset)
                await source.assets.add(other)
                return
            await source.assets.activate(asset.id)
            await source.assets.delete(asset.id)

    async def deleted() -> Any:
        async with aclosing(SqliteAssetRepository("copy.db")) as target:
            return (await target.assets.discarded()).items

    anyio.run(partial(change, deletes=False))
    assert comfy_assets(*_COPY).code == 0
    anyio.run(partial(change, deletes=True))
    printed = comfy_assets(*_COPY)
    assert printed.out.splitlines()[2:] == [
        "deleted assets: 1 copied, 0 were there",
        "assets: 0 copied, 1 were there",
        "checked: 2 are equal in both",
    ]
    assert anyio.run(deleted) == (evolve(asset, is_active=True),)


def test_a_deleted_asset_that_is_something_else_is_left_alone(
    comfy_assets: Cli,
) -> None:
    """The copy stops where the target deleted another asset of the same id."""
    gone = make_asset()
    other = evolve(gone, prompt="something else")

    async def delete(file: str, asset: Any) -> None:
        async with aclosing(SqliteAssetRepository(file)) as repository:
            await repository.assets.add(asset)
            await repository.assets.delete(asset.id)

    anyio.run(delete, "comfy-assets.db", gone)
    anyio.run(delete, "copy.db", other)
    printed = comfy_assets(*_COPY)
    assert printed.code == 1
    assert f"something else for the deleted asset {gone.id}" in printed.err


@pytest.mark.anyio
async def test_what_is_missing_in_the_copy_is_found_by_the_check() -> None:
    """The check reads both sides, whatever was counted before."""
    async with (
        aclosing(MemoryAssetRepository()) as source,
        aclosing(MemoryAssetRepository()) as target,
    ):
        copy = Copy(source, target)
        steps = [
            ("asset ", partial(source.assets.add, make_asset()), copy.assets),
            ("batch ", partial(source.batches.add, make_batch()), copy.batches),
            (
                "the workflow of slot ",
                partial(source.workflows.save, make_configuration()),
                copy.workflows,
            ),
            ("the deleted asset ", partial(_discard, source), copy.discarded),
        ]
        for number, (name, store, part) in enumerate(steps, start=1):
            await store()
            with pytest.raises(CommandError, match=f"something else for {name}"):
                await copy.check()
            await part()
            assert await copy.check() == number


async def _discard(repository: MemoryAssetRepository) -> None:
    asset = make_asset()
    await repository.assets.add(asset)
    await repository.assets.delete(asset.id)


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
