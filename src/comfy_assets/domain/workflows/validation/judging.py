"""`validate` and `validate_document`: judge a whole graph."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.domain.workflows.validation.case import Case
from comfy_assets.domain.workflows.validation.circles import MAX_DEPTH, follow
from comfy_assets.domain.workflows.validation.faults import Fault, FaultKind, Findings
from comfy_assets.domain.workflows.validation.nodes import check_node
from comfy_assets.domain.workflows.validation.rules import ServerRules

_EXPORT: Final = "export the workflow with 'Export (API)'."


def validate(
    workflow: Workflow, catalogue: Catalogue, *, server_version: str | None = None
) -> tuple[Fault, ...]:
    """Return what is wrong with a workflow on a server, before it is queued.

    An error stands exactly where the server would refuse the workflow or drop one of
    its outputs, as far as catalogues tell (``POST /prompt``, 0.3.75 and 0.33); where
    they do not, `Fault.is_certain` is false. Nodes that no output needs are not looked
    at, but for their class: so does the server.

    Args:
        workflow: The graph; not changed.
        catalogue: What the server can do.
        server_version: Its version, such as ``"0.3.75"``; without it, the catalogue
            shows whether it is of 2025 or of 2026.

    Returns:
        The faults, by node in the graph's order; empty where there are none.
    """
    return validate_document(
        workflow.to_api(), catalogue, server_version=server_version
    )


def validate_document(
    document: object, catalogue: Catalogue, *, server_version: str | None = None
) -> tuple[Fault, ...]:
    """Judge whatever would be posted as ``prompt``, as `validate` does; never fails.

    Args:
        document: Any JSON; not changed.
        catalogue: As in `validate`.
        server_version: As in `validate`.
    """
    findings = Findings(nodes={})
    if not isinstance(document, Mapping):
        problem = f"it is no graph in API format; {_EXPORT}"
        findings.error(FaultKind.MALFORMED_GRAPH, None, None, problem)
        return findings.in_order()
    if isinstance(document.get("nodes"), list):
        problem = f"it is in the editor's own format; {_EXPORT}"
        findings.error(FaultKind.MALFORMED_GRAPH, None, None, problem)
        return findings.in_order()
    nodes = {str(node_id): node for node_id, node in document.items()}
    findings.nodes = nodes
    case = Case(
        nodes=nodes,
        catalogue=catalogue,
        rules=ServerRules.of(catalogue, server_version),
        findings=findings,
    )
    for node_id, node in nodes.items():
        _find_class(case, node_id, node)
    _check_outputs(case)
    return findings.in_order()


def _find_class(case: Case, node_id: str, node: object) -> None:
    """Look up a node's class, which the server wants of every node."""
    findings = case.findings
    if not isinstance(node, Mapping):
        problem = f"it is no node; take it away, or {_EXPORT}"
        findings.error(FaultKind.MALFORMED_NODE, node_id, None, problem)
        return
    class_type = node.get("class_type")
    if not isinstance(class_type, str) or not class_type:
        problem = f"it has no class_type; take it away, or {_EXPORT}"
        findings.error(FaultKind.MALFORMED_NODE, node_id, None, problem)
        return
    if class_type not in case.catalogue.nodes:
        problem = (
            f"the server has no node class {class_type!r}; install the custom node "
            "that brings it, or update ComfyUI."
        )
        findings.error(
            FaultKind.MISSING_CLASS,
            node_id,
            None,
            problem,
            suggestions=case.suggester.nearest(class_type, case.catalogue.nodes),
        )
        return
    case.classes[node_id] = case.catalogue.nodes[class_type]
    odd_inputs = "inputs" in node and not isinstance(node["inputs"], Mapping)
    if odd_inputs and case.rules.looks_at_all_inputs:
        problem = f'its "inputs" are no mapping; {_EXPORT}'
        findings.error(FaultKind.MALFORMED_NODE, node_id, None, problem)


def _check_outputs(case: Case) -> None:
    outputs = [i for i, known in case.classes.items() if known.is_output_node]
    # Where a class is missing, that may have been the output.
    if not outputs and len(case.classes) == len(case.nodes):
        problem = "no node of it puts anything out; add a SaveImage node."
        case.findings.error(FaultKind.NO_OUTPUTS, None, None, problem)
    ways = follow(_walk(case, outputs))
    for circle in ways.circles:
        way = " → ".join([*circle, circle[0]])
        problem = f"it depends on itself ({way}); cut one of these links."
        for node_id in circle:
            case.findings.error(FaultKind.CYCLE, node_id, None, problem)
    if ways.depth > MAX_DEPTH:
        problem = (
            f"{ways.depth} nodes stand behind each other, and servers follow some "
            f"{MAX_DEPTH}; split it."
        )
        case.findings.error(FaultKind.TOO_DEEP, None, None, problem, is_certain=False)


def _walk(case: Case, outputs: list[str]) -> dict[str, list[str]]:
    """Judge all that the outputs need; return which nodes each one leads to."""
    edges: dict[str, list[str]] = {}
    waiting = outputs[::-1]
    while waiting:
        node_id = waiting.pop()
        if node_id not in edges:
            edges[node_id] = check_node(case, node_id)
            waiting += edges[node_id][::-1]
    return edges
