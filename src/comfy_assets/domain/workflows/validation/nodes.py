"""Judges one node: what it must have, what it has, and which nodes it leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from comfy_assets.domain.workflows.catalogue import (
    Autogrow,
    InputDescription,
    NodeDescription,
)
from comfy_assets.domain.workflows.catalogue.expansion import Expansion, expand
from comfy_assets.domain.workflows.validation.case import Case
from comfy_assets.domain.workflows.validation.class_checks import (
    ClassCheck,
    class_check,
)
from comfy_assets.domain.workflows.validation.faults import FaultKind
from comfy_assets.domain.workflows.validation.files import is_file_input
from comfy_assets.domain.workflows.validation.links import (
    fits,
    output_at,
    read_link,
)
from comfy_assets.domain.workflows.validation.literals import check_literal
from comfy_assets.domain.workflows.validation.values import shown, unwrapped

# What editors write beside the inputs of a class; harmless.
_EDITOR_NAMES: Final = frozenset(
    {
        *("upload", "audioUI", "preview", "previewMode", "preview_markdown"),
        *("preview_text", "previewText", "clear"),
        *("upload 3d model", "upload extra resources"),
    }
)
_VIEWER: Final = "image"
_WITH_VIEWER: Final = frozenset({"SaveGLB", "Preview3D", "Preview3DAnimation"})
_EXTRA_SHOWN: Final = 20


def check_node(case: Case, node_id: str) -> list[str]:
    """Judge a node that some output needs.

    Returns:
        The nodes that the server goes on to from here.
    """
    description = case.classes[node_id]
    values = _values(case, node_id, description)
    if values is None or not description.is_readable:
        return []
    expansion = expand(description.inputs, values)
    check = class_check(description)
    sources: list[str] = []
    for entry in expansion.live:
        if entry.name not in values:
            if entry.is_required:
                _missing(case, node_id, entry, values, expansion)
        elif isinstance(values[entry.name], list | tuple):
            link = values[entry.name]
            source = _check_link(case, node_id, entry, link, check)
            sources += [] if source is None else [source]
        else:
            check_literal(case, node_id, entry, values[entry.name], check)
    if check is not None:
        _check_by_class(case, node_id, values, check)
    _check_dynamic(case, node_id, values, expansion)
    if check is None or check.covers is not None:
        _check_extra(case, node_id, description, values, expansion)
    return sources


def _values(
    case: Case, node_id: str, description: NodeDescription
) -> Mapping[str, Any] | None:
    """Return the node's ``inputs``, or ``None`` where the server stumbles over them."""
    inputs = case.nodes[node_id].get("inputs")
    if isinstance(inputs, Mapping):
        return inputs
    # 1. Odd inputs were refused at the door already.
    is_told = "inputs" in case.nodes[node_id]
    if is_told and case.rules.looks_at_all_inputs:
        return None
    # 2. Python looks for names in a list or a text too, and finds none as a rule.
    names = [entry.name for entry in description.inputs if entry.section != "hidden"]
    can_hold = isinstance(inputs, list | tuple | str)
    if is_told and not any(name in inputs if can_hold else True for name in names):
        return {}
    problem = "its \"inputs\" are no mapping; export the workflow with 'Export (API)'."
    case.findings.error(FaultKind.MALFORMED_NODE, node_id, None, problem)
    return None


def _missing(
    case: Case,
    node_id: str,
    entry: InputDescription,
    values: Mapping[str, Any],
    expansion: Expansion,
) -> None:
    known = {other.name for other in expansion.live}
    strays = [name for name in values if name not in known]
    what = "a value or a link" if entry.is_widget else f"a link of type {entry.type}"
    default = entry.default
    offer = f" ({shown(default)} is usual)" if isinstance(default, int | float) else ""
    problem = f"it is required, and missing; give it {what}{offer}."
    case.findings.error(
        FaultKind.MISSING_INPUT,
        node_id,
        entry.name,
        problem,
        suggestions=case.suggester.nearest(entry.name, strays),
    )


