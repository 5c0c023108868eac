"""The workflow configurations in SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.adapters.sqlite._documents import (
    from_document,
    to_document,
)
from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
from comfy_assets.errors import StaleWorkflowError, WorkflowNotFoundError
from comfy_assets.ports.workflow_records import WorkflowRecords

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from comfy_assets.adapters.sqlite._database import Database
    from comfy_assets.domain.requests import WorkflowSlot

_SAVE = """
INSERT INTO workflow_configurations (slot, document) VALUES (?, ?)
ON CONFLICT (slot) DO UPDATE SET document = excluded.document
"""
_GET = "SELECT document FROM workflow_configurations WHERE slot = ?"
_FIND = "SELECT document FROM workflow_configurations ORDER BY slot"
_DELETE = "DELETE FROM workflow_configurations WHERE slot = ?"


class SqliteWorkflowRecords(WorkflowRecords):
    """The workflow configurations of a `SqliteAssetRepository`, one a slot."""

    def __init__(self, database: Database) -> None:
        """Read and write in `database`."""
        self._database = database
        #: By slot, the document read last and what it says: it is asked for with each
        #: batch, twice, and seldom changes. Touched in the database's thread alone.
        self._known: dict[str, tuple[str, WorkflowConfiguration]] = {}

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
        slot, document = configuration.slot, to_document(configuration)

        def work(sql: sqlite3.Connection) -> None:
            if expected is not None:
                row = sql.execute(_GET, [slot]).fetchone()
                stored = None if row is None else self._configuration(slot, row[0])
                if stored not in (expected, configuration):
                    raise StaleWorkflowError(slot)
            sql.execute(_SAVE, (slot, document))

        await self._database.write("save the workflow configuration", work)

    async def get(self, slot: WorkflowSlot) -> WorkflowConfiguration:
        """Return the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """

        def work(sql: sqlite3.Connection) -> WorkflowConfiguration:
            row = sql.execute(_GET, [slot]).fetchone()
            if row is None:
                raise WorkflowNotFoundError(slot)
            return self._configuration(slot, row[0])

        return await self._database.read("read the workflow configuration", work)

    async def find(self) -> Sequence[WorkflowConfiguration]:
        """Return all configurations, by slot."""

        def work(sql: sqlite3.Connection) -> list[WorkflowConfiguration]:
            rows = sql.execute(_FIND)
            return [from_document(row[0], WorkflowConfiguration) for row in rows]

        return await self._database.read("list the workflow configurations", work)

    async def delete(self, slot: WorkflowSlot) -> None:
        """Remove the slot's configuration.

        Raises:
            WorkflowNotFoundError: When the slot has none.
        """

        def work(sql: sqlite3.Connection) -> None:
            if sql.execute(_DELETE, [slot]).rowcount == 0:
                raise WorkflowNotFoundError(slot)

        await self._database.write("delete the workflow configuration", work)

    def _configuration(
        self, slot: WorkflowSlot, document: str
    ) -> WorkflowConfiguration:
        known_document, configuration = self._known.get(slot, ("", None))
        if configuration is None or document != known_document:
            configuration = from_document(document, WorkflowConfiguration)
            self._known[slot] = document, configuration
        return configuration
