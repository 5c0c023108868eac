"""Asks the server what it can do, and judges workflows by that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.domain.workflows.checks import resolve_all, write
from comfy_assets.domain.workflows.validation import validate
from comfy_assets.services.catalogues import ask_catalogue

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.domain.workflows.validation import Fault
    from comfy_assets.ports.comfy import ComfyClient


async def validate_configuration(
    comfy: ComfyClient, configuration: WorkflowConfiguration
) -> tuple[Fault, ...]:
    """Return what the server would say of the runs that a configuration makes.

    The graph is judged with its input defaults and locked inputs in place; what
    requests bring along, prompts above all, is not known yet.

    Args:
        comfy: Asked for its version and its catalogue; of several servers behind it,
            whichever answers.
        configuration: Not changed.

    Raises:
        MappingError: When a default or a lock no longer fits the graph.
        ComfyUIError: When the server's catalogue cannot be read.
        ComfyUIUnavailableError: When it cannot be reached.
    """
    return await validate_workflow(comfy, _filled(configuration))


async def validate_workflow(
    comfy: ComfyClient, workflow: Workflow
) -> tuple[Fault, ...]:
    """Return what the server would say of a graph.

    Args:
        comfy: As in `validate_configuration`.
        workflow: Not changed.

    Raises:
        ComfyUIError: When the server's catalogue cannot be read.
        ComfyUIUnavailableError: When it cannot be reached.
    """
    health = await comfy.check_health()
    catalogue = await ask_catalogue(comfy)
    return validate(workflow, catalogue, server_version=health.version)


def _filled(configuration: WorkflowConfiguration) -> Workflow:
    """Write the defaults, then the locks, each address read in the graph itself."""
    template = workflow = configuration.workflow
    for entries in (configuration.input_defaults, configuration.locked_inputs):
        values = {entry.target: entry.value for entry in entries}
        for ref, address in resolve_all(template, values).items():
            workflow = write(workflow, ref, values[address], address=address)
    return workflow
