"""What is to be drawn, and which painter draws it."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Mapping

from attrs import frozen

from comfy_assets.simulator.painting._backdrop import paint_backdrop
from comfy_assets.simulator.painting._canvas import Canvas, mark
from comfy_assets.simulator.painting._colours import (
    Palette,
    colours_in,
    draw_palette,
    palette_of,
)
from comfy_assets.simulator.painting._images import Picture
from comfy_assets.simulator.painting._item import paint_item
from comfy_assets.simulator.painting._portrait import paint_portrait
from comfy_assets.simulator.painting._sprite import paint_sprite

_Painter = Callable[[Canvas, list[str], random.Random, Palette], Picture]
_PAINTERS: Mapping[str, _Painter] = {
    "portrait": paint_portrait,
    "backdrop": paint_backdrop,
    "item": paint_item,
}
#: The kinds of pictures that have a painter.
KINDS = (*_PAINTERS, "sprite")
#: Words that tell the kind when no folder does; the first that is met counts.
_TELLING = {
    "sprite": "sprite pixel pixelart chibi spritesheet",
    "backdrop": (
        "backdrop landscape scenery background forest mountain mountains village "
        "town city castle interior room dungeon cave desert ocean sea lighthouse "
        "harbour harbor valley meadow swamp street"
    ),
    "item": (
        "item icon sword axe dagger potion flask ring book tome shield staff wand "
        "gem key scroll amulet necklace crown coin coins bow helmet"
    ),
}
_KIND_OF_WORD = {
    word: kind for kind, words in _TELLING.items() for word in words.split()
}


@frozen(kw_only=True)
class Subject:
    """What to draw. Equal subjects give equal pictures."""

    #: One of `KINDS`, or empty to tell it from the prompt.
    kind: str
    #: The words to draw by.
    prompt: str
    #: Words that only change chance.
    negative_prompt: str
    #: Any integer.
    seed: int
    #: In pixels, at least 1.
    width: int
    #: In pixels, at least 1.
    height: int


def paint(subject: Subject, *, style: Picture | None = None) -> Picture:
    """Draw a picture.

    Args:
        subject: What to draw.
        style: A picture whose colours to take.

    Returns:
        RGB; a sprite is RGBA on transparent ground.
    """
    words = re.findall(r"[a-z]+", subject.prompt.lower())
    kind = subject.kind or _kind_told_by(words)
    told = (kind, subject.prompt, subject.negative_prompt, subject.seed)
    digest = hashlib.sha256("\0".join(map(str, told)).encode()).digest()
    chance = random.Random(digest)
    palette = draw_palette(chance, colours_in(words))
    if style is not None:
        palette = palette_of(style)
    if kind == "sprite":
        size = (subject.width, subject.height)
        return mark(paint_sprite(size, words, chance, palette))
    canvas = Canvas(subject.width, subject.height)
    return _PAINTERS[kind](canvas, words, chance, palette)


def _kind_told_by(words: list[str]) -> str:
    for word in words:
        if word in _KIND_OF_WORD:
            return _KIND_OF_WORD[word]
    return "portrait"
