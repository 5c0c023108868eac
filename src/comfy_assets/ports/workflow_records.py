"""`WorkflowRecords`: the workflow configurations' facet of the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from comfy_assets.domain.requests import WorkflowSlot
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration


class WorkflowRecords(Protocol):
    """The workflow configurations, one a slot."""

    async def save(self, configuration: WorkflowConfiguration) -> None:
        """Store a configuration; the one before in the same slot is replaced."""
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
