"""The parameter editor's model: a configuration while a person works on it.

Everything here is a value: a step on a draft returns a new draft. What is drawn on a
screen, and when it is saved, is for others.
"""

from __future__ import annotations

from comfy_assets.domain.workflows.editing.carrying import (
    CarriedEntry,
    CarriedOver,
    Carrying,
    carry_over,
)
from comfy_assets.domain.workflows.editing.changes import (
    ChangeKind,
    DraftChange,
    find_changes,
)
from comfy_assets.domain.workflows.editing.draft import WorkflowDraft
from comfy_assets.domain.workflows.editing.faults import DraftFault
from comfy_assets.domain.workflows.editing.fields import DraftField, FieldState
from comfy_assets.domain.workflows.editing.parts import DraftPart
from comfy_assets.domain.workflows.editing.preview import MappingPreview, SampleEntity
from comfy_assets.domain.workflows.editing.style_choices import StyleChoice
from comfy_assets.domain.workflows.editing.widgets import WidgetKind

__all__ = [
    "CarriedEntry",
    "CarriedOver",
    "Carrying",
    "ChangeKind",
    "DraftChange",
    "DraftFault",
    "DraftField",
    "DraftPart",
    "FieldState",
    "MappingPreview",
    "SampleEntity",
    "StyleChoice",
    "WidgetKind",
    "WorkflowDraft",
    "carry_over",
    "find_changes",
]