def _check_link(
    case: Case,
    node_id: str,
    entry: InputDescription,
    link: Sequence[Any],
    check: ClassCheck | None,
) -> str | None:
    """Judge a link; return the node behind it where the server goes on to it."""
    findings = case.findings
    target = read_link(link, case.nodes)
    if isinstance(target, str):
        nearest = case.suggester.nearest(link[0], case.nodes) if link else ()
        findings.error(
            FaultKind.BAD_LINK, node_id, entry.name, target, suggestions=nearest
        )
        return None
    source = case.classes.get(target.node_id)
    # What has no class is reported by itself, and of some classes nothing is known.
    if source is None:
        return None
    if source.is_readable:
        received = output_at(source.outputs, target.slot)
        if received is None:
            problem = (
                f"node {target.node_id} ({source.class_type}) has no output "
                f"{shown(target.slot)}, only {len(source.outputs)}, counted from 0; "
                "mend the link."
            )
            findings.error(FaultKind.BAD_LINK, node_id, entry.name, problem)
            return None
        is_free = check is not None and check.lets_in(entry.name)
        if not is_free and not fits(received, entry, case.rules):
            fitting = tuple(
                f'["{target.node_id}", {number}]'
                for number, output in enumerate(source.outputs)
                if fits(output, entry, case.rules)
            )
            problem = (
                f"it takes {_type_text(entry)}, and output {shown(target.slot)} of "
                f"node {target.node_id} ({source.class_type}) gives {received.type}; "
                "link another."
            )
            findings.error(
                FaultKind.TYPE_MISMATCH,
                node_id,
                entry.name,
                problem,
                suggestions=fitting,
            )
            return None
        if target.slot < 0 or isinstance(target.slot, bool):
            number = int(target.slot) % len(source.outputs)
            problem = f"output {shown(target.slot)} counts as {number}; write that."
            findings.warning(FaultKind.CHANGED_VALUE, node_id, entry.name, problem)
    if is_file_input(case.classes[node_id].class_type, entry.name):
        problem = "the class wants to see the file beforehand; give its name itself."
        findings.error(FaultKind.CLASS_CHECK, node_id, entry.name, problem)
    return target.node_id


def _type_text(entry: InputDescription) -> str:
    return "one of its choices" if entry.has_list_type else entry.type


def _check_by_class(
    case: Case, node_id: str, values: Mapping[str, Any], check: ClassCheck
) -> None:
    plain = {name: unwrapped(value) for name, value in values.items()}
    complaint = check.find(plain)
    if complaint is not None:
        for name in complaint.input_names:
            case.findings.error(FaultKind.CLASS_CHECK, node_id, name, complaint.problem)


def _check_dynamic(
    case: Case, node_id: str, values: Mapping[str, Any], expansion: Expansion
) -> None:
    for entry in expansion.unchosen:
        if not entry.is_required and entry.name not in values:
            continue
        value = values.get(entry.name)
        given = f"{shown(value)} is" if entry.name in values else "nothing is given,"
        problem = f"{given} none of its choices, and the node will fail; choose one."
        case.findings.warning(
            FaultKind.UNKNOWN_KEY,
            node_id,
            entry.name,
            problem,
            suggestions=case.suggester.nearest(value, entry.choices or ()),
        )


def _check_extra(
    case: Case,
    node_id: str,
    description: NodeDescription,
    values: Mapping[str, Any],
    expansion: Expansion,
) -> None:
    known = {entry.name for entry in expansion.live}
    # What grows is an input by its parts only.
    known.update(
        entry.name
        for entry in description.inputs
        if not isinstance(entry.dynamic, Autogrow)
    )
    known.update({_VIEWER} if description.class_type in _WITH_VIEWER else ())
    lost = tuple(f"{entry.name}." for entry in expansion.unchosen)
    strays = [
        name
        for name in values
        if name not in known and name not in _EDITOR_NAMES and not name.startswith(lost)
    ]
    is_stock = not description.python_module.startswith("custom_nodes")
    for name in strays[:_EXTRA_SHOWN]:
        case.findings.warning(
            FaultKind.UNKNOWN_INPUT,
            node_id,
            name,
            "the class has no such input, and the server ignores it; take it away.",
            suggestions=case.suggester.nearest(name, known),
            is_certain=is_stock,
        )
