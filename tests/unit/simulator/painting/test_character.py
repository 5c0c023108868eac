"""Words make characters."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from comfy_assets.simulator.painting._character import Character, read_character
from comfy_assets.simulator.painting._colours import NAMED, draw_palette


def _read(prompt: str, seed: int = 0) -> Character:
    chance = random.Random(seed)
    words = re.findall(r"[a-z]+", prompt.lower())
    return read_character(words, chance, draw_palette(chance, []))


@pytest.mark.parametrize(
    "prompt, name, value",
    [
        ("an elven princess", "ears", "pointed"),
        ("an elven princess", "is_female", True),
        ("a bald monk", "hairdo", "bald"),
        ("a dwarf", "beard", "full"),
        ("a witch", "beard", "none"),
        ("a king", "hat", "crown"),
        ("a hooded rogue", "hat", "hood"),
        ("a knight in armor", "outfit", "armour"),
        ("a bartender", "outfit", "apron"),
        ("an archer", "held", "bow"),
        ("an orc", "has_tusks", True),
        ("a demon", "has_horns", True),
        ("a pirate", "has_eye_patch", True),
        ("a scholar", "has_glasses", True),
        ("somebody with blue eyes", "iris", NAMED["blue"]),
        ("grey hair", "hair", NAMED["grey"]),
        ("a mage in a purple robe", "cloth", NAMED["purple"]),
    ],
)
def test_words_are_obeyed(prompt: str, name: str, value: Any) -> None:
    """What a prompt says is so, whatever chance would have it."""
    for seed in range(20):
        assert getattr(_read(prompt, seed), name) == value


def test_chance_fills_in_what_words_leave_open() -> None:
    """Without words, characters differ."""
    assert len({_read("somebody", seed) for seed in range(20)}) > 10
