"""A configuration as plain JSON, for a person to read; no reading back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from comfy_assets.domain.json_values import thaw_json
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Explicit,
    StyleReferenceMapping,
    WorkflowConfiguration,
)


def raw_json(configuration: WorkflowConfiguration) -> dict[str, Any]:
    """Return a configuration in fresh dicts and lists, in the form of its documents.

    That is what `comfy_assets.converters.unstructure` makes of it, which lives on a
    floor above this one.
    """
    return {
        "id": str(configuration.id),
        "slot": str(configuration.slot),
        "name": configuration.name,
        "workflow_json": thaw_json(configuration.workflow_json),
        "prompt_mappings": [
            {"target": it.target, "source": it.source, "template": it.template}
            for it in configuration.prompt_mappings
        ],
        "input_defaults": [
            {"target": it.target, "value": thaw_json(it.value)}
            for it in configuration.input_defaults
        ],
        "locked_inputs": [
            {"target": it.target, "value": thaw_json(it.value)}
            for it in configuration.locked_inputs
        ],
        "style_reference_mapping": _style(configuration.style_reference_mapping),
        "created_at": _time(configuration.created_at),
        "updated_at": _time(configuration.updated_at),
    }


def _style(mapping: StyleReferenceMapping) -> dict[str, Any]:
    raw: dict[str, Any] = {"type": type(mapping).__name__}
    if isinstance(mapping, Explicit):
        raw["target"] = mapping.target
    if isinstance(mapping, AutoDetect | Explicit) and mapping.strength is not None:
        raw["strength"] = mapping.strength
    return raw


def _time(time: datetime) -> str:
    return time.astimezone(UTC).isoformat()
