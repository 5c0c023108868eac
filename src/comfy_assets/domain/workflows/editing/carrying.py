"""`carry_over`: what a configuration says of its workflow, said of a changed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeAlias, TypeVar

from attrs import evolve, field, frozen

from comfy_assets.domain.workflows.addresses import (
    Address,
    address_of,
    parse_address,
    resolve,
)
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    InputDefault,
    LockedInput,
    PromptMapping,
    StyleReferenceMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.editing.matching import match_nodes
from comfy_assets.domain.workflows.editing.parts import DraftPart, Entry, find_input
from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow
from comfy_assets.domain.workflows.nodes import read_input
from comfy_assets.domain.workflows.roles import TEXT_ROLES, texts_in_role
from comfy_assets.domain.workflows.style_places import style_place
from comfy_assets.errors import MappingError

_EntryT = TypeVar("_EntryT", PromptMapping, InputDefault, LockedInput)
_Roles: TypeAlias = dict[InputRef, list[str]]


class Carrying(StrEnum):
    """What became of an entry in a changed workflow."""

    #: It stands as it did.
    KEPT = "kept"
    #: It goes on under another address, or links to another id.
    MOVED = "moved"
    #: It does not fit any more and was left out.
    DROPPED = "dropped"


@frozen(kw_only=True)
class CarriedEntry:
    """What became of one entry; ``str(entry)`` is its sentence."""

    #: What became of it.
    outcome: Carrying
    #: What it is.
    part: DraftPart
    #: As it was.
    old: Entry | StyleReferenceMapping
    #: As it is now; ``None`` where it was left out.
    new: Entry | StyleReferenceMapping | None
    #: What a person should know; empty where all is as it was.
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@frozen(kw_only=True)
class CarriedOver:
    """The parts of a configuration that fit a changed workflow, and what became of all.

    Targets and values fit; a template that could not be read before cannot now.
    """

    #: Which text goes into which input.
    prompt_mappings: tuple[PromptMapping, ...]
    #: Values that a request may override.
    input_defaults: tuple[InputDefault, ...]
    #: Values that nobody may override.
    locked_inputs: tuple[LockedInput, ...]
    #: What a style reference does; `AutoDetect` where the old one does not fit.
    style_reference_mapping: StyleReferenceMapping
    #: Every entry of the old configuration, and what became of it.
    report: tuple[CarriedEntry, ...]

    @property
    def dropped(self) -> tuple[CarriedEntry, ...]:
        """Those entries of the report that do not fit any more."""
        return tuple(it for it in self.report if it.outcome is Carrying.DROPPED)


def carry_over(old: WorkflowConfiguration, new: Workflow) -> CarriedOver:
    """Return what a configuration becomes when its workflow is replaced; never fails.

    A node is found again by id, class and title, by class and title, or by id and
    class; an address is spelled as before where it still names the same input. Where
    a node is not found, an address by title, class or role is taken as it is.

    Args:
        old: The configuration; not changed.
        new: The graph in place of its own.
    """
    carrier = _Carrier(old=old.workflow, new=new)
    mappings = carrier.entries(DraftPart.MAPPING, old.prompt_mappings)
    defaults = carrier.entries(DraftPart.DEFAULT, old.input_defaults)
    locks = carrier.entries(DraftPart.LOCK, old.locked_inputs)
    refs = (find_input(new, entry.target) for entry in locks)
    style = carrier.style(
        old.style_reference_mapping, {ref for ref in refs if ref is not None}
    )
    return CarriedOver(
        prompt_mappings=mappings,
        input_defaults=defaults,
        locked_inputs=locks,
        style_reference_mapping=style,
        report=tuple(carrier.report),
    )


class _LostError(Exception):
    """An entry does not fit any more; told in the report."""


@frozen(kw_only=True)
class _Carrier:
    old: Workflow
    new: Workflow
    report: list[CarriedEntry] = field(factory=list, init=False)
    _pairs: dict[str, str] = field(init=False)
    _roles: tuple[_Roles, _Roles] = field(init=False)

    @_pairs.default
    def _match(self) -> dict[str, str]:
        return match_nodes(self.old, self.new)

    @_roles.default
    def _find_roles(self) -> tuple[_Roles, _Roles]:
        return _roles_of(self.old), _roles_of(self.new)

    def entries(
        self, part: DraftPart, entries: Iterable[_EntryT]
    ) -> tuple[_EntryT, ...]:
        """Return those that fit, as they are now; tell of all."""
        taken: dict[InputRef, _EntryT] = {}
        for entry in entries:
            try:
                ref = self._place(entry.target)
                carried = self._carried(entry, ref, taken)
            except _LostError as lost:
                self._tell(part, entry, None, f"{entry.target}: {lost}")
                continue
            taken[ref] = carried
            self._tell(part, entry, carried, self._notes(entry, carried, ref))
        return tuple(taken.values())

    def style(
        self, mapping: StyleReferenceMapping, locked: set[InputRef]
    ) -> StyleReferenceMapping:
        """Return the mapping as it is now, or `AutoDetect`; tell of it."""
        carried = mapping
        sentence = ""
        try:
            if isinstance(mapping, Explicit):
                carried = evolve(mapping, target=self._respelled(mapping.target))
                if carried != mapping:
                    sentence = f"{mapping.target} is {carried.target} now."
            style_place(self.new, carried, locked)
        except (_LostError, MappingError) as lost:
            self._tell(DraftPart.STYLE, mapping, None, f"Style reference: {lost}")
            return AutoDetect()
        self._tell(DraftPart.STYLE, mapping, carried, sentence)
        return carried

    def _tell(
        self,
        part: DraftPart,
        old: Entry | StyleReferenceMapping,
        new: Entry | StyleReferenceMapping | None,
        sentence: str,
    ) -> None:
        if new is None:
            outcome = Carrying.DROPPED
        else:
            outcome = Carrying.KEPT if new == old else Carrying.MOVED
        self.report.append(
            CarriedEntry(
                outcome=outcome, part=part, old=old, new=new, sentence=sentence
            )
        )

    def _place(self, target: str) -> InputRef:
        """Return the input that a target of the old graph is in the new one."""
        ref = find_input(self.old, target)
        if ref is None:
            # It did not fit before; perhaps it was written for this graph.
            try:
                return resolve(self.new, target)
            except MappingError as error:
                raise _LostError(str(error)) from error
        if ref.node_id not in self._pairs and not self._is_by_id(target):
            # A title, class or role was written so that it need not be this node.
            named = find_input(self.new, target)
            if named is not None:
                return named
        node_id = self._found(ref.node_id)
        if ref.input_name not in self.new.nodes[node_id].inputs:
            message = f"node {node_id} has no input {ref.input_name!r} any more."
            raise _LostError(message)
        return InputRef(node_id, ref.input_name)

    def _found(self, node_id: str) -> str:
        if node_id not in self._pairs:
            node = self.old.nodes[node_id]
            called = f" {node.title!r}" if node.title else ""
            message = (
                f"the new workflow has no node like {node_id}{called} "
                f"({node.class_type})."
            )
            raise _LostError(message)
        return self._pairs[node_id]

    def _carried(
        self, entry: _EntryT, ref: InputRef, taken: Mapping[InputRef, Entry]
    ) -> _EntryT:
        if ref in taken:
            message = f"{taken[ref].target} names the same input now."
            raise _LostError(message)
        if find_input(self.new, entry.target) != ref:
            entry = evolve(entry, target=address_of(ref))
        if isinstance(entry, PromptMapping):
            return entry
        value = read_input(ref.node_id, entry.value)
        if isinstance(value, Link):
            if value.node_id not in self.old.nodes:
                message = f"it links to node {value.node_id!r}, which does not exist."
                raise _LostError(message)
            return evolve(entry, value=(self._found(value.node_id), value.slot))
        return entry

    def _respelled(self, target: str) -> str:
        """Return an address of the old graph for the new one; only ids change."""
        address = parse_address(target)
        if not self._is_by_id(target):
            return target
        return str(Address(self._found(address.node), address.input_name))

    def _is_by_id(self, target: str) -> bool:
        address = parse_address(target)
        return not address.by_title and address.node in self.old.nodes

    def _notes(self, old: Entry, new: Entry, ref: InputRef) -> str:
        notes = []
        if new.target != old.target:
            notes.append(f"{old.target} is {new.target} now.")
        before = find_input(self.old, old.target)
        if before is not None:
            was, now = (
                roles.get(at, [])
                for roles, at in zip(self._roles, (before, ref), strict=True)
            )
            if isinstance(old, PromptMapping) and was and now != was:
                told = " and ".join(now) or "no prompt"
                notes.append(f"{new.target} was {' and '.join(was)}, is {told} now.")
            was_linked, is_linked = (
                isinstance(graph.nodes[at.node_id].inputs[at.input_name], Link)
                for graph, at in ((self.old, before), (self.new, ref))
            )
            if is_linked and not was_linked:
                notes.append(f"{new.target} is linked now: what is set cuts the link.")
        return " ".join(notes)


def _roles_of(workflow: Workflow) -> _Roles:
    roles: _Roles = {}
    for role in TEXT_ROLES:
        for ref in texts_in_role(workflow, role):
            roles.setdefault(ref, []).append(role)
    return roles
