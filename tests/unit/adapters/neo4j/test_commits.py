"""A commit of which nobody knows: settled once, told when it happens again."""

from __future__ import annotations

import pytest

from comfy_assets.adapters.neo4j._commits import UnsureError, again_when_unsure, once
from comfy_assets.errors import RepositoryError

pytestmark = pytest.mark.anyio


class Calls:
    """Calls of which the first so many end unsurely."""

    def __init__(self, unsure: int) -> None:
        self.unsure = unsure
        self.made: list[str] = []

    async def write(self) -> str:
        """Write once more."""
        return self._make("written")

    async def settle(self) -> str:
        """Look what was written."""
        return self._make("settled")

    def _make(self, name: str) -> str:
        self.made.append(name)
        if len(self.made) <= self.unsure:
            raise UnsureError
        return name


def test_what_was_taken_once_is_not_taken_again() -> None:
    """The driver begins again after a commit that failed: nobody knows what is stored.

    What failed before its commit may be taken again.
    """
    taken: list[int] = []

    def take(number: int) -> int:
        if number < 0:
            raise KeyError(number)
        taken.append(number)
        return number

    guarded = once(take)
    with pytest.raises(KeyError):
        guarded(-1)
    assert guarded(1) == 1
    with pytest.raises(UnsureError):
        guarded(2)
    assert taken == [1]


async def test_a_call_that_ends_surely_is_made_once() -> None:
    """Nothing is settled that is known."""
    calls = Calls(unsure=0)
    assert await again_when_unsure("x", calls.write, calls.settle) == "written"
    assert calls.made == ["written"]


async def test_a_call_that_can_be_repeated_is_made_again() -> None:
    """Without a way to settle it, the same is done once more."""
    calls = Calls(unsure=1)
    assert await again_when_unsure("x", calls.write) == "written"
    assert calls.made == ["written", "written"]


async def test_a_call_that_cannot_be_repeated_is_settled() -> None:
    """Whoever knows how to look is asked."""
    calls = Calls(unsure=1)
    assert await again_when_unsure("x", calls.write, calls.settle) == "settled"
    assert calls.made == ["written", "settled"]


async def test_a_second_unsure_end_is_told() -> None:
    """The caller may try again, and hears what was tried."""
    calls = Calls(unsure=2)
    with pytest.raises(RepositoryError, match=r"add x.*twice; try again") as caught:
        await again_when_unsure("add x", calls.write, calls.settle)
    assert isinstance(caught.value.__cause__, UnsureError)
    assert calls.made == ["written", "settled"]
