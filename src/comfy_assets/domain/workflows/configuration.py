"""`WorkflowConfiguration`: a slot's workflow and what a request may do with it.

Only the values live here; whether they fit the graph is told by
`check_configuration`, and what they do to it by `build`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeAlias

from attrs import Attribute, field, frozen

from comfy_assets.domain.identity import WorkflowId
from comfy_assets.domain.json_values import freeze_json
from comfy_assets.domain.requests import WorkflowSlot
from comfy_assets.domain.times import aware
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.errors import InvalidRequestError

#: The `PromptMapping.source` whose text is the mapping's own template.
STATIC_TEXT: Final = "static_text"

# The levels that stand around an input's value: graph, node, ``inputs``.
_LEVELS_ABOVE_VALUES: Final = 3


def _frozen_graph(data: object) -> Mapping[str, Any]:
    graph = Workflow.from_api(data).to_api()
    frozen_graph: Mapping[str, Any] = freeze_json(graph, depth=-_LEVELS_ABOVE_VALUES)
    return frozen_graph


def _frozen_value(value: object) -> Any:  # noqa: ANN401 - any JSON
    return freeze_json(value)


def _finite(_: object, attribute: Attribute[Any], value: object) -> None:
    # A truth value is an int to Python, and no number to ComfyUI.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # False for NaN, too; and a whole number may be beyond all floats.
        is_finite = abs(value) <= sys.float_info.max
    else:
        is_finite = value is None
    if not is_finite:
        raise InvalidRequestError(attribute.name, "must be a finite number, or None")


@frozen(kw_only=True)
class PromptMapping:
    """Which text goes into which input."""

    #: The address of the input, such as ``"6.text"``.
    target: str
    #: ``prompt``, ``negative_prompt``, ``entity_name``, ``entity_description``,
    #: ``style_keywords``, ``static_text``, or a key of the request's ``context``.
    #: A ``negative_prompt`` or ``style_keywords`` that is empty leaves the
    #: workflow's own text where the mapping has no template.
    source: str
    #: A text with ``{names}`` in place of the bare source: any source but
    #: ``static_text``, ``name``, ``description``, and the mapping's own source.
    #: ``static_text`` needs one.
    template: str | None = None


@frozen(kw_only=True)
class InputDefault:
    """A value for an input that a request may override.

    Raises:
        WorkflowFormatError: When the value is none that JSON has.
    """

    #: The address of the input.
    target: str
    #: A JSON value; ``["4", 0]`` is a link.
    value: Any = field(converter=_frozen_value)


@frozen(kw_only=True)
class LockedInput:
    """A value for an input that no request may override.

    Raises:
        WorkflowFormatError: When the value is none that JSON has.
    """

    #: The address of the input.
    target: str
    #: A JSON value; ``["4", 0]`` is a link.
    value: Any = field(converter=_frozen_value)


@frozen(kw_only=True)
class AutoDetect:
    """Give the style reference to the workflow's style node, such as an IPAdapter.

    A workflow without one, or whose one has no image input that may be changed, is
    treated as with `PromptInjection`.

    Raises:
        InvalidRequestError: When ``strength`` is no finite number.
    """

    #: How strongly the reference shows, in the style node's own measure (``weight``,
    #: ``strength``), most often 0.0 to 1.0; ``None`` leaves the workflow's.
    strength: float | None = field(default=None, validator=_finite)


@frozen(kw_only=True)
class Explicit:
    """Give the style reference to this input.

    Raises:
        InvalidRequestError: When ``strength`` is no finite number.
    """

    #: The address of a LoadImage's ``image``, or of a style node's image input: then
    #: the LoadImage that feeds it is taken, or one put before it where it is free.
    target: str
    #: As in `AutoDetect`: of the style node named, or of the only one that the
    #: LoadImage feeds.
    strength: float | None = field(default=None, validator=_finite)


@frozen
class PromptInjection:
    """Write the style reference's keywords behind the prompt.

    The prompt becomes ``"{prompt}, in the style of: {style_keywords}"``, unless a
    mapping uses ``style_keywords`` by itself.
    """


@frozen
class Disabled:
    """Leave style references out of account."""


#: What a style reference does in a workflow.
StyleReferenceMapping: TypeAlias = AutoDetect | Explicit | PromptInjection | Disabled


@frozen(kw_only=True)
class WorkflowConfiguration:
    """A slot's workflow, and which of its inputs take what.

    Raises:
        WorkflowFormatError: When ``workflow_json`` is no graph in API format.
    """

    #: Its id.
    id: WorkflowId
    #: The slot whose requests it paints.
    slot: WorkflowSlot
    #: A name for people.
    name: str
    #: The graph in API format, copied and frozen: lists as tuples, mappings read-only.
    workflow_json: Mapping[str, Any] = field(converter=_frozen_graph)
    #: Which text goes into which input.
    prompt_mappings: Sequence[PromptMapping] = field(
        default=(), converter=tuple[PromptMapping, ...]
    )
    #: Values that a request may override.
    input_defaults: Sequence[InputDefault] = field(
        default=(), converter=tuple[InputDefault, ...]
    )
    #: Values that nobody may override.
    locked_inputs: Sequence[LockedInput] = field(
        default=(), converter=tuple[LockedInput, ...]
    )
    #: What a style reference does.
    style_reference_mapping: StyleReferenceMapping = field(factory=AutoDetect)
    #: When the slot's first configuration was stored; aware, UTC.
    created_at: datetime = field(validator=aware)
    #: When this one was stored; aware, UTC.
    updated_at: datetime = field(validator=aware)

    @cached_property
    def workflow(self) -> Workflow:
        """The graph itself, read from ``workflow_json`` once."""
        return Workflow.from_api(self.workflow_json)
