"""Colours out of words and pictures."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.simulator.painting import solid
from comfy_assets.simulator.painting._colours import (
    NAMED,
    colour_before,
    colours_in,
    draw_palette,
    mix,
    palette_of,
)

_BAND = st.integers(0, 255)
_COLOURS = st.tuples(_BAND, _BAND, _BAND)


@given(_COLOURS, _COLOURS, st.floats(0, 1))
def test_a_mix_lies_between(
    one: tuple[int, int, int], other: tuple[int, int, int], amount: float
) -> None:
    """Each band of a mix is between those of its two colours."""
    for a, b, mixed in zip(one, other, mix(one, other, amount), strict=True):
        assert min(a, b) <= mixed <= max(a, b)


def test_colours_of_heads_are_not_colours_of_clothes() -> None:
    """What is said of hair and eyes does not dye the rest."""
    words = ["a", "red", "cloak", "with", "grey", "hair", "and", "green", "eyes"]
    assert colours_in(words) == [NAMED["red"]]
    assert colour_before(words, "hair") == NAMED["grey"]
    assert colour_before(words, "boots") is None


def test_named_colours_lead_the_palette() -> None:
    """The first named colour is the main one, the second the accent."""
    named = [NAMED["red"], NAMED["blue"]]
    palette = draw_palette(random.Random(1), named)
    assert (palette.main, palette.accent) == tuple(named)


def test_a_reference_gives_its_colours() -> None:
    """The loudest colour of a picture becomes the main one."""
    picture = solid(24, 24, 0x808080)
    picture.paste((200, 30, 30), (0, 0, 12, 24))
    palette = palette_of(picture)
    assert palette.is_reference
    assert palette.main[0] > 150 > palette.main[1]
