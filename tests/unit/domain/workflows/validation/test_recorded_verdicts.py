"""Validation says what real servers said of recorded graphs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.validation import (
    Fault,
    Severity,
    validate_document,
)
from tests.unit.domain.workflows.validation.verdicts import (
    VERSIONS,
    cases,
    catalogue,
    verdicts,
)

_TRANSCRIPT: Final = (
    Path(__file__).parents[4]
    / "data"
    / "transcripts"
    / "09-prompt-validation-errors.json"
)


def _places(faults: Iterable[Fault]) -> set[tuple[str | None, str | None]]:
    return {
        (fault.node_id, fault.input_name)
        for fault in faults
        if fault.severity is Severity.ERROR
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_errors_stand_where_the_server_refuses(version: str) -> None:
    """There are errors exactly where it refused or dropped; none elsewhere."""
    wrong = [
        case.name
        for case, faults in verdicts(version)
        if not case.is_beyond and bool(_places(faults)) != case.is_bad
    ]
    assert not wrong


@pytest.mark.parametrize("version", VERSIONS)
def test_errors_name_what_the_server_names(version: str) -> None:
    """At least 98 % of the inputs that it named are named, and all of the nodes."""
    found = wanted = 0
    for case, faults in verdicts(version):
        places = _places(faults)
        wanted += len(case.places)
        found += len(case.places & places)
        assert case.nodes <= {node_id for node_id, _ in places}, case.name
    assert found >= 0.98 * wanted > 50


@pytest.mark.parametrize("version", VERSIONS)
def test_a_version_says_what_the_catalogue_shows(version: str) -> None:
    """Naming the version changes no verdict; naming another one changes some."""
    known = catalogue(version)
    (other,) = set(VERSIONS) - {version}
    changed = 0
    for case, faults in verdicts(version):
        told = validate_document(case.graph, known, server_version=version)
        assert told == faults
        told = validate_document(case.graph, known, server_version=other)
        changed += told != faults
    assert changed


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_that_is_judged_is_changed(version: str) -> None:
    """The graph is the same afterwards."""
    for case in cases(version):
        # NaN is not equal to itself; its text is.
        before = json.dumps(case.graph)
        validate_document(case.graph, catalogue(version))
        assert json.dumps(case.graph) == before


@pytest.mark.parametrize("version", VERSIONS)
def test_every_sentence_can_be_written(version: str) -> None:
    """Each names what it is about, ends as a sentence, and fits any terminal."""
    for _, faults in verdicts(version):
        for fault in faults:
            sentence = str(fault)
            assert sentence.encode()
            assert sentence.startswith(("Workflow: ", "Node "))
            assert sentence.endswith((".", "?"))
            assert fault.suggestions == () or sentence.endswith("?")


def _exchanges() -> list[Any]:
    """Return what was posted to a 0.33 as ``prompt``, with all its own classes."""
    events = json.loads(_TRANSCRIPT.read_text(encoding="utf-8"))["events"]
    return [
        pytest.param(
            event["request"]["json"]["prompt"],
            event["response"]["status"] != 200
            or bool(event["response"]["json"]["node_errors"]),
            id=event["request"].get("note") or f"{number}",
        )
        for number, event in enumerate(events)
        if event["kind"] == "http"
        and event["request"]["path"] == "/prompt"
        and isinstance(event["request"].get("json"), dict)
        # Other keys of the body are none of a graph's faults.
        and event["request"]["json"].keys() <= {"prompt", "client_id"}
        and "prompt" in event["request"]["json"]
        and "Probe" not in json.dumps(event)
    ]


@pytest.mark.parametrize("graph, is_bad", _exchanges())
def test_refusals_of_the_transcript_are_foreseen(graph: Any, *, is_bad: bool) -> None:
    """Every graph of the recorded conversation is judged as the server did."""
    data: dict[str, Any] = {
        name: node.raw for name, node in catalogue("0.33.0").nodes.items()
    }
    ckpt = {"required": {"ckpt_name": [["sd15-mini-random.safetensors"]]}}
    data["CheckpointLoaderSimple"] = {**data["CheckpointLoaderSimple"], "input": ckpt}
    faults = validate_document(graph, Catalogue.from_object_info(data))
    assert any(f.severity is Severity.ERROR for f in faults) == is_bad
