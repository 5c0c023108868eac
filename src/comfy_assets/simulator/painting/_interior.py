"""Draw the inside of a house: a hall with a fire, a window, barrels and tables."""

# ruff: noqa: SIM905 - plain words read best as a line of them
# ruff: noqa: PLR2004 - places and odds are plain numbers

from __future__ import annotations

import random

from comfy_assets.simulator.painting._canvas import Canvas
from comfy_assets.simulator.painting._colours import (
    GOLD,
    WOOD,
    Colour,
    Palette,
    darker,
    hsv,
    lighter,
    mix,
)
from comfy_assets.simulator.painting._images import Picture

#: Words that mean a room.
INDOOR_WORDS = frozenset(
    "tavern inn interior indoors room hall library dungeon cellar kitchen bar "
    "throne chamber shop smithy crypt".split()
)
_COLD_WORDS = {"dungeon", "crypt", "cellar", "throne"}
_BOOK_WORDS = {"library", "study", "chamber", "shop"}
_FIRE: Colour = (255, 176, 72)
_STONE: Colour = (112, 106, 104)


def paint_interior(
    canvas: Canvas, told: set[str], chance: random.Random, palette: Palette
) -> Picture:
    """Draw a room by words and chance."""
    left, top, right, bottom = canvas.edges
    is_cold = bool(told & _COLD_WORDS)
    wall = (
        mix(_STONE, (70, 78, 96), 0.4)
        if is_cold
        else mix((128, 92, 62), palette.main, 0.15)
    )
    floor = 66.0
    canvas.gradient(darker(wall, 0.55), darker(wall, 0.15), wall)
    if is_cold:
        _stones(canvas, wall, floor)
    else:
        for x in range(int(left) - int(left) % 8, int(right) + 8, 8):
            canvas.line([(x, top), (x, floor)], darker(wall, 0.3), 0.5)
    canvas.shape(
        [(left, floor), (right, floor), (right, bottom), (left, bottom)],
        darker(wall, 0.35),
    )
    for step in range(-12, 13):
        start = (50 + step * 7, floor)
        canvas.line([start, (50 + step * 19, bottom)], darker(wall, 0.55), 0.5)
    canvas.line([(left, floor), (right, floor)], darker(wall, 0.6), 1.6)
    _beams(canvas, floor)
    _window(canvas, chance)
    _shelf(canvas, chance, books=bool(told & _BOOK_WORDS))
    _fireplace(canvas, floor)
    _lamps(canvas)
    _furniture(canvas)
    canvas.glow((24, 60), 52, _FIRE, 0.4)
    return canvas.finish((14, 8, 12), 0.7)


def _stones(canvas: Canvas, wall: Colour, floor: float) -> None:
    left, top, right, _ = canvas.edges
    row, y = 0, floor
    while y > top:
        canvas.line([(left, y), (right, y)], darker(wall, 0.3), 0.4)
        x = left + row % 2 * 5
        while x < right:
            canvas.line([(x, y), (x, y - 6)], darker(wall, 0.3), 0.4)
            x += 10
        y, row = y - 6, row + 1


def _beams(canvas: Canvas, floor: float) -> None:
    left, top, right, _ = canvas.edges
    beam = darker(WOOD, 0.4)
    canvas.box((left, top), (right, 7), darker(beam, 0.2))
    canvas.box((left, 7), (right, 9), beam)
    for x in (3, 45, 97):
        canvas.box((x - 2.2, 7), (x + 2.2, floor), beam)
        canvas.box((x - 2.2, 7), (x - 1.2, floor), lighter(beam, 0.12))
        canvas.shape([(x - 9, 9), (x + 9, 9), (x, 20)], darker(beam, 0.12))


def _window(canvas: Canvas, chance: random.Random) -> None:
    night = chance.random() < 0.6
    glass = (46, 62, 112) if night else (160, 196, 214)
    canvas.box((57, 20), (73, 44), darker(WOOD, 0.45), 7)
    canvas.box((58.2, 21.2), (71.8, 42.8), glass, 6.4)
    canvas.disc((67, 27), 2.4, (238, 236, 214) if night else lighter(glass, 0.6))
    frame = darker(WOOD, 0.3)
    canvas.line([(65, 20), (65, 44)], frame, 1.1)
    canvas.line([(57, 33), (73, 33)], frame, 1.1)
    canvas.box((55.5, 43.5), (74.5, 46), WOOD)


