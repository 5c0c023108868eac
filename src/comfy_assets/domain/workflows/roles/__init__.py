"""What the inputs of a workflow do: found by following its links from what paints.

Samplers tell by their inputs which conditioning is positive; from there the way goes
back through all that changes conditionings to the texts, and in the same manner to
seed, steps, size and model. Titles tell nothing here.
"""

from __future__ import annotations

from comfy_assets.domain.workflows.roles.conditioning import (
    text_inputs,
    texts_in_role,
)
from comfy_assets.domain.workflows.roles.finding import (
    FoundRoles,
    RoleText,
    find_roles,
)
from comfy_assets.domain.workflows.roles.kinds import TEXT_ROLES, Role, TextRole
from comfy_assets.domain.workflows.roles.origins import Origin, number_origin
from comfy_assets.domain.workflows.roles.painters import own_name
from comfy_assets.domain.workflows.roles.typed import TypedGraph

__all__ = [
    "TEXT_ROLES",
    "FoundRoles",
    "Origin",
    "Role",
    "RoleText",
    "TextRole",
    "TypedGraph",
    "find_roles",
    "number_origin",
    "own_name",
    "text_inputs",
    "texts_in_role",
]
