"""The contract of `WorkflowRecords` as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from anyio import create_task_group
from attrs import evolve
from hypothesis import given

from comfy_assets.domain.requests import WorkflowSlot
from comfy_assets.errors import StaleWorkflowError, WorkflowNotFoundError
from comfy_assets.testing.opening import OpensRepository, drawing
from comfy_assets.testing.samples import make_configuration
from comfy_assets.testing.strategies import configurations

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.testing.opening import OpenRepository

_NAMES = ("portrait", "custom:zebra", "backdrop", "custom", "custom:a")
_AT_ONCE = 8


class WorkflowRecordsSuite(OpensRepository):
    """Each sentence of `WorkflowRecords` as a test; part of `AssetRepositorySuite`."""

    @drawing
    @given(configuration=configurations())
    async def test_a_saved_configuration_comes_back_equal(
        self, open_repository: OpenRepository, configuration: WorkflowConfiguration
    ) -> None:
        """Equal values come back, whatever their fields hold."""
        async with open_repository(uuid4().hex) as repository:
            await repository.workflows.save(configuration)
            assert await repository.workflows.get(configuration.slot) == configuration

    async def test_saving_replaces_the_configuration_of_the_slot(
        self, open_repository: OpenRepository
    ) -> None:
        """The one before in the same slot is replaced, whatever its id."""
        before = make_configuration(name="before")
        after = make_configuration(name="after")
        async with open_repository("main") as repository:
            await repository.workflows.save(before)
            await repository.workflows.save(after)
            assert await repository.workflows.get(before.slot) == after
            assert list(await repository.workflows.find()) == [after]
            renamed = evolve(after, name="renamed")
            await repository.workflows.save(renamed)
            assert list(await repository.workflows.find()) == [renamed]

    async def test_what_is_expected_is_replaced(
        self, open_repository: OpenRepository
    ) -> None:
        """With `expected` the slot's configuration is replaced when it equals it."""
        before = make_configuration(name="before")
        after = evolve(before, name="after")
        async with open_repository("main") as repository:
            await repository.workflows.save(before)
            await repository.workflows.save(after, expected=before)
            assert await repository.workflows.get(before.slot) == after

    @drawing
    @given(configuration=configurations())
    async def test_any_configuration_that_was_read_can_be_expected(
        self, open_repository: OpenRepository, configuration: WorkflowConfiguration
    ) -> None:
        """What `get` returns equals what is stored, whatever its fields hold."""
        async with open_repository(uuid4().hex) as repository:
            await repository.workflows.save(configuration)
            read = await repository.workflows.get(configuration.slot)
            renamed = evolve(read, name="renamed")
            await repository.workflows.save(renamed, expected=read)
            assert await repository.workflows.get(configuration.slot) == renamed

    async def test_another_configuration_than_the_expected_one_is_kept(
        self, open_repository: OpenRepository
    ) -> None:
        """`StaleWorkflowError` is raised, and nothing is stored."""
        read = make_configuration(name="read")
        theirs = evolve(read, name="theirs")
        async with open_repository("main") as repository:
            await repository.workflows.save(theirs)
            with pytest.raises(StaleWorkflowError) as caught:
                await repository.workflows.save(
                    evolve(read, name="ours"), expected=read
                )
            assert caught.value.slot == read.slot
            assert await repository.workflows.get(read.slot) == theirs

    async def test_a_slot_that_was_emptied_is_not_the_expected_one(
        self, open_repository: OpenRepository
    ) -> None:
        """`StaleWorkflowError` is raised where the slot has none, and it stays so."""
        read = make_configuration()
        async with open_repository("main") as repository:
            with pytest.raises(StaleWorkflowError):
                await repository.workflows.save(
                    evolve(read, name="ours"), expected=read
                )
            assert list(await repository.workflows.find()) == []

    async def test_saving_twice_over_the_expected_one_is_quiet(
        self, open_repository: OpenRepository
    ) -> None:
        """A configuration that is stored already is quiet: a save can be repeated."""
        before = make_configuration(name="before")
        after = evolve(before, name="after")
        async with open_repository("main") as repository:
            await repository.workflows.save(before)
            await repository.workflows.save(after, expected=before)
            await repository.workflows.save(after, expected=before)
            assert await repository.workflows.get(before.slot) == after

    async def test_of_many_who_expect_the_same_one_alone_stores(
        self, open_repository: OpenRepository
    ) -> None:
        """Under concurrent calls the others get `StaleWorkflowError`."""
        before = make_configuration(name="before")
        stored: list[WorkflowConfiguration] = []
        refused: list[str] = []

        async def save(name: str) -> None:
            ours = evolve(before, name=name)
            try:
                await repository.workflows.save(ours, expected=before)
            except StaleWorkflowError:
                refused.append(name)
            else:
                stored.append(ours)

        async with open_repository("main") as repository:
            await repository.workflows.save(before)
            async with create_task_group() as tasks:
                for number in range(_AT_ONCE):
                    tasks.start_soon(save, f"editor {number}")
            assert await repository.workflows.get(before.slot) in stored
        assert (len(stored), len(refused)) == (1, _AT_ONCE - 1)

    async def test_configurations_are_listed_by_slot(
        self, open_repository: OpenRepository
    ) -> None:
        """`find` returns all configurations, by slot; none when there are none."""
        async with open_repository("main") as repository:
            assert list(await repository.workflows.find()) == []
            for name in _NAMES:
                await repository.workflows.save(make_configuration(slot=name))
            found = [it.slot for it in await repository.workflows.find()]
            assert found == sorted(_NAMES)

    async def test_an_empty_slot_has_no_configuration(
        self, open_repository: OpenRepository
    ) -> None:
        """`get` and `delete` raise `WorkflowNotFoundError` when the slot has none."""
        slot = WorkflowSlot("custom:nobody")
        async with open_repository("main") as repository:
            await repository.workflows.save(make_configuration())
            with pytest.raises(WorkflowNotFoundError) as caught:
                await repository.workflows.get(slot)
            assert caught.value.slot == slot
            with pytest.raises(WorkflowNotFoundError):
                await repository.workflows.delete(slot)

    async def test_a_deleted_configuration_is_gone(
        self, open_repository: OpenRepository
    ) -> None:
        """`delete` removes the slot's configuration and no other."""
        kept = make_configuration(slot=WorkflowSlot("item"))
        gone = make_configuration()
        async with open_repository("main") as repository:
            await repository.workflows.save(kept)
            await repository.workflows.save(gone)
            await repository.workflows.delete(gone.slot)
            assert list(await repository.workflows.find()) == [kept]
            with pytest.raises(WorkflowNotFoundError):
                await repository.workflows.get(gone.slot)
