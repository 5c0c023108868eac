"""Draw a sprite: a small figure of square pixels on transparent ground.

Who is drawn is decided in `_character`, the same as for portraits.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFilter

from comfy_assets.simulator.painting._character import (
    Character,
    read_character,
    shade_of,
)
from comfy_assets.simulator.painting._colours import (
    BLACK,
    GOLD,
    LEATHER,
    STEEL,
    WHITE,
    WOOD,
    Colour,
    Palette,
    darker,
    lighter,
)
from comfy_assets.simulator.painting._images import Picture

#: The sprite's own pixels: so many across and down.
_GRID = 32
_OUTLINE: Colour = (28, 22, 34)
#: Left, top, right, bottom in own pixels, all inside.
_Box = tuple[int, int, int, int]


def paint_sprite(
    size: tuple[int, int], words: list[str], chance: random.Random, palette: Palette
) -> Picture:
    """Draw a sprite by words and chance; its corners are transparent.

    Args:
        size: Width and height of the picture in pixels.
        words: The words of the prompt.
        chance: Decides what the words leave open.
        palette: Colours of the clothes.
    """
    figure = _Figure()
    figure.draw(read_character(words, chance, palette), palette)
    small = _outlined(figure.image)
    scale = min(size) // _GRID
    if scale == 0:
        small = small.resize((min(size), min(size)), Image.Resampling.BOX)
    else:
        edge = _GRID * scale
        small = small.resize((edge, edge), Image.Resampling.NEAREST)
    sheet = Image.new("RGBA", size)
    sheet.paste(small, ((size[0] - small.width) // 2, size[1] - small.height))
    return sheet


class _Figure:
    """A figure in the making, seen from the front, on the sprite's own grid."""

    def __init__(self) -> None:
        self.image = Image.new("RGBA", (_GRID, _GRID))
        self._pen = ImageDraw.Draw(self.image)

    def draw(self, who: Character, palette: Palette) -> None:
        """Draw somebody from the back to the front."""
        self._cape(who, palette)
        self._rear_hair(who)
        self._legs(who)
        self._body(who)
        self._held(who)
        self._head(who)
        self._hat(who, palette)

    def _box(self, box: _Box, fill: Colour) -> None:
        self._pen.rectangle(box, fill=fill)

    def _dots(self, fill: Colour, *places: tuple[int, int]) -> None:
        self._pen.point(list(places), fill=fill)

    def _shape(self, points: Sequence[tuple[int, int]], fill: Colour) -> None:
        self._pen.polygon(list(points), fill=fill)

    def _cape(self, who: Character, palette: Palette) -> None:
        if who.outfit in {"armour", "robe"} or who.hat == "hood":
            cape = who.cloth if who.hat == "hood" else palette.accent
            self._shape([(11, 17), (20, 17), (23, 28), (8, 28)], shade_of(cape))

    def _rear_hair(self, who: Character) -> None:
        if who.hairdo == "long":
            self._box((9, 8, 22, 19), shade_of(who.hair))
        elif who.hairdo == "bun":
            self._box((14, 2, 17, 5), who.hair)

    def _legs(self, who: Character) -> None:
        if who.outfit == "robe":
            self._shape([(11, 22), (20, 22), (22, 30), (9, 30)], who.cloth)
            self._shape([(17, 22), (20, 22), (22, 30), (18, 30)], shade_of(who.cloth))
            self._box((9, 29, 22, 30), who.trim)
            return
        trousers = darker(who.cloth, 0.45)
        boots = darker(STEEL, 0.3) if who.outfit == "armour" else LEATHER
        for left, tone in ((12, trousers), (17, darker(trousers, 0.25))):
            self._box((left, 24, left + 2, 28), tone)
            self._box((left - 1, 28, left + 2, 30), boots)

    def _body(self, who: Character) -> None:
        cloth, shade = who.cloth, shade_of(who.cloth)
        wide = 0 if who.is_female else 1
        self._box((11 - wide, 17, 20 + wide, 24), cloth)
        self._box((17, 17, 20 + wide, 24), shade)
        # Arms and hands.
        self._box((8 - wide, 17, 10 - wide, 22), lighter(cloth, 0.12))
        self._box((21 + wide, 17, 23 + wide, 22), darker(shade, 0.15))
        self._box((8 - wide, 22, 10 - wide, 23), who.skin)
        self._box((21 + wide, 22, 23 + wide, 23), shade_of(who.skin))
        if who.outfit == "apron":
            self._box((12, 19, 19, 25), (216, 204, 182))
            self._box((17, 19, 19, 25), (188, 176, 154))
        elif who.outfit == "armour":
            self._box((7 - wide, 16, 10, 18), lighter(cloth, 0.35))
            self._box((21, 16, 24 + wide, 18), cloth)
            self._box((14, 18, 17, 21), who.trim)
        else:
            self._box((15, 17, 16, 24), who.trim)
        self._box((11 - wide, 23, 20 + wide, 23), darker(LEATHER, 0.2))
        self._dots(GOLD, (15, 23), (16, 23))

    def _held(self, who: Character) -> None:
        if who.held == "sword":
            self._box((25, 9, 26, 20), lighter(STEEL, 0.35))
            self._box((26, 9, 26, 20), STEEL)
            self._dots(lighter(STEEL, 0.5), (25, 8))
            self._box((23, 21, 28, 21), GOLD)
            self._box((25, 22, 26, 24), LEATHER)
        elif who.held == "staff":
            self._box((26, 8, 26, 30), WOOD)
            self._box((25, 4, 27, 7), lighter(who.trim, 0.2))
            self._dots(WHITE, (25, 5), (26, 4))
        elif who.held == "axe":
            self._box((25, 10, 25, 26), WOOD)
            self._shape([(26, 10), (29, 8), (29, 16), (26, 14)], STEEL)
            self._box((29, 9, 29, 15), lighter(STEEL, 0.4))
        elif who.held == "bow":
            self._pen.arc((20, 10, 29, 28), -75, 75, fill=WOOD)
            self._box((26, 11, 26, 27), (220, 214, 200))
        elif who.held == "mug":
            self._box((23, 19, 26, 23), WOOD)
            self._box((23, 18, 26, 18), WHITE)
            self._box((27, 20, 27, 22), darker(WOOD, 0.2))

    def _head(self, who: Character) -> None:
        skin, shade = who.skin, shade_of(who.skin)
        self._box((10, 7, 21, 16), skin)
        self._box((20, 8, 21, 16), shade)
        self._box((12, 16, 19, 17), shade)
        if who.ears == "round":
            self._dots(shade, (9, 12), (22, 12), (9, 13), (22, 13))
        else:
            self._shape([(9, 13), (6, 10), (9, 11)], skin)
            self._shape([(22, 13), (25, 10), (22, 11)], shade)
        for left, iris in ((12, 13), (18, 18)):
            self._box((left, 11, left + 1, 13), WHITE)
            self._box((iris, 11, iris, 13), who.iris)
            self._box((iris, 12, iris, 13), BLACK)
        if who.has_eye_patch:
            self._box((17, 11, 20, 13), BLACK)
            self._dots(BLACK, (16, 10), (14, 9), (12, 8), (21, 10))
        self._dots(shade, (15, 14), (16, 14))
        if who.beard == "full":
            self._box((10, 14, 21, 17), who.hair)
            self._box((12, 18, 19, 19), who.hair)
            self._box((18, 15, 21, 18), shade_of(who.hair))
            self._dots(darker(skin, 0.5), (15, 15), (16, 15))
        elif who.beard != "none":
            self._box((13, 15, 18, 15), who.hair)
        else:
            self._box((14, 15, 17, 15), darker(skin, 0.45))
        if who.has_tusks:
            self._dots(WHITE, (13, 14), (18, 14))
        self._front_hair(who)

    def _front_hair(self, who: Character) -> None:
        hair = who.hair
        if who.hairdo == "bald":
            self._box((10, 6, 21, 8), who.skin)
            self._dots(lighter(who.skin, 0.5), (12, 7), (13, 7))
            return
        self._box((9, 5, 22, 8), hair)
        self._box((11, 4, 20, 4), hair)
        self._box((9, 8, 10, 12), hair)
        self._box((21, 8, 22, 12), shade_of(hair))
        self._dots(hair, (11, 9), (12, 9), (13, 9), (17, 9), (18, 9))
        self._box((12, 5, 15, 5), lighter(hair, 0.3))
        if who.hairdo == "spiky":
            self._dots(
                hair, (10, 3), (13, 3), (13, 2), (16, 3), (19, 2), (19, 3), (22, 4)
            )
        elif who.hairdo == "curly":
            self._dots(
                hair, (8, 7), (8, 10), (23, 7), (23, 10), (10, 3), (14, 3), (18, 3)
            )

    def _hat(self, who: Character, palette: Palette) -> None:
        cloth = palette.main
        if who.has_horns:
            self._shape([(9, 5), (6, 2), (7, 6)], (92, 70, 64))
            self._shape([(22, 5), (25, 2), (24, 6)], (70, 54, 54))
        if who.hat == "wizard":
            self._box((6, 6, 25, 7), shade_of(cloth))
            self._shape([(10, 6), (15, 0), (18, 0), (21, 6)], cloth)
            self._box((10, 5, 21, 5), palette.accent)
        elif who.hat == "hood":
            self._box((8, 4, 23, 7), who.cloth)
            self._box((8, 7, 10, 17), who.cloth)
            self._box((21, 7, 23, 17), shade_of(who.cloth))
            self._box((11, 3, 20, 3), who.cloth)
        elif who.hat == "crown":
            self._box((10, 4, 21, 6), GOLD)
            self._dots(
                GOLD, (10, 3), (13, 3), (15, 3), (16, 3), (18, 3), (21, 3), (15, 2)
            )
            self._dots(palette.accent, (13, 5), (18, 5))
        elif who.hat == "helmet":
            self._box((9, 3, 22, 9), STEEL)
            self._box((18, 3, 22, 9), darker(STEEL, 0.2))
            self._box((15, 2, 16, 13), lighter(STEEL, 0.35))
            self._box((9, 9, 22, 9), who.trim)
        elif who.hat == "cap":
            self._box((9, 3, 22, 6), cloth)
            self._box((9, 7, 22, 7), shade_of(cloth))
            self._dots(palette.accent, (21, 2), (22, 1), (22, 2))
        elif who.hat == "pirate":
            self._shape([(5, 7), (15, 1), (26, 7)], BLACK)
            self._box((6, 7, 25, 7), GOLD)
            self._box((15, 4, 16, 5), WHITE)
        elif who.hat == "circlet":
            self._box((10, 8, 21, 8), GOLD)
            self._dots(palette.accent, (15, 8), (16, 8))


def _outlined(image: Picture) -> Picture:
    """Draw a dark line, one pixel wide, around what is not transparent."""
    alpha = image.getchannel("A")
    grown = alpha.filter(ImageFilter.MaxFilter(3))
    outlined = Image.new("RGBA", image.size, (*_OUTLINE, 0))
    outlined.putalpha(grown)
    outlined.paste(image, (0, 0), alpha)
    return outlined
