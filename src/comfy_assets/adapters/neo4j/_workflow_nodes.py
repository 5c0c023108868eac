"""Workflow configurations as nodes: their properties, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from comfy_assets.adapters.neo4j._properties import (
    damaged,
    from_json,
    from_time,
    read_node,
    to_json,
    to_time,
)
from comfy_assets.converters import unstructure
from comfy_assets.domain.workflows.configuration import WorkflowConfiguration

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS: Final = ("id", "slot", "name")
_TIMES: Final = ("created_at", "updated_at")
# A property holds no lists of objects: they are JSON.
_JSON: Final = (
    "workflow_json",
    "prompt_mappings",
    "input_defaults",
    "locked_inputs",
    "style_reference_mapping",
)


def write_configuration(configuration: WorkflowConfiguration) -> dict[str, Any]:
    """Return a configuration as the properties of its node.

    Raises:
        PayloadError: When a time is at the very ends of the calendar.
    """
    plain = unstructure(configuration)
    return {
        **{name: plain[name] for name in _TEXTS},
        **{name: to_json(plain[name]) for name in _JSON},
        "created_at": to_time(configuration.created_at),
        "updated_at": to_time(configuration.updated_at),
    }


def read_configuration(properties: Mapping[str, Any]) -> WorkflowConfiguration:
    """Return the configuration that a node is.

    Raises:
        RepositoryError: When something else changed the node.
    """
    get = properties.get
    try:
        plain = {
            **{name: get(name) for name in _TEXTS},
            **{name: from_json(get(name)) for name in _JSON},
            **{name: from_time(get(name)) for name in _TIMES},
        }
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise damaged("WorkflowConfiguration", properties, error) from error
    return read_node(properties, plain, WorkflowConfiguration)
