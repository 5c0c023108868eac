"""What a ComfyUI server can do: its ``/object_info``, read into typed descriptions.

What a graph makes of these classes is judged in `validation`, not here.
"""

from __future__ import annotations

from comfy_assets.domain.workflows.catalogue.classes import Catalogue
from comfy_assets.domain.workflows.catalogue.expansion import live_inputs
from comfy_assets.domain.workflows.catalogue.inputs import (
    Autogrow,
    DynamicCombo,
    DynamicOption,
    InputDescription,
    MatchType,
    Section,
)
from comfy_assets.domain.workflows.catalogue.nodes import (
    NodeDescription,
    OutputDescription,
)

__all__ = [
    "Autogrow",
    "Catalogue",
    "DynamicCombo",
    "DynamicOption",
    "InputDescription",
    "MatchType",
    "NodeDescription",
    "OutputDescription",
    "Section",
    "live_inputs",
]
