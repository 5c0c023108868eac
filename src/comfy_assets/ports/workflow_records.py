"""`WorkflowRecords`: the workflow configurations' facet of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.requests import WorkflowSlot
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration


class WorkflowRecords(Protocol):
    """The workflow configurations, one a slot."""

    async def save(
        self,
        configuration: WorkflowConfiguration,
        *,
        expected: WorkflowConfiguration | None = None,
    ) -> None:
        """Store a configuration; the one before in the same slot is replaced.

        With `expected` nothing is stored unless the slot's configuration equals it;
        of many who expect the same one, one alone stores. A configuration that is
        stored already is quiet.

        Raises:
            StaleWorkflowError: When the slot has another configuration than `expected`,
                or none.
        """
        ...

    async def get(self, slot: WorkflowSlot) -> WorkflowConfiguration:
        """Return the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """
        ...

    async def find(self) -> Sequence[WorkflowConfiguration]:
        """Return all configurations, by slot."""
        ...

    async def delete(self, slot: WorkflowSlot) -> None:
        """Remove the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """
        ...
