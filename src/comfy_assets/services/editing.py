"""`WorkflowEditor`: opens a slot's configuration as a draft, and saves drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from attrs import define, evolve

from comfy_assets.domain.requests import workflow_slot
from comfy_assets.domain.workflows.editing import WorkflowDraft
from comfy_assets.errors import ComfyUIError, InvalidRequestError
from comfy_assets.services.catalogues import ask_catalogue
from comfy_assets.services.keeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from comfy_assets.domain.workflows.catalogue import Catalogue
    from comfy_assets.ports.comfy import ComfyClient
    from comfy_assets.ports.workflow_records import WorkflowRecords


@define(eq=False, kw_only=True)
class WorkflowEditor:
    """Edit a slot's configuration as a draft that nobody sees until it is saved."""

    records: WorkflowRecords
    #: Asked for its classes of nodes.
    comfy: ComfyClient
    #: How long a draft waits for the server's classes; it opens without them, too.
    catalogue_seconds: float = 10.0
    now: Callable[[], datetime] = utc_now

    async def edit(self, slot: str) -> WorkflowDraft:
        """Return the draft of a slot's configuration, which changes nothing yet.

        Kinds of widgets, ranges and choices come from the server's classes. Where it
        does not give them, `WorkflowDraft.catalogue_problem` says why.

        Raises:
            InvalidRequestError: When the slot is none.
            WorkflowNotFoundError: When it has no workflow.
            RepositoryError: When it cannot be read.
        """
        saved = await self.records.get(workflow_slot(slot))
        catalogue, problem = await self._ask()
        return WorkflowDraft.begin(saved, catalogue, catalogue_problem=problem)

    async def save(self, draft: WorkflowDraft) -> WorkflowDraft:
        """Store what a draft says, and return the draft that goes on from there.

        Batches that are submitted from now on are painted by it.

        Raises:
            InvalidRequestError: When the draft has faults; it tells them all.
            StaleWorkflowError: When somebody else changed or deleted the configuration
                since the draft began. Nothing is stored.
            RepositoryError: When it cannot be stored.
        """
        if draft.faults:
            told = " ".join(fault.sentence for fault in draft.faults)
            raise InvalidRequestError("draft", told)
        configuration = evolve(draft.configuration, updated_at=self.now())
        await self.records.save(configuration, expected=draft.saved)
        return draft.begun_from(configuration)

    async def _ask(self) -> tuple[Catalogue | None, str]:
        """Return the server's classes, or why there are none."""
        try:
            with anyio.fail_after(self.catalogue_seconds):
                # It tells at once when there is no server; the other is tried again.
                await self.comfy.check_health()
                return await ask_catalogue(self.comfy), ""
        except ComfyUIError as error:
            return None, str(error)
        except TimeoutError:
            told = f"did not tell its classes in {self.catalogue_seconds:g} s."
            return None, f"ComfyUI at {self.comfy.server} {told}"
