"""Entities as people write them on the command line and read them in its lists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.cli._failures import CommandError
from comfy_assets.cli._filters import entity_of, optional_entity, text_of
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
