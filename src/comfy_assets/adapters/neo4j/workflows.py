"""The workflow configurations in Neo4j."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from comfy_assets.adapters.neo4j._workflow_nodes import (
    read_configuration,
    write_configuration,
)
from comfy_assets.errors import WorkflowNotFoundError
from comfy_assets.ports.workflow_records import WorkflowRecords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.adapters.neo4j._session import Server
    from comfy_assets.domain.requests import WorkflowSlot
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration

    Nodes = Sequence[Mapping[str, Any]]

SAVE: Final = "MERGE (w:WorkflowConfiguration {slot: $slot}) SET w = $properties"
GET: Final = (
    "MATCH (w:WorkflowConfiguration {slot: $slot}) RETURN properties(w) AS node"
)
FIND: Final = """
MATCH (w:WorkflowConfiguration) USING INDEX SEEK w:WorkflowConfiguration(slot)
WHERE w.slot > ''
RETURN properties(w) AS node ORDER BY w.slot
"""
DELETE: Final = """
MATCH (w:WorkflowConfiguration {slot: $slot})
DETACH DELETE w
RETURN true AS was_there
"""


class Neo4jWorkflowRecords(WorkflowRecords):
    """The workflow configurations of a `Neo4jAssetRepository`, one a slot."""

    def __init__(self, server: Server) -> None:
        """Read and write on `server`."""
        self._server = server

    async def save(self, configuration: WorkflowConfiguration) -> None:
        """Store a configuration; the one before in the same slot is replaced."""
        parameters = {
            "slot": configuration.slot,
            "properties": write_configuration(configuration),
        }
        await self._server.write(
            "save the workflow configuration", SAVE, parameters, lambda _: None
        )

    async def get(self, slot: WorkflowSlot) -> WorkflowConfiguration:
        """Return the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """

        def take(rows: Nodes) -> WorkflowConfiguration:
            if not rows:
                raise WorkflowNotFoundError(slot)
            return read_configuration(rows[0]["node"])

        return await self._server.read(
            "read the workflow configuration", GET, {"slot": slot}, take
        )

    async def find(self) -> Sequence[WorkflowConfiguration]:
        """Return all configurations, by slot."""
        return await self._server.read(
            "list the workflow configurations",
            FIND,
            {},
            lambda rows: [read_configuration(row["node"]) for row in rows],
        )

    async def delete(self, slot: WorkflowSlot) -> None:
        """Remove the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """

        def check(rows: Nodes) -> None:
            if not rows:
                raise WorkflowNotFoundError(slot)

        operation = "delete the workflow configuration"

        async def settle() -> None:
            await self._server.write(operation, DELETE, {"slot": slot}, lambda _: None)

        await self._server.write(
            operation, DELETE, {"slot": slot}, check, when_unsure=settle
        )
