"""The host's own nodes: names that may stand in Cypher, and those that may not."""

from __future__ import annotations

import pytest

from comfy_assets.adapters.neo4j._hosts import HostEntities
from comfy_assets.errors import InvalidRequestError


@pytest.mark.parametrize(
    "name", ["Character", "Non Player Character", "game:Ort", "Straße_2", "a-b.c"]
)
def test_ordinary_names_are_quoted(name: str) -> None:
    """Letters of any language, digits, blanks and some signs are good."""
    hosts = HostEntities({"Character": (name, name)})
    assert f"(h:`{name}` {{`{name}`: a.entity_id}})" in hosts.tie()


@pytest.mark.parametrize(
    "name", ["", "a`b", "a\\u0060b", "a}b", "a\nb", "a'b", " a", "a)", "a\x00"]
)
def test_names_that_could_end_a_quotation_are_refused(name: str) -> None:
    """Neither a label nor a property can smuggle Cypher in."""
    for pair in ((name, "id"), ("Character", name)):
        with pytest.raises(InvalidRequestError):
            HostEntities({"Character": pair})


def test_entity_types_are_parameters() -> None:
    """An entity type may be any text."""
    hosts = HostEntities({"a'b": ("A", "id"), "c`d": ("C", "id")})
    assert hosts.parameters == {"entity_type_0": "a'b", "entity_type_1": "c`d"}
    statement = hosts.tie()
    assert "a'b" not in statement
    assert "$entity_type_1" in statement


def test_without_labels_nothing_is_added() -> None:
    """A host without nodes of its own pays nothing."""
    hosts = HostEntities({})
    assert hosts.tie() == hosts.unname() == ""
    assert hosts.parameters == {}
