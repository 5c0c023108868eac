"""Colours: mixing them, reading them out of words, and taking them from a picture."""

# ruff: noqa: SIM905 - plain words read best as a line of them

from __future__ import annotations

import colorsys
import random
from typing import TypeAlias

from attrs import frozen
from PIL import Image

from comfy_assets.simulator.painting._images import Picture

#: Red, green and blue, 0-255.
Colour: TypeAlias = tuple[int, int, int]

BLACK: Colour = (20, 18, 26)
WHITE: Colour = (250, 247, 240)
GOLD: Colour = (222, 178, 84)
STEEL: Colour = (164, 174, 190)
WOOD: Colour = (122, 82, 50)
LEATHER: Colour = (112, 72, 46)

#: Colours by their names.
NAMED: dict[str, Colour] = {
    "red": (186, 48, 44),
    "crimson": (160, 28, 52),
    "scarlet": (206, 48, 36),
    "orange": (222, 124, 44),
    "amber": (226, 158, 52),
    "gold": GOLD,
    "golden": GOLD,
    "yellow": (228, 196, 76),
    "green": (72, 134, 74),
    "emerald": (36, 142, 98),
    "olive": (118, 122, 62),
    "teal": (40, 132, 134),
    "turquoise": (56, 168, 170),
    "blue": (58, 96, 178),
    "azure": (70, 140, 206),
    "navy": (38, 52, 104),
    "purple": (118, 64, 152),
    "violet": (136, 86, 184),
    "pink": (222, 128, 158),
    "brown": (120, 80, 52),
    "black": (44, 42, 52),
    "white": (226, 224, 220),
    "silver": (188, 194, 204),
    "grey": (134, 134, 142),
    "gray": (134, 134, 142),
    "ruby": (190, 34, 68),
    "sapphire": (44, 82, 182),
    "bronze": (170, 118, 62),
    "copper": (184, 110, 70),
}
_OF_HEADS = frozenset("hair haired beard bearded braids eyes eyed skin".split())
_STYLE_COLOURS = 6


@frozen(kw_only=True)
class Palette:
    """The colours of one picture, from dark to light and from calm to loud."""

    #: Shadows and the outer background.
    deep: Colour
    #: The background.
    mid: Colour
    #: Light behind the subject.
    light: Colour
    #: The main colour of clothes and things.
    main: Colour
    #: What stands out from it.
    accent: Colour
    #: Whether it was taken from a reference picture.
    is_reference: bool = False


def mix(one: Colour, other: Colour, amount: float) -> Colour:
    """Return a colour between two; `amount` 1.0 is all `other`."""
    red, green, blue = (
        round(a + (b - a) * amount) for a, b in zip(one, other, strict=True)
    )
    return red, green, blue


def darker(colour: Colour, amount: float = 0.25) -> Colour:
    """Return a shade of a colour, a little cooler."""
    return mix(colour, (18, 14, 34), amount)


def lighter(colour: Colour, amount: float = 0.25) -> Colour:
    """Return a tint of a colour, a little warmer."""
    return mix(colour, (255, 248, 228), amount)


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """Return a colour by hue, saturation and value, each 0.0 to 1.0."""
    red, green, blue = (
        round(band * 255) for band in colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    )
    return red, green, blue


def colour_before(words: list[str], *nouns: str) -> Colour | None:
    """Return the colour said of one of some things, such as "grey" of "hair".

    A colour counts when it stands at most three words before the thing.
    """
    for index, word in enumerate(words):
        if word in nouns:
            for candidate in reversed(words[max(0, index - 3) : index]):
                if candidate in NAMED:
                    return NAMED[candidate]
    return None


def colours_in(words: list[str]) -> list[Colour]:
    """Return the colours that are named, in order, but for those of hair and eyes."""
    return [
        NAMED[word]
        for index, word in enumerate(words)
        if word in NAMED and not _OF_HEADS.intersection(words[index + 1 : index + 3])
    ]


def draw_palette(chance: random.Random, named: list[Colour]) -> Palette:
    """Make a palette by chance around the colours that are named."""
    hue = chance.random()
    shift = chance.choice((0.08, 0.33, 0.45, 0.55))
    main = named[0] if named else hsv(hue + shift, 0.55, 0.62)
    accent = named[1] if len(named) > 1 else hsv(hue + shift + 0.45, 0.5, 0.8)
    return Palette(
        deep=hsv(hue, 0.5, 0.2),
        mid=hsv(hue + 0.04, 0.42, 0.44),
        light=hsv(hue + 0.08, 0.28, 0.8),
        main=main,
        accent=accent,
    )


def palette_of(picture: Picture) -> Palette:
    """Take a palette from a reference picture."""
    small = picture.convert("RGB").resize((24, 24), Image.Resampling.BILINEAR)
    flat = small.quantize(_STYLE_COLOURS).convert("RGB")
    counted = flat.getcolors(24 * 24) or []
    # Pillow types a pixel by its mode; here all are RGB.
    colours = sorted({(p[0], p[1], p[2]) for _, p in counted if isinstance(p, tuple)})
    by_light = sorted(colours, key=_lightness)
    by_loudness = sorted(colours, key=_loudness)
    return Palette(
        deep=darker(by_light[0], 0.2),
        mid=by_light[len(by_light) // 2],
        light=lighter(by_light[-1], 0.2),
        main=by_loudness[-1],
        accent=by_loudness[-2] if len(by_loudness) > 1 else lighter(by_loudness[-1]),
        is_reference=True,
    )


def _lightness(colour: Colour) -> float:
    return 0.3 * colour[0] + 0.6 * colour[1] + 0.1 * colour[2]


def _loudness(colour: Colour) -> float:
    return max(colour) - min(colour)
