"""`analyze`: all that a workflow offers, in one value."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from comfy_assets.domain.workflows.analysis.listing import list_nodes, takes_picture
from comfy_assets.domain.workflows.analysis.outputs import choose_output
from comfy_assets.domain.workflows.analysis.results import WorkflowAnalysis
from comfy_assets.domain.workflows.analysis.seeds import seed_origins
from comfy_assets.domain.workflows.analysis.suggestions import suggest
from comfy_assets.domain.workflows.roles import TypedGraph, find_roles
from comfy_assets.domain.workflows.style import find_style_targets

if TYPE_CHECKING:
    from comfy_assets.domain.workflows.catalogue import Catalogue
    from comfy_assets.domain.workflows.configuration import PromptMapping
    from comfy_assets.domain.workflows.graph import Workflow


def analyze(workflow: Workflow, catalogue: Catalogue | None = None) -> WorkflowAnalysis:
    """Tell what a person may set in a workflow, and what it is for; never fails.

    Roles are found by the links, from the samplers back to texts, seeds, sizes and
    models; and in nodes that paint by a text of their own, as services do.

    Args:
        workflow: The graph.
        catalogue: The classes of a server. Without, types and ranges are those of
            ComfyUI's most used classes, and else what the values tell.
    """
    graph = TypedGraph(workflow, catalogue)
    found = find_roles(graph)
    in_role = {ref: role for role, refs in found.inputs.items() for ref in refs}
    seeds = seed_origins(workflow)
    nodes = list_nodes(graph, in_role, frozenset(seeds))
    by_ref = {entry.ref: entry for node in nodes for entry in node.inputs}
    output, notes = choose_output(graph, found.painting)
    suggestions = suggest(workflow, found)
    return WorkflowAnalysis(
        nodes=nodes,
        roles=MappingProxyType(
            {
                role: tuple(by_ref[ref] for ref in refs)
                for role, refs in found.inputs.items()
            }
        ),
        outputs=graph.outputs,
        output=output,
        image_inputs=tuple(
            entry for ref, entry in by_ref.items() if takes_picture(graph, ref)
        ),
        style_nodes=find_style_targets(workflow),
        seeds=tuple(by_ref[ref] for ref in seeds),
        suggested_mappings=suggestions.mappings,
        notes=(*suggestions.notes, *notes),
    )


def suggest_mappings(
    workflow: Workflow, catalogue: Catalogue | None = None
) -> list[PromptMapping]:
    """Return mappings of prompt and negative prompt that fit what the workflow does.

    What is not plain is left out, and told by the notes of `analyze`: several texts
    that are not of one encoder and differ, or a text put together of several.

    Args:
        workflow: The graph.
        catalogue: The classes of a server, if one was asked.
    """
    graph = TypedGraph(workflow, catalogue)
    return list(suggest(workflow, find_roles(graph)).mappings)
