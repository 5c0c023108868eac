"""Turns ComfyUI's refusals of a workflow into sentences for a person; pure.

Forms as observed from 2023 to 0.33 (``POST /prompt``, status 400, or 200 with
``node_errors``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from comfy_assets.domain.workflows.model_folders import model_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from comfy_assets.domain.workflows.graph import Workflow

_NAMED: Final = 5
#: Before 0.12 the unknown class stands only in the text.
_NODE_ID: Final = re.compile(r"Node ID '#(.+)'")


def read_rejection(
    content: object, workflow: Workflow
) -> tuple[list[str], dict[str, Any]]:
    """Read the body of a refusal.

    Returns:
        One sentence a fault, at least one, and ComfyUI's own ``node_errors``, empty
        where it sent none.
    """
    body = content if isinstance(content, Mapping) else {}
    node_errors = _node_errors(body)
    problems = node_problems(node_errors, workflow)
    if not problems:
        problems = [_whole_problem(body.get("error"), workflow)]
    return problems, node_errors


def node_problems(node_errors: Mapping[str, Any], workflow: Workflow) -> list[str]:
    """Return one sentence for each error of each node, in the graph's order."""
    places = {node_id: number for number, node_id in enumerate(workflow.nodes)}
    problems: list[str] = []
    for node_id in sorted(node_errors, key=lambda key: places.get(key, len(places))):
        entry = node_errors[node_id]
        errors = entry.get("errors") if isinstance(entry, Mapping) else None
        problems += [
            _node_problem(node_id, error, workflow)
            for error in (errors if isinstance(errors, list) else ())
            if isinstance(error, Mapping)
        ]
    return problems


def unknown_class(node_id: str, class_type: str, workflow: Workflow) -> str:
    """Return the sentence for a node whose class the server does not have."""
    return (
        f"{_named(node_id, workflow)}: the server has no node class {class_type!r}; "
        "install the custom node that brings it, or update ComfyUI."
    )


def unknown_classes(workflow: Workflow, catalogue: Iterable[str]) -> list[str]:
    """Return a sentence for each node whose class is not in the catalogue."""
    known = set(catalogue)
    return [
        unknown_class(node_id, node.class_type, workflow)
        for node_id, node in workflow.nodes.items()
        if node.class_type not in known
    ]


def _node_errors(body: Mapping[str, Any]) -> dict[str, Any]:
    # Servers before April 2025 send an empty list where there are none.
    node_errors = body.get("node_errors")
    if not isinstance(node_errors, Mapping):
        return {}
    return {str(node_id): entry for node_id, entry in node_errors.items()}


def _whole_problem(error: object, workflow: Workflow) -> str:
    if isinstance(error, str) and error:
        return f"{error}."
    if not isinstance(error, Mapping):
        return "it gave no reason; look at the server's console."
    if error.get("type") == "prompt_no_outputs":
        return "no node of it puts anything out; add a SaveImage node."
    message, details = _text(error.get("message")), _text(error.get("details"))
    node_id = _id_of_unknown(error, details)
    node = workflow.nodes.get(node_id)
    if node is not None and error.get("type") in {
        "missing_node_type",
        "invalid_prompt",
    }:
        return unknown_class(node_id, node.class_type, workflow)
    return _joined(message, details)


def _id_of_unknown(error: Mapping[str, Any], details: str) -> str:
    extra = error.get("extra_info")
    if isinstance(extra, Mapping) and isinstance(extra.get("node_id"), str):
        return str(extra["node_id"])
    found = _NODE_ID.search(details)
    return found.group(1) if found else ""


def _node_problem(node_id: str, error: Mapping[str, Any], workflow: Workflow) -> str:
    extra = error.get("extra_info")
    extra = extra if isinstance(extra, Mapping) else {}
    input_name = _text(extra.get("input_name"))
    where = _named(node_id, workflow)
    if input_name:
        where += f", input {input_name!r}"
    details = _text(error.get("details"))
    match error.get("type"):
        case "value_not_in_list":
            folder = _model_folder(node_id, input_name, workflow)
            what = _not_in_list(extra, details, folder)
        case "required_input_missing":
            what = "it needs a value or a link and has none."
        case "custom_validation_failed" if "Invalid image file" in details:
            file = details.partition("Invalid image file: ")[2]
            what = f"the server has no input image {file!r}; upload it first."
        case _:
            what = _joined(_text(error.get("message")), details)
    return f"{where}: {what}"


def _not_in_list(extra: Mapping[str, Any], details: str, folder: str | None) -> str:
    value = extra.get("received_value")
    choices = _choices(extra.get("input_config"))
    near = _nearest(str(value), choices)
    offer = f" It has: {', '.join(near)}." if near else ""
    if folder is not None:
        return (
            f"the server has no file {value!r}; put it into its folder "
            f"models/{folder}, or name another.{offer}"
        )
    if not near:
        return f"the value is not among the choices ({details})."
    return f"{value!r} is not among the choices.{offer}"


def _choices(config: object) -> list[str]:
    """Return the choices told; none where there are more than 20 (ComfyUI 0.33)."""
    match config:
        case [[*choices], *_] | ["COMBO", {"options": [*choices]}, *_]:
            return [str(choice) for choice in choices]
        case _:
            return []


def _nearest(value: str, choices: Sequence[str]) -> list[str]:
    near = get_close_matches(value, choices, n=_NAMED, cutoff=0.4)
    return [*near, *(choice for choice in choices if choice not in near)][:_NAMED]


def _model_folder(node_id: str, input_name: str, workflow: Workflow) -> str | None:
    node = workflow.nodes.get(node_id)
    return model_folder(node.class_type if node is not None else "", input_name)


def _named(node_id: str, workflow: Workflow) -> str:
    node = workflow.nodes.get(node_id)
    if node is None:
        return f"node {node_id}"
    title = f" {node.title!r}" if node.title else ""
    return f"node {node_id}{title} ({node.class_type})"


def _joined(message: str, details: str) -> str:
    parts = [part.strip().rstrip(".") for part in (message, details) if part.strip()]
    return f"{': '.join(dict.fromkeys(parts)) or 'it gave no reason'}."


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
