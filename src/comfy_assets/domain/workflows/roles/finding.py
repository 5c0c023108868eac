"""All roles of a workflow, each with the inputs that hold its values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.roles.conditioning import (
    Walk,
    sampling_nodes,
    walk_back,
)
from comfy_assets.domain.workflows.roles.kinds import TEXT_ROLES, Role, TextRole
from comfy_assets.domain.workflows.roles.origins import Origin, text_origins
from comfy_assets.domain.workflows.roles.painters import painter_texts, painters
from comfy_assets.domain.workflows.roles.settings import (
    choices_of,
    models,
    names_of,
    numbers_of,
    sampler_parts,
    sizes,
)
from comfy_assets.domain.workflows.roles.typed import TypedGraph


@frozen(kw_only=True)
class RoleText:
    """A text that something paints by, and what it is made of."""

    #: The input that takes it: an encoder's, or a painter's own.
    taken_by: InputRef
    #: The inputs that hold it, or parts of it; empty where none does.
    origins: tuple[Origin, ...]


@frozen(kw_only=True)
class FoundRoles:
    """What a workflow's samplers and painters work by."""

    #: The texts by role, nearest to a sampler first.
    texts: Mapping[TextRole, tuple[RoleText, ...]]
    #: The nodes that paint: samplers with their parts, and painters.
    painting: tuple[str, ...]
    #: All else that they work by, each input with its role.
    settings: Mapping[InputRef, Role]

    @property
    def inputs(self) -> Mapping[Role, tuple[InputRef, ...]]:
        """The inputs of each role that there is, an input in one role only.

        A text in both roles is a positive one.
        """
        roles: dict[InputRef, Role] = {}
        for role in TEXT_ROLES:
            for text in self.texts[role]:
                for origin in text.origins:
                    roles.setdefault(origin.ref, Role(role))
                if not text.origins:
                    roles.setdefault(text.taken_by, Role(role))
        for ref, told in self.settings.items():
            roles.setdefault(ref, told)
        found: dict[Role, list[InputRef]] = {}
        for ref, told in roles.items():
            found.setdefault(told, []).append(ref)
        return MappingProxyType(
            {role: tuple(found[role]) for role in Role if role in found}
        )


def find_roles(graph: TypedGraph) -> FoundRoles:
    """Find what samplers and painters work by, following the links from them."""
    sampling = sampling_nodes(graph)
    walks: dict[TextRole, Walk] = {
        role: walk_back(graph, role, sampling) for role in TEXT_ROLES
    }
    texts: dict[TextRole, list[RoleText]] = {role: [] for role in TEXT_ROLES}
    encoders: set[str] = set()
    for role, walk in walks.items():
        encoders.update(walk.nodes)
        for ref in walk.texts:
            origins = text_origins(graph, ref)
            encoders.update(origins.nodes)
            texts[role].append(RoleText(taken_by=ref, origins=(*origins.found,)))
    found = painters(graph, encoders)
    for role in TEXT_ROLES:
        for node_id in found:
            texts[role] += [
                RoleText(taken_by=ref, origins=(*text_origins(graph, ref).found,))
                for ref in painter_texts(graph, node_id, role)
            ]
    parts = sampler_parts(graph, sampling)
    settings: dict[InputRef, Role] = {}
    for node_id in [*parts, *found]:
        settings |= numbers_of(graph, node_id)
        settings |= choices_of(graph, node_id)
    for node_id in walks["positive"].nodes:
        guidance = numbers_of(graph, node_id).items()
        settings |= {ref: role for ref, role in guidance if role is Role.GUIDANCE}
    settings |= sizes(graph, parts)
    settings |= dict.fromkeys(models(graph, parts), Role.MODEL)
    for node_id in found:
        settings |= dict.fromkeys(names_of(graph, node_id), Role.MODEL)
    return FoundRoles(
        texts={role: tuple(found) for role, found in texts.items()},
        painting=(*parts, *found),
        settings=settings,
    )
