"""Tests of `comfy_assets.domain.workflows.validation.rules`."""

from __future__ import annotations

import pytest

from comfy_assets.domain.workflows.validation.rules import ServerRules
from tests.unit.domain.workflows.object_info import BASICS, modern, older


@pytest.mark.parametrize(
    "version, choices, inputs",
    [
        ("0.3.75", False, False),
        ("0.7.0", True, False),
        ("v0.12", True, True),
        ("0.33.0", True, True),
        ("1.0", True, True),
    ],
)
def test_a_version_tells_the_rules(version: str, choices: bool, inputs: bool) -> None:
    """Whatever the catalogue shows."""
    for catalogue in (modern(**BASICS), older(**BASICS)):
        rules = ServerRules.of(catalogue, version)
        assert rules.checks_new_choices is choices
        assert rules.looks_at_all_inputs is inputs


@pytest.mark.parametrize("version", [None, "", "unknown"])
def test_without_a_version_the_catalogue_shows_them(version: str | None) -> None:
    """By what its classes tell; an empty one passes for an old one."""
    assert ServerRules.of(modern(**BASICS), version).checks_new_choices
    assert not ServerRules.of(older(**BASICS), version).checks_new_choices
    assert not ServerRules.of(older(), version).looks_at_all_inputs
