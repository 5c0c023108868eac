"""The workflow configurations in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.errors import StaleWorkflowError, WorkflowNotFoundError
from comfy_assets.ports.workflow_records import WorkflowRecords

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from comfy_assets.domain.requests import WorkflowSlot
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration


class MemoryWorkflowRecords(WorkflowRecords):
    """The workflow configurations of a `MemoryAssetRepository`, one a slot."""

    def __init__(self, enter: Callable[[str], Awaitable[None]]) -> None:
        """Begin empty.

        Args:
            enter: Awaited at the begin of each call; raises when the repository is
                closed.
        """
        self._enter = enter
        self._by_slot: dict[WorkflowSlot, WorkflowConfiguration] = {}

    def clear(self) -> None:
        """Forget everything."""
        self._by_slot.clear()

    async def save(
        self,
        configuration: WorkflowConfiguration,
        *,
        expected: WorkflowConfiguration | None = None,
    ) -> None:
        """Store a configuration; the one before in the same slot is replaced.

        Raises:
            StaleWorkflowError: When the slot has another configuration than `expected`,
                or none.
        """
        await self._enter("save the workflow configuration")
        slot = configuration.slot
        if expected is not None:
            stored = self._by_slot.get(slot)
            if stored not in (expected, configuration):
                raise StaleWorkflowError(slot)
        self._by_slot[slot] = configuration

    async def get(self, slot: WorkflowSlot) -> WorkflowConfiguration:
        """Return the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """
        await self._enter("read the workflow configuration")
        try:
            return self._by_slot[slot]
        except KeyError:
            raise WorkflowNotFoundError(slot) from None

    async def find(self) -> Sequence[WorkflowConfiguration]:
        """Return all configurations, by slot."""
        await self._enter("list the workflow configurations")
        return [self._by_slot[slot] for slot in sorted(self._by_slot)]

    async def delete(self, slot: WorkflowSlot) -> None:
        """Remove the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """
        await self._enter("delete the workflow configuration")
        if self._by_slot.pop(slot, None) is None:
            raise WorkflowNotFoundError(slot)
