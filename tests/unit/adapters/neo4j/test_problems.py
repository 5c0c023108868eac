"""Neo4j's codes told to a person."""

from __future__ import annotations

import pytest

from comfy_assets.adapters.neo4j._problems import PROBLEMS, problem_of


@pytest.mark.parametrize("end", PROBLEMS)
def test_a_known_code_says_what_to_do(end: str) -> None:
    """By its last two words, whatever class of error the server makes of it."""
    for kind in ("ClientError", "TransientError"):
        assert problem_of(f"Neo.{kind}.{end}", "no") == PROBLEMS[end]


def test_an_unknown_code_gives_the_servers_own_words() -> None:
    """Nothing that the server said is lost."""
    assert problem_of("Neo.X.Y.Z", "the moon is full") == "Neo4j says the moon is full"
    assert problem_of(None, None) == "Neo4j says nothing"
