"""Judges the plain value of one input: by its type, as a file, and with doubts."""

from __future__ import annotations

from typing import Any, Final

from comfy_assets.domain.workflows.catalogue import InputDescription
from comfy_assets.domain.workflows.model_folders import model_folder
from comfy_assets.domain.workflows.validation.case import Case
from comfy_assets.domain.workflows.validation.class_checks import ClassCheck
from comfy_assets.domain.workflows.validation.faults import FaultKind
from comfy_assets.domain.workflows.validation.files import (
    is_elsewhere,
    is_file_input,
    is_folder,
    is_model,
    plain_name,
)
from comfy_assets.domain.workflows.validation.values import (
    check_value,
    doubt,
    is_listed,
    shown,
    unwrapped,
)

# Load3D loads nothing with one of these.
_NO_FILE: Final = (None, "", 0, False, "none")


def check_literal(
    case: Case,
    node_id: str,
    entry: InputDescription,
    given: Any,  # noqa: ANN401 - any JSON
    check: ClassCheck | None,
) -> None:
    """Judge a value that is no link, as the graph writes it."""
    value = unwrapped(given)
    is_checked_by_class = check is not None and check.has(entry.name)
    objection = check_value(
        entry, value, case.rules, is_checked_by_class=is_checked_by_class
    )
    if objection is not None and objection.kind is FaultKind.NOT_LISTED:
        _not_listed(case, node_id, entry, value, is_error=True)
    elif objection is not None:
        case.findings.error(
            objection.kind,
            node_id,
            entry.name,
            objection.problem,
            is_certain=_is_stock(case, node_id),
        )
    elif is_checked_by_class:
        _check_file(case, node_id, entry, value)
    else:
        _doubt(case, node_id, entry, value)


def _doubt(
    case: Case,
    node_id: str,
    entry: InputDescription,
    value: Any,  # noqa: ANN401 - any JSON
) -> None:
    """Warn of a value that the server takes."""
    doubted = doubt(entry, value)
    if doubted is not None:
        case.findings.warning(doubted.kind, node_id, entry.name, doubted.problem)
    elif entry.type == "COMBO":
        if entry.choices is not None and not is_listed(entry, value):
            _not_listed(case, node_id, entry, value, is_error=False)
    elif _needs_link(case, entry) and (value is not None or entry.is_required):
        problem = (
            f"{shown(value)} stands where a link belongs, and the node will fail; "
            f"link an output of type {entry.type}."
        )
        case.findings.warning(FaultKind.LITERAL_FOR_LINK, node_id, entry.name, problem)


def _needs_link(case: Case, entry: InputDescription) -> bool:
    """Tell whether only outputs give what the input takes."""
    types = set(entry.types)
    return (
        not entry.is_widget
        and types <= case.catalogue.output_types
        and not types & {"*", "INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}
        and entry.dynamic is None
    )


def _not_listed(
    case: Case,
    node_id: str,
    entry: InputDescription,
    value: Any,  # noqa: ANN401 - any JSON
    *,
    is_error: bool,
) -> None:
    kind = FaultKind.NOT_LISTED
    problem = f"{shown(value)} is none of the choices; take one of them."
    if is_model(entry, value):
        kind = FaultKind.MISSING_MODEL
        folder = model_folder(case.classes[node_id].class_type, entry.name)
        place = "its folder below models" if folder is None else f"models/{folder}"
        problem = (
            f"the server has no model {shown(value)}; install it into {place}, or "
            "choose another."
        )
    suggestions = case.suggester.nearest(value, entry.choices or ())
    report = case.findings.error if is_error else case.findings.warning
    report(
        kind,
        node_id,
        entry.name,
        problem,
        suggestions=suggestions,
        is_certain=not is_error or _is_stock(case, node_id),
    )


def _check_file(
    case: Case,
    node_id: str,
    entry: InputDescription,
    value: Any,  # noqa: ANN401 - any JSON
) -> None:
    """Judge the name of an input file, as far as the catalogue can tell."""
    class_type = case.classes[node_id].class_type
    is_scene = class_type.startswith("Load3D") and entry.name == "model_file"
    if is_scene and (value in _NO_FILE or value == {}):
        return
    if not is_scene and not is_file_input(class_type, entry.name):
        return
    findings = case.findings
    if not isinstance(value, str):
        problem = f"{shown(value)} is no file name; give one."
        findings.error(FaultKind.INVALID_VALUE, node_id, entry.name, problem)
        return
    name = plain_name(value)
    if is_elsewhere(value):
        # Output files are listed nowhere, and this class is there to load them.
        report = findings.warning if class_type == "LoadImageOutput" else findings.error
        problem = f"no catalogue tells whether the server still has {value!r}; look."
        report(FaultKind.MISSING_FILE, node_id, entry.name, problem, is_certain=False)
    elif name in case.files:
        if entry.choices and name not in entry.choices:
            problem = f"{value!r} is no file of this kind, and the node may fail."
            findings.warning(FaultKind.MISSING_FILE, node_id, entry.name, problem)
    elif is_folder(name, case.files):
        problem = f"{value!r} is a folder, and the node will fail; name a file in it."
        findings.warning(FaultKind.MISSING_FILE, node_id, entry.name, problem)
    else:
        problem = (
            f"the server lists no input file {shown(value)}; upload it, or name "
            "another. Files in folders are not listed: such a name may be right."
        )
        findings.error(
            FaultKind.MISSING_FILE,
            node_id,
            entry.name,
            problem,
            suggestions=case.suggester.nearest(value, case.files),
            is_certain=not is_scene and "/" not in name,
        )
        if is_scene:
            _name_others(case, node_id, entry)


def _name_others(case: Case, node_id: str, entry: InputDescription) -> None:
    """Name the node's other inputs, as the server does where a class sees them all."""
    description = case.classes[node_id]
    problem = f"the class refuses the whole node for its {entry.name}; mend that."
    for name in case.nodes[node_id]["inputs"]:
        if name != entry.name and description.input(name) is not None:
            case.findings.error(FaultKind.CLASS_CHECK, node_id, name, problem)


def _is_stock(case: Case, node_id: str) -> bool:
    """Tell whether no code of a custom node may judge otherwise."""
    return not case.classes[node_id].python_module.startswith("custom_nodes")
