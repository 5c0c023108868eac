"""`WorkflowService`: the host's verbs on workflow configurations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import define

from comfy_assets.domain.identity import new_workflow_id
from comfy_assets.domain.requests import AssetType, GenerationRequest, workflow_slot
from comfy_assets.domain.workflows.analysis import analyze, suggest_mappings
from comfy_assets.domain.workflows.checks import check_configuration
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    WorkflowConfiguration,
)
from comfy_assets.errors import WorkflowNotFoundError
from comfy_assets.services.catalogues import ask_catalogue
from comfy_assets.services.editing import WorkflowEditor
from comfy_assets.services.trial import TRIAL_PRIORITY, TRIAL_WORLD
from comfy_assets.services.validation import validate_configuration
from comfy_assets.services.workflow_sources import read_workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from comfy_assets.domain.identity import AssetId, WorkflowId
    from comfy_assets.domain.requests import WorkflowSlot
    from comfy_assets.domain.workflows.analysis import WorkflowAnalysis
    from comfy_assets.domain.workflows.configuration import (
        InputDefault,
        LockedInput,
        PromptMapping,
        StyleReferenceMapping,
    )
    from comfy_assets.domain.workflows.validation import Fault
    from comfy_assets.services.transfer import (
        ImportMode,
        WorkflowImport,
        WorkflowTransfer,
    )
    from comfy_assets.services.trial import WorkflowTrial, WorkflowTrials
    from comfy_assets.services.workflow_sources import WorkflowSource


@define(eq=False, kw_only=True)
class WorkflowService(WorkflowEditor):
    """Configure which workflow paints a slot, and which of its inputs take what."""

    trials: WorkflowTrials
    transfer: WorkflowTransfer
    new_id: Callable[[], WorkflowId] = new_workflow_id

    async def put(
        self,
        slot: str,
        source: WorkflowSource,
        *,
        prefer_ui_format: bool = False,
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
            source: Any file that holds a workflow; what it is, is detected. A graph in
                API format (*Export (API)*), a file of the editor (*Save*), either in a
                wrapper such as ``{"prompt": …}`` or an entry of ``/history``, or a
                PNG, WebP or JPEG that ComfyUI wrote. Text is JSON; pass a
                `pathlib.Path` to read a file. A file of the editor is converted as
                the editor would, by the classes of the server.
            prefer_ui_format: Convert the editor's workflow where the source, such as a
                picture, holds the graph that ran as well.
            name: A name for people; ``None`` takes the file's, else the slot's.
            prompt_mappings: Which text goes where; ``None`` finds the text encoders
                that the sampler's ``positive`` and ``negative`` lead to.
            input_defaults: Values that a request may override.
            locked_inputs: Values that nobody may override.
            style_reference_mapping: What a style reference does; ``None`` means
                `AutoDetect`.

        Raises:
            InvalidRequestError: When the slot is none.
            WorkflowFormatError: When the source cannot be read, holds no workflow, or
                cannot be converted; it names every node at fault and why.
            ComfyUIUnavailableError: When a file of the editor is to be converted and
                the server cannot be reached; API format needs none.
            ComfyUIError: When the server's classes cannot be read.
            MappingError: When a target fits no input or several, two mappings share
                one, or a template names what is unknown.
            RepositoryError: When it cannot be stored.
        """
        checked_slot = workflow_slot(slot)
        workflow = await read_workflow(
            source, self.comfy, prefer_ui_format=prefer_ui_format
        )
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

    async def analyze(self, slot: str, *, ask_server: bool = False) -> WorkflowAnalysis:
        """Return what a person may set in a slot's workflow, and what it is for.

        Args:
            slot: Whose workflow.
            ask_server: Take types, ranges and choices from the server; without, they
                are those of ComfyUI's most used classes, and no server is needed.

        Raises:
            InvalidRequestError: When the slot is none.
            WorkflowNotFoundError: When it has no workflow.
            ComfyUIError: When the server is asked and its classes cannot be read.
        """
        workflow = (await self.get(slot)).workflow
        catalogue = await ask_catalogue(self.comfy) if ask_server else None
        return analyze(workflow, catalogue)

    async def validate(self, slot: str) -> tuple[Fault, ...]:
        """Return what the server would say of a slot's workflow; nothing is queued.

        Input defaults and locked inputs stand in their places; what requests bring
        along, prompts above all, is not known yet.

        Returns:
            The faults, by node in the graph's order; empty where there are none.

        Raises:
            InvalidRequestError: When the slot is none.
            WorkflowNotFoundError: When it has no workflow.
            MappingError: When a default or a lock no longer fits the graph.
            ComfyUIUnavailableError: When the server cannot be reached.
            ComfyUIError: When its classes cannot be read.
        """
        return await validate_configuration(self.comfy, await self.get(slot))

    async def test(
        self,
        slot: str,
        prompt: str,
        *,
        negative_prompt: str = "",
        seed: int | None = None,
        overrides: Mapping[str, Any] | None = None,
        context: Mapping[str, str] | None = None,
        style_reference_id: AssetId | None = None,
        keep: bool = False,
    ) -> WorkflowTrial:
        """Paint one image with a slot's workflow and return it; nothing of it stays.

        It goes through the queue as a batch of the highest priority, in a world of its
        own, and is told by events like any other. Batch and image are removed before
        the call returns, raises or is left by cancellation, which stops the run. A
        crash of the host, or a repository that fails meanwhile, leaves an ordinary
        batch, which `GenerationService.clear_finished` removes, and at most its image:
        all of that world is of test runs.

        On a system that does not paint, it waits for a host that does.

        Args:
            slot: Whose workflow to try.
            prompt: What the image shall show.
            negative_prompt: What it shall not show.
            seed: 0 to 2^64-1; ``None`` draws one.
            overrides: Values for single inputs, by address.
            context: What the mappings' templates name, such as ``name``.
            style_reference_id: An asset whose style to take.
            keep: Leave the batch and its images where they are.

        Raises:
            InvalidRequestError: When the slot is none, or another value is out of
                range.
            WorkflowNotFoundError: When the slot has no workflow.
            LockedInputError: When an override names a locked input.
            MappingError: When an override or a mapping fits no input, or a template
                names what the context lacks.
            AssetNotFoundError: When the style reference is not in the gallery.
            ComfyUIError: What ended the run, such as `WorkflowRejectedError` or
                `ExecutionError`; so are errors of the stores raised.
            BatchStatusError: When somebody cancelled the batch.
        """
        checked_slot = workflow_slot(slot)
        request = GenerationRequest(
            world_id=TRIAL_WORLD,
            entity=self.trials.entity(),
            asset_type=AssetType(checked_slot.partition(":")[0]),
            slot=checked_slot,
            prompt=prompt,
            negative_prompt=negative_prompt,
            seed=seed,
            overrides=overrides or {},
            context=context or {},
            style_reference_id=style_reference_id,
            priority=TRIAL_PRIORITY,
        )
        return await self.trials.run(request, keep=keep)

    async def export(self) -> dict[str, Any]:
        """Return all configurations as one document, which `import_` takes.

        It is plain data, fit for ``json.dumps``: ``format`` is
        ``"comfy_assets.workflows"``, ``version`` is 1, and ``workflows`` has every
        configuration by slot, with its id and dates.

        Raises:
            RepositoryError: When they cannot be read.
        """
        return await self.transfer.export()

    async def import_(
        self,
        document: object,
        *,
        mode: ImportMode = "merge",
        dry_run: bool = False,
    ) -> WorkflowImport:
        """Store what `export` returned; afterwards each of its slots is as it says.

        A document with any fault changes nothing. Without one, configurations are
        written one by one: should that be cut off, the same import does the rest.

        Args:
            document: Plain data, as ``json.loads`` returns it; trusted in nothing.
            mode: ``"merge"`` leaves slots alone that the document does not name;
                ``"replace"`` empties them.
            dry_run: Only tell what would be done.

        Returns:
            Which slots were added, changed, left as they are, and removed.

        Raises:
            PayloadError: When the document is none of this kind, of a newer release,
                or has faults: `PayloadError.problems` names all of them, with what
                `put` would refuse.
            InvalidRequestError: When the mode is none.
            RepositoryError: When the repository cannot be read or written.
        """
        return await self.transfer.take(document, mode=mode, is_dry_run=dry_run)

    async def _before(self, slot: WorkflowSlot) -> WorkflowConfiguration | None:
        try:
            return await self.records.get(slot)
        except WorkflowNotFoundError:
            return None
