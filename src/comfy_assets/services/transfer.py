"""`WorkflowTransfer`: all workflow configurations as one document, and back."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from attrs import define, evolve, frozen

from comfy_assets.domain.requests import WorkflowSlot, workflow_slot
from comfy_assets.domain.workflows.checks import check_configuration
from comfy_assets.domain.workflows.configuration import Disabled
from comfy_assets.errors import (
    InvalidRequestError,
    PayloadError,
    WorkflowNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.ports.workflow_records import WorkflowRecords

#: What an export says that it is.
FORMAT: Final = "comfy_assets.workflows"
#: The version that is written; older ones are read, newer ones are not.
VERSION: Final = 1

#: ``merge`` leaves slots alone that the document does not name, ``replace`` empties
#: them.
ImportMode: TypeAlias = Literal["merge", "replace"]

_WHAT: Final = "export of workflows"
_KEYS: Final = frozenset({"format", "version", "workflows"})


@frozen(kw_only=True)
class WorkflowImport:
    """What an import did to each slot, or would do; slots are in order."""

    #: Slots that had no workflow before.
    added: tuple[WorkflowSlot, ...]
    #: Slots whose configuration was replaced.
    changed: tuple[WorkflowSlot, ...]
    #: Slots that held the very same configuration already.
    unchanged: tuple[WorkflowSlot, ...]
    #: Slots that were emptied; none unless the mode is ``replace``.
    removed: tuple[WorkflowSlot, ...]
    #: Whether nothing was written.
    is_dry_run: bool


@define(eq=False, kw_only=True)
class WorkflowTransfer:
    """Writes all configurations into one document, and takes such a document in.

    A configuration travels whole, with its id and dates: what was imported is equal
    to what was exported.
    """

    records: WorkflowRecords
    #: Writes a configuration as plain data. This one and the next come from outside,
    #: as services know no converter.
    to_plain: Callable[[WorkflowConfiguration], dict[str, Any]]
    #: Reads it again; raises `PayloadError` with every fault.
    from_plain: Callable[[object], WorkflowConfiguration]

    async def export(self) -> dict[str, Any]:
        """Return all configurations, by slot, as one document that JSON takes.

        Raises:
            RepositoryError: When they cannot be read.
        """
        found = await self.records.find()
        return {
            "format": FORMAT,
            "version": VERSION,
            "workflows": [self.to_plain(configuration) for configuration in found],
        }

    async def take(
        self, document: object, *, mode: ImportMode, is_dry_run: bool
    ) -> WorkflowImport:
        """Store what a document holds, unless anything in it is wrong.

        Raises:
            InvalidRequestError: When the mode is none.
            PayloadError: When the document has faults; it names all of them, and
                nothing was written.
            RepositoryError: When the repository cannot be read or written.
        """
        if mode not in get_args(ImportMode):
            problem = f"must be one of {', '.join(get_args(ImportMode))}, not {mode!r}"
            raise InvalidRequestError("mode", problem)
        wanted = self._read(document)
        stored = {found.slot: found for found in await self.records.find()}
        missing = sorted(stored.keys() - wanted.keys())
        plan = WorkflowImport(
            added=tuple(slot for slot in wanted if slot not in stored),
            changed=tuple(
                slot
                for slot in wanted
                if stored.get(slot, wanted[slot]) != wanted[slot]
            ),
            unchanged=tuple(
                slot for slot in wanted if stored.get(slot) == wanted[slot]
            ),
            removed=tuple(missing) if mode == "replace" else (),
            is_dry_run=is_dry_run,
        )
        if not is_dry_run:
            await self._carry_out(plan, wanted)
        return plan

    async def _carry_out(
        self,
        plan: WorkflowImport,
        wanted: Mapping[WorkflowSlot, WorkflowConfiguration],
    ) -> None:
        # What is new comes first: cut off in between, too much is there, not too
        # little, and the same import again does the rest.
        for slot in (*plan.added, *plan.changed):
            await self.records.save(wanted[slot])
        for slot in plan.removed:
            # Somebody else may have emptied it just now.
            with suppress(WorkflowNotFoundError):
                await self.records.delete(slot)

    def _read(self, document: object) -> dict[WorkflowSlot, WorkflowConfiguration]:
        """Return the document's configurations, by slot in order."""
        problems: list[str] = []
        read: dict[WorkflowSlot, WorkflowConfiguration] = {}
        for place, entry in _entries(document, problems):
            try:
                configuration = self.from_plain(entry)
            except PayloadError as error:
                problems += [f"{place}: {problem}" for problem in error.problems]
                continue
            problems += [f"{place}: {fault}" for fault in _faults(configuration)]
            if configuration.slot in read:
                problems.append(f"{place}: the slot stands there twice")
            read[configuration.slot] = configuration
        if problems:
            raise PayloadError(_WHAT, problems)
        return dict(sorted(read.items()))


def _entries(document: object, problems: list[str]) -> Iterator[tuple[str, object]]:
    """Yield what the document lists, each with where it stands; note other faults.

    Raises:
        PayloadError: When it is another kind of document, or of another version.
    """
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        problem = f"it must be an object whose format is {FORMAT!r}"
        raise PayloadError(_WHAT, [problem])
    version = document.get("version")
    # A truth value is an int to Python.
    if type(version) is not int or version < 1:
        raise PayloadError(_WHAT, [f"version: must be {VERSION}, not {version!r}"])
    if version > VERSION:
        problem = (
            f"version: {version} was written by a newer release, and this one reads "
            f"up to {VERSION}: update comfy_assets"
        )
        raise PayloadError(_WHAT, [problem])
    problems += [f"unknown key {key!r}" for key in document if key not in _KEYS]
    listed = document.get("workflows")
    if not isinstance(listed, list | tuple):
        problems.append("workflows: must be a list")
        return
    for number, entry in enumerate(listed):
        slot = entry.get("slot") if isinstance(entry, Mapping) else None
        named = f" ({slot})" if isinstance(slot, str) else ""
        yield f"workflows[{number}]{named}", entry


def _faults(configuration: WorkflowConfiguration) -> list[str]:
    """Return what `put` would refuse: each single mapping, default and lock."""
    faults = []
    try:
        workflow_slot(configuration.slot)
    except InvalidRequestError as error:
        faults.append(str(error))
    whole = _fault(configuration)
    if whole is None:
        return faults
    single = [fault for part in _parts(configuration) if (fault := _fault(part))]
    # Or each is good by itself, and two of them are not.
    return faults + (single or [whole])


def _parts(configuration: WorkflowConfiguration) -> Sequence[WorkflowConfiguration]:
    """Return the configuration with nothing but one of its parts, for each part."""
    bare = evolve(
        configuration,
        prompt_mappings=(),
        input_defaults=(),
        locked_inputs=(),
        style_reference_mapping=Disabled(),
    )
    return [
        *(evolve(bare, prompt_mappings=[m]) for m in configuration.prompt_mappings),
        *(evolve(bare, input_defaults=[d]) for d in configuration.input_defaults),
        *(evolve(bare, locked_inputs=[lock]) for lock in configuration.locked_inputs),
        evolve(bare, style_reference_mapping=configuration.style_reference_mapping),
    ]


def _fault(configuration: WorkflowConfiguration) -> str | None:
    try:
        check_configuration(configuration)
    except InvalidRequestError as error:
        return str(error)
    return None
