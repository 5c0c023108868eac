"""`WorkflowDraft`: a configuration while a person edits it; each step is a new one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Self

from attrs import evolve, field, frozen

from comfy_assets.domain.workflows.addresses import resolve
from comfy_assets.domain.workflows.analysis import WorkflowAnalysis
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.configuration import (
    PromptMapping,
    StyleReferenceMapping,
    WorkflowConfiguration,
)
from comfy_assets.domain.workflows.editing.carrying import CarriedEntry, carry_over
from comfy_assets.domain.workflows.editing.changes import DraftChange, find_changes
from comfy_assets.domain.workflows.editing.faults import (
    DraftFault,
    find_faults,
    locked_inputs,
)
from comfy_assets.domain.workflows.editing.fields import DraftField, make_fields
from comfy_assets.domain.workflows.editing.ground import Ground
from comfy_assets.domain.workflows.editing.judging import judge
from comfy_assets.domain.workflows.editing.parts import (
    VALUE_PARTS,
    DraftPart,
    names_same,
    with_entry,
    without_entry,
)
from comfy_assets.domain.workflows.editing.preview import (
    MappingPreview,
    SampleEntity,
    preview_mapping,
)
from comfy_assets.domain.workflows.editing.raw import raw_json
from comfy_assets.domain.workflows.editing.refusals import RefusedValue, forgive
from comfy_assets.domain.workflows.editing.style_choices import (
    StyleChoice,
    style_choices,
)
from comfy_assets.domain.workflows.editing.uploads import read_upload
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.validation import Fault
from comfy_assets.errors import MappingError, WorkflowFormatError

_NOT_EDITABLE: Final = "it is a mere socket: link it in ComfyUI."


@frozen(kw_only=True)
class WorkflowDraft:
    """A slot's configuration while a person edits it; made by `begin`.

    Steps return a new draft and never raise for what a person typed: what does not fit
    stands in `faults` beside what it is about, until another step sets it right. A
    target is any address of an input.
    """

    #: What the draft began from; a draft is saved over this one alone.
    saved: WorkflowConfiguration
    #: What would be saved, with the times of `saved`.
    configuration: WorkflowConfiguration
    #: Why the server's classes are not known, so that kinds, ranges and choices are
    #: those of ComfyUI's most used classes alone; empty where they are.
    catalogue_problem: str = ""
    #: What became of the configuration when its workflow was replaced last.
    carried: tuple[CarriedEntry, ...] = ()
    _ground: Ground = field(repr=False, alias="ground")
    _refused: tuple[RefusedValue, ...] = field(default=(), alias="refused")

    @classmethod
    def begin(
        cls,
        saved: WorkflowConfiguration,
        catalogue: Catalogue | None = None,
        *,
        catalogue_problem: str = "",
    ) -> Self:
        """Return the draft that changes nothing yet.

        Args:
            saved: The configuration as it is stored.
            catalogue: The classes of the server, for kinds, ranges and choices.
            catalogue_problem: Why there is no catalogue, for a person.
        """
        return cls(
            saved=saved,
            configuration=saved,
            catalogue_problem=catalogue_problem,
            ground=Ground(workflow=saved.workflow, catalogue=catalogue),
        )

    @property
    def workflow(self) -> Workflow:
        """The graph as the draft has it."""
        return self._ground.workflow

    @property
    def catalogue(self) -> Catalogue | None:
        """The classes of the server, where they are known."""
        return self._ground.catalogue

    @property
    def analysis(self) -> WorkflowAnalysis:
        """What the graph offers, such as mappings to begin with."""
        return self._ground.analysis

    @cached_property
    def faults(self) -> tuple[DraftFault, ...]:
        """All that stands against saving."""
        return find_faults(self.configuration, self.workflow, self._refused)

    @cached_property
    def fields(self) -> tuple[DraftField, ...]:
        """The inputs that a person may set, by node as in the graph.

        Faults of targets that name no input stand in `faults` alone.
        """
        return make_fields(
            self.configuration,
            self.workflow,
            self.analysis,
            refused=self._refused,
            faults=self.faults,
        )

    @cached_property
    def server_faults(self) -> tuple[Fault, ...]:
        """What the server would say of the values as they stand; never against saving.

        Empty where its classes are not known.
        """
        return judge(self.configuration, self._ground)

    @property
    def style_choices(self) -> tuple[StyleChoice, ...]:
        """What a style reference can do here, and what was found; one is chosen."""
        return style_choices(
            self.workflow,
            self.configuration.style_reference_mapping,
            locked_inputs(self.configuration, self.workflow),
        )

    def field(self, target: str) -> DraftField:
        """Return the field of one input.

        Raises:
            MappingError: When the target names no input or several, or a mere socket.
        """
        ref = resolve(self.workflow, target)
        for each in self.fields:
            if each.ref == ref:
                return each
        raise MappingError(target, _NOT_EDITABLE)

    def preview(self, target: str, sample: SampleEntity) -> MappingPreview:
        """Return the text that an input's mapping makes of an entity; never fails.

        Args:
            target: The input.
            sample: The entity.
        """
        for mapping in self.configuration.prompt_mappings:
            if names_same(self.workflow, mapping.target, target):
                return preview_mapping(mapping, sample)
        return MappingPreview(text=None, problem=f"{target}: no text goes into it.")

    def diff(self) -> tuple[DraftChange, ...]:
        """Return what saving would change; empty where nothing."""
        return find_changes(self.saved, self.configuration)

    def to_json(self) -> dict[str, Any]:
        """Return what would be saved as plain data, in fresh dicts and lists."""
        return raw_json(self.configuration)

    def with_name(self, name: str) -> Self:
        """Return a draft with this name for people."""
        return self._changed(name=name)

    def with_mapping(
        self, target: str, source: str, template: str | None = None
    ) -> Self:
        """Return a draft in which a text goes into an input.

        Args:
            target: The input.
            source: As in `PromptMapping`.
            template: As in `PromptMapping`.
        """
        entry = PromptMapping(target=target, source=source, template=template)
        entries = self.configuration.prompt_mappings
        return self._changed(prompt_mappings=with_entry(self.workflow, entries, entry))

    def without_mapping(self, target: str) -> Self:
        """Return a draft in which no text goes into an input."""
        entries = self.configuration.prompt_mappings
        return self._changed(
            prompt_mappings=without_entry(self.workflow, entries, target)
        )

    def with_default(self, target: str, value: object) -> Self:
        """Return a draft in which an input has a value that requests may override.

        Args:
            target: The input.
            value: A JSON value; another is refused and told by `faults`.
        """
        return self._with_value(DraftPart.DEFAULT, target, value)

    def without_default(self, target: str) -> Self:
        """Return a draft in which an input has no value for requests to override."""
        return self._without_value(DraftPart.DEFAULT, target)

    def with_lock(self, target: str, value: object) -> Self:
        """Return a draft in which an input has a value that nobody may override.

        Args:
            target: The input.
            value: A JSON value; another is refused and told by `faults`.
        """
        return self._with_value(DraftPart.LOCK, target, value)

    def without_lock(self, target: str) -> Self:
        """Return a draft in which requests may override an input."""
        return self._without_value(DraftPart.LOCK, target)

    def reset(self, target: str) -> Self:
        """Return a draft in which an input has what the workflow says: `original`.

        Its mapping, its default and its lock are gone.
        """
        draft = self.without_mapping(target)
        return draft.without_default(target).without_lock(target)

    def with_style(self, mapping: StyleReferenceMapping) -> Self:
        """Return a draft in which a style reference does this."""
        return self._changed(style_reference_mapping=mapping)

    def with_workflow(self, source: Workflow | str | bytes | Mapping[str, Any]) -> Self:
        """Return a draft with another workflow, to which what fits is carried over.

        What became of each entry stands in `carried`. A source that cannot be read
        leaves the workflow as it is; giving `workflow` itself takes the fault away.

        Args:
            source: A graph, or what holds one, as `read_source` takes it. A file of
                the editor needs the classes of the server.
        """
        left = forgive(self.workflow, self._refused, DraftPart.WORKFLOW, "")
        try:
            workflow = read_upload(source, self.catalogue)
        except WorkflowFormatError as error:
            refusal = RefusedValue.of(DraftPart.WORKFLOW, "", None, error)
            return evolve(self, refused=(*left, refusal))
        if workflow == self.workflow:
            return evolve(self, refused=left)
        kept = carry_over(self.configuration, workflow)
        draft = self._changed(
            workflow_json=workflow.to_api(),
            prompt_mappings=kept.prompt_mappings,
            input_defaults=kept.input_defaults,
            locked_inputs=kept.locked_inputs,
            style_reference_mapping=kept.style_reference_mapping,
        )
        ground = Ground(workflow=workflow, catalogue=self.catalogue)
        return evolve(draft, ground=ground, carried=kept.report, refused=left)

    def begun_from(self, saved: WorkflowConfiguration) -> Self:
        """Return the draft that goes on from what was saved, with the same classes."""
        return self.begin(
            saved, self.catalogue, catalogue_problem=self.catalogue_problem
        )

    def _with_value(self, part: DraftPart, target: str, value: object) -> Self:
        kind, name = VALUE_PARTS[part]
        left = forgive(self.workflow, self._refused, part, target)
        try:
            entry = kind(target=target, value=value)
        except WorkflowFormatError as error:
            refusal = RefusedValue.of(part, target, value, error)
            return evolve(self, refused=(*left, refusal))
        entries = with_entry(self.workflow, getattr(self.configuration, name), entry)
        return evolve(self._changed(**{name: entries}), refused=left)

    def _without_value(self, part: DraftPart, target: str) -> Self:
        _, name = VALUE_PARTS[part]
        left = forgive(self.workflow, self._refused, part, target)
        entries = without_entry(
            self.workflow, getattr(self.configuration, name), target
        )
        return evolve(self._changed(**{name: entries}), refused=left)

    def _changed(self, **parts: Any) -> Self:  # noqa: ANN401 - any part
        return evolve(self, configuration=evolve(self.configuration, **parts))
