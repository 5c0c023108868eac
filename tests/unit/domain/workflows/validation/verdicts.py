"""What real servers said: reading the recordings, and taking them apart."""

from __future__ import annotations

import copy
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.validation import Fault, validate_document

VERSIONS: Final = ("0.33.0", "0.3.75")
_FOLDER: Final = Path(__file__).parents[4] / "data" / "validation"


@frozen(kw_only=True)
class Case:
    """One graph and what a server said of it."""

    #: What was done to a graph.
    name: str
    #: What was posted.
    graph: Any
    #: Whether the server refused it, or dropped an output.
    is_bad: bool
    #: Inputs that it named, as (node, input).
    places: frozenset[tuple[str, str]]
    #: Nodes that it named without an input.
    nodes: frozenset[str]
    #: Whether more than the catalogue decided.
    is_beyond: bool


@cache
def catalogue(version: str) -> Catalogue:
    """Return the catalogue of a server."""
    return Catalogue.from_object_info(_read(f"catalogue-{version}.json.gz"))


@cache
def cases(version: str) -> tuple[Case, ...]:
    """Return all that was recorded of a server; nobody may change it."""
    data = _read(f"open-{version}.json.gz")
    return tuple(_case(data["bases"], told) for told in data["cases"])


@cache
def verdicts(version: str) -> tuple[tuple[Case, tuple[Fault, ...]], ...]:
    """Return every case with what validation says of it."""
    known = catalogue(version)
    return tuple(
        (case, validate_document(case.graph, known)) for case in cases(version)
    )


def _case(bases: dict[str, Any], told: dict[str, Any]) -> Case:
    places: set[tuple[str, str]] = set()
    nodes: set[str] = set()
    for node_id, kind, name in told["node_errors"]:
        # The server names the input of whoever asked for the node.
        if name is None or kind.startswith("exception_during"):
            nodes.add(node_id)
        else:
            places.add((node_id, name))
    if told.get("error_node") is not None:
        nodes.add(told["error_node"])
    return Case(
        name=f"{told['id']} [{told['variant']}]",
        graph=_patched(bases[told["base"]], told["patch"]),
        is_bad=told["status"] != 200
        or bool(
            told["node_errors"]
            or told.get("node_errors_sometimes")
            or told.get("dropped_outputs")
        ),
        places=frozenset(places),
        nodes=frozenset(nodes),
        is_beyond="beyond_catalogue" in told,
    )


def _patched(base: Any, patch: list[list[Any]]) -> Any:
    graph = copy.deepcopy(base)
    for path, *values in patch:
        if not path:
            graph = copy.deepcopy(values[0])
            continue
        place = graph
        for key in path[:-1]:
            place = place[key]
        if values:
            place[path[-1]] = copy.deepcopy(values[0])
        else:
            del place[path[-1]]
    return graph


def _read(name: str) -> Any:
    with gzip.open(_FOLDER / name, "rt", encoding="utf-8") as file:
        return json.load(file)
