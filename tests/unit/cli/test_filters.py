"""What people write on the command line and read in its lists."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.cli._failures import CommandError
from comfy_assets.cli._filters import (
    entity_of,
    optional_entity,
    override_of,
    pair_of,
    text_of,
)
from comfy_assets.domain.requests import EntityRef

_PARTS = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]))


@given(_PARTS.filter(bool), st.text(min_size=1))
def test_what_is_shown_of_an_entity_can_be_typed(
    entity_type: str, entity_id: str
) -> None:
    """An entity out of a list is what a command takes, colons in its id included."""
    entity = EntityRef(entity_type, entity_id)
    assert entity_of(text_of(entity)) == entity


@pytest.mark.parametrize("written", ["", "marcus", "Character:", ":marcus", ":"])
def test_half_an_entity_is_refused_with_an_example(written: str) -> None:
    """Type and id are both needed."""
    with pytest.raises(CommandError, match="such as Character:marcus"):
        optional_entity(written)


def test_no_entity_is_none() -> None:
    """A list without the option is a list of all."""
    assert optional_entity(None) is None


@pytest.mark.parametrize(
    "written, value",
    [
        ("a.b=3", 3),
        ("a.b=0.5", 0.5),
        ("a.b=true", True),
        ('a.b=["4", 0]', ["4", 0]),
        ('a.b="3"', "3"),
        ("a.b=heun", "heun"),
        ("a.b=x=y", "x=y"),
        ("a.b=", ""),
    ],
)
def test_a_value_is_json_or_else_a_text(written: str, value: object) -> None:
    """So that names of samplers and files need no quotes."""
    assert override_of(written) == ("a.b", value)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_every_json_value_can_be_given(value: Any) -> None:
    """Quoted as JSON, it arrives as it is."""
    assert override_of(f"KSampler.x={json.dumps(value)}") == ("KSampler.x", value)


@pytest.mark.parametrize("written", ["", "a.b", "=3"])
def test_an_override_needs_an_address_and_a_value(written: str) -> None:
    """Exit code 2: the command line is wrong."""
    with pytest.raises(CommandError, match="write ADDRESS=VALUE") as caught:
        override_of(written)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("written", ["", "name", "=Marcus"])
def test_a_pair_needs_a_key_and_a_text(written: str) -> None:
    """Exit code 2; the sentence names the option."""
    with pytest.raises(CommandError, match=r"--context .*write KEY=TEXT") as caught:
        pair_of("--context", written)
    assert caught.value.exit_code == 2
    assert pair_of("--context", "name=a=b") == ("name", "a=b")
