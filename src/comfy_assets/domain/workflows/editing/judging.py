"""What a server would say of a draft's values as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.domain.workflows.checks import write
from comfy_assets.domain.workflows.editing.parts import find_input
from comfy_assets.domain.workflows.validation import Fault, validate
from comfy_assets.errors import MappingError

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.configuration import WorkflowConfiguration
    from comfy_assets.domain.workflows.editing.ground import Ground


def judge(configuration: WorkflowConfiguration, ground: Ground) -> tuple[Fault, ...]:
    """Return the faults of a graph with the defaults and locks that can be written.

    Args:
        configuration: As the draft has it.
        ground: Its graph; without a catalogue nothing can be said.
    """
    if ground.catalogue is None:
        return ()
    workflow = ground.workflow
    for entries in (configuration.input_defaults, configuration.locked_inputs):
        for entry in entries:
            ref = find_input(ground.workflow, entry.target)
            if ref is None:
                continue
            try:
                workflow = write(workflow, ref, entry.value, address=entry.target)
            except MappingError:
                # It stands among the draft's own faults.
                continue
    return validate(workflow, ground.catalogue)
