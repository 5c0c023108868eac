"""What a server would say of a workflow, found before it is queued.

The classes that it knows are read in `catalogue`; nothing here asks a server.
"""

from __future__ import annotations

from comfy_assets.domain.workflows.validation.faults import Fault, FaultKind, Severity
from comfy_assets.domain.workflows.validation.judging import (
    validate,
    validate_document,
)

__all__ = ["Fault", "FaultKind", "Severity", "validate", "validate_document"]
