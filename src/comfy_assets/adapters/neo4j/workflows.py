"""The workflow configurations in Neo4j."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from comfy_assets.adapters.neo4j._locks import lock
from comfy_assets.adapters.neo4j._properties import to_time
from comfy_assets.adapters.neo4j._workflow_nodes import (
    read_configuration,
    write_configuration,
)
from comfy_assets.errors import StaleWorkflowError, WorkflowNotFoundError
from comfy_assets.ports.workflow_records import WorkflowRecords

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.adapters.neo4j._session import Server
    from comfy_assets.domain.requests import WorkflowSlot
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration

    Nodes = Sequence[Mapping[str, Any]]

_SAVING: Final = "save the workflow configuration"

SAVE: Final = "MERGE (w:WorkflowConfiguration {slot: $slot}) SET w = $properties"
# Equal to what was read, in each property: so nobody has saved it since.
REPLACE: Final = f"""
MATCH (w:WorkflowConfiguration {{slot: $slot}})
{lock("w")}
WITH w WHERE properties(w) = $seen
SET w = $properties
RETURN true AS is_replaced
"""
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
        parameters = {
            "slot": configuration.slot,
            "properties": write_configuration(configuration),
        }
        if expected is None:
            await self._server.write(_SAVING, SAVE, parameters, lambda _: None)
            return
        seen = await self._seen(configuration.slot, (expected, configuration))
        is_replaced = await self._server.write(
            _SAVING, REPLACE, {**parameters, "seen": seen}, bool
        )
        if not is_replaced:
            # Changed meanwhile, be it by us, when the connection broke at the commit.
            await self._seen(configuration.slot, (configuration,))

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

    async def _seen(
        self, slot: WorkflowSlot, wanted: Sequence[WorkflowConfiguration]
    ) -> Mapping[str, Any]:
        """Return the slot's node, which is one of these.

        Raises:
            StaleWorkflowError: When it is another one, or none.
        """

        def take(rows: Nodes) -> Mapping[str, Any]:
            if not rows or read_configuration(rows[0]["node"]) not in wanted:
                raise StaleWorkflowError(slot)
            # Times as they were written: to Neo4j an instant in another zone differs.
            return {
                name: to_time(value) if isinstance(value, datetime) else value
                for name, value in rows[0]["node"].items()
            }

        return await self._server.read(_SAVING, GET, {"slot": slot}, take)