def _shelf(canvas: Canvas, chance: random.Random, *, books: bool) -> None:
    for y in (24, 36, 48):
        canvas.box((78, y), (95, y + 1.6), WOOD)
        canvas.box((78, y + 1.1), (95, y + 1.6), darker(WOOD, 0.4))
        x = 79.0
        while x < 93.5:
            tone = hsv(chance.random(), 0.5, chance.uniform(0.35, 0.65))
            if books:
                wide, high = chance.uniform(1.2, 2.0), chance.uniform(5.5, 8)
                canvas.box((x, y - high), (x + wide, y), tone)
                canvas.line(
                    [(x, y - high * 0.7), (x + wide, y - high * 0.7)], GOLD, 0.3
                )
                x += wide + 0.2
            else:
                high = chance.uniform(4, 6)
                canvas.box((x, y - high), (x + 2, y), tone, 0.8)
                canvas.box(
                    (x + 0.6, y - high - 2), (x + 1.4, y - high + 1), lighter(tone, 0.2)
                )
                canvas.line(
                    [(x + 0.5, y - high + 1), (x + 0.5, y - 1)], lighter(tone, 0.5), 0.3
                )
                x += 2.9


def _fireplace(canvas: Canvas, floor: float) -> None:
    canvas.box((10, 9), (38, floor), darker(_STONE, 0.3))
    canvas.box((12, 9), (36, floor), _STONE)
    for row in range(8):
        y = 14 + row * 6.5
        canvas.line([(12, y), (36, y)], darker(_STONE, 0.3), 0.4)
        for x in range(15 + row % 2 * 3, 36, 7):
            canvas.line([(x, y), (x, y + 6.5)], darker(_STONE, 0.3), 0.4)
    canvas.box((8, 38), (40, 41.5), darker(WOOD, 0.2), 0.6)
    canvas.box((15, 45), (33, floor + 0.5), (26, 18, 18), 5)
    canvas.glow((24, 60), 15, (255, 120, 40), 0.9)
    for flame, colour in (
        (
            [(18, 65), (19, 56), (22, 59), (24, 49), (27, 58), (29, 54), (30, 65)],
            (226, 92, 32),
        ),
        ([(20, 65), (21, 59), (24, 54), (27, 60), (28, 65)], (250, 160, 52)),
        ([(22, 65), (24, 59), (26, 65)], (255, 230, 150)),
    ):
        canvas.blob(flame, colour)
    canvas.line([(18, 65.5), (30, 63.5)], darker(WOOD, 0.4), 2)
    canvas.line([(18, 63.5), (30, 65.5)], darker(WOOD, 0.5), 2)


def _lamps(canvas: Canvas) -> None:
    for x, y in ((50, 21), (76, 17)):
        canvas.line([(x, 8), (x, y - 3)], (40, 34, 36), 0.5)
        canvas.glow((x, y), 15, _FIRE, 0.65)
        canvas.box((x - 1.8, y - 3), (x + 1.8, y + 3), (58, 46, 40), 0.8)
        canvas.box((x - 1.2, y - 2.2), (x + 1.2, y + 2.2), (255, 224, 150), 0.5)


def _furniture(canvas: Canvas) -> None:
    for x, y, size in ((88, 76, 1.0), (97, 80, 1.1)):
        canvas.ellipse((x, y + 9 * size), 7.5 * size, 2.2, (24, 16, 18))
        canvas.blob(
            [
                (x - 5 * size, y - 8 * size),
                (x + 5 * size, y - 8 * size),
                (x + 7 * size, y),
                (x + 5 * size, y + 9 * size),
                (x - 5 * size, y + 9 * size),
                (x - 7 * size, y),
            ],
            WOOD,
        )
        for hoop in (-4.5, 5):
            canvas.line(
                [
                    (x - 6.4 * size, y + hoop),
                    (x, y + hoop + 1.2),
                    (x + 6.4 * size, y + hoop),
                ],
                (70, 66, 70),
                1,
            )
        canvas.ellipse((x, y - 8 * size), 5.2 * size, 1.7 * size, darker(WOOD, 0.35))
    for x, y in ((34, 84), (62, 79)):
        canvas.ellipse((x, y + 13), 15, 2.4, (24, 16, 18))
        for leg in (-9, 9):
            canvas.line(
                [(x + leg, y), (x + leg * 1.15, y + 13)], darker(WOOD, 0.45), 1.8
            )
        canvas.ellipse((x, y + 1.4), 16, 4.6, darker(WOOD, 0.45))
        canvas.ellipse((x, y), 16, 4.4, lighter(WOOD, 0.08))
        canvas.ellipse((x - 1, y - 0.5), 12, 2.6, lighter(WOOD, 0.18))
        canvas.box((x - 8, y - 6), (x - 4, y), (186, 164, 122), 0.6)
        canvas.ellipse((x - 6, y - 6), 2.2, 0.9, (250, 246, 232))
        canvas.box((x + 5, y - 5), (x + 6.4, y - 0.6), (238, 230, 206))
        canvas.glow((x + 5.7, y - 6.5), 6, _FIRE, 0.8)
        canvas.ellipse((x + 5.7, y - 6.4), 0.5, 1.3, (255, 236, 170))
