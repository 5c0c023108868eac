"""Tests of `comfy_assets.domain.workflows.validation.case`."""

from __future__ import annotations

from comfy_assets.domain.workflows.validation.case import Case
from comfy_assets.domain.workflows.validation.faults import Findings
from comfy_assets.domain.workflows.validation.rules import ServerRules
from tests.unit.domain.workflows.object_info import described, modern


def test_files_are_listed_once() -> None:
    """A graph may load many."""
    known = modern(LoadImage=described(required={"image": [["a.png"]]}))
    case = Case(
        nodes={},
        catalogue=known,
        rules=ServerRules.of(known, None),
        findings=Findings(nodes={}),
    )
    assert case.files == {"a.png"}
    assert case.files is case.files
