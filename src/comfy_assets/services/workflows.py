"""`WorkflowService`: the host's verbs on workflow configurations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
from attrs import define

from comfy_assets.domain.identity import new_workflow_id
from comfy_assets.domain.requests import workflow_slot
from comfy_assets.domain.workflows.analysis import suggest_mappings
from comfy_assets.domain.workflows.checks import check_configuration
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.graph import Workflow, read_json
from comfy_assets.errors import WorkflowFormatError, WorkflowNotFoundError
from comfy_assets.services.keeping import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from comfy_assets.domain.identity import WorkflowId
    from comfy_assets.domain.requests import WorkflowSlot
    from comfy_assets.domain.workflows.configuration import (
        InputDefault,
        LockedInput,
        PromptMapping,
        StyleReferenceMapping,
    )
    from comfy_assets.ports.workflow_records import WorkflowRecords

#: What a workflow may be given as: the path of a JSON file, JSON text or bytes, or
#: the graph itself.
WorkflowSource: TypeAlias = "Path | str | bytes | Mapping[str, Any] | Workflow"


@define(eq=False, kw_only=True)
class WorkflowService:
    """Configure which workflow paints a slot, and which of its inputs take what."""

    records: WorkflowRecords
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], WorkflowId] = new_workflow_id

    async def put(
        self,
        slot: str,
        source: WorkflowSource,
        *,
        name: str | None = None,
        prompt_mappings: Sequence[PromptMapping] | None = None,
        input_defaults: Sequence[InputDefault] = (),
        locked_inputs: Sequence[LockedInput] = (),
        style_reference_mapping: StyleReferenceMapping | None = None,
    ) -> WorkflowConfiguration:
        """Store the workflow of a slot, in place of the one before; return it.

        Args:
            slot: ``portrait``, ``sprite``, ``backdrop``, ``item``, ``custom`` or
                ``custom:<name>``.
            source: A graph in API format: ComfyUI's *Export (API)*. Text is JSON; pass
                a `pathlib.Path` to read a file.
            name: A name for people; ``None`` takes the file's, else the slot's.
            prompt_mappings: Which text goes where; ``None`` finds the text encoders
                that the sampler's ``positive`` and ``negative`` lead to.
            input_defaults: Values that a request may override.
            locked_inputs: Values that nobody may override.
            style_reference_mapping: What a style reference does; ``None`` means
                `AutoDetect`.

        Raises:
            InvalidRequestError: When the slot is none.
            WorkflowFormatError: When the source cannot be read, or is no such graph.
            MappingError: When a target fits no input or several, two mappings share
                one, or a template names what is unknown.
            RepositoryError: When it cannot be stored.
        """
        checked_slot = workflow_slot(slot)
        workflow = await _read(source)
        now = self.now()
        before = await self._before(checked_slot)
        configuration = WorkflowConfiguration(
            id=before.id if before else self.new_id(),
            slot=checked_slot,
            name=name or (source.stem if isinstance(source, Path) else checked_slot),
            workflow_json=workflow.to_api(),
            prompt_mappings=(
                suggest_mappings(workflow)
                if prompt_mappings is None
                else prompt_mappings
            ),
            input_defaults=input_defaults,
            locked_inputs=locked_inputs,
            style_reference_mapping=style_reference_mapping or AutoDetect(),
            created_at=before.created_at if before else now,
            updated_at=now,
        )
        check_configuration(configuration)
        await self.records.save(configuration)
        return configuration

    async def get(self, slot: str) -> WorkflowConfiguration:
        """Return the configuration of a slot.

        Raises:
            InvalidRequestError: When the slot is none.
            WorkflowNotFoundError: When it has no workflow.
        """
        return await self.records.get(workflow_slot(slot))

    async def find(self) -> tuple[WorkflowConfiguration, ...]:
        """Return all configurations, by slot."""
        return tuple(await self.records.find())

    async def delete(self, slot: str) -> None:
        """Remove the configuration of a slot; what it painted stays.

        Batches of the slot that still wait fail when their turn comes.

        Raises:
            InvalidRequestError: When the slot is none.
            WorkflowNotFoundError: When it has no workflow.
        """
        await self.records.delete(workflow_slot(slot))

    async def _before(self, slot: WorkflowSlot) -> WorkflowConfiguration | None:
        try:
            return await self.records.get(slot)
        except WorkflowNotFoundError:
            return None


async def _read(source: WorkflowSource) -> Workflow:
    match source:
        case Workflow():
            return source
        case Path():
            return read_json(await _read_file(source))
        case str() | bytes():
            return read_json(source)
        case _:
            return Workflow.from_api(source)


async def _read_file(path: Path) -> bytes:
    try:
        return await anyio.Path(path).read_bytes()
    except (OSError, ValueError) as error:
        problem = f"the file {path.name!r} cannot be read: {error}"
        raise WorkflowFormatError(problem) from error
