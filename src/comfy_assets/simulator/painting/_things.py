"""The things an item can be, each on a stage of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from comfy_assets.simulator.painting._canvas import Canvas
from comfy_assets.simulator.painting._colours import (
    GOLD,
    LEATHER,
    STEEL,
    WHITE,
    WOOD,
    Palette,
    darker,
    lighter,
    mix,
)


def _sword(canvas: Canvas, palette: Palette) -> None:
    blade, edge = STEEL, lighter(STEEL, 0.5)
    canvas.shape([(46, 62), (46, 16), (50, 8), (50, 62)], edge)
    canvas.shape([(50, 62), (50, 8), (54, 16), (54, 62)], blade)
    canvas.line([(50, 14), (50, 60)], darker(STEEL, 0.3), 0.8)
    canvas.blob([(32, 62), (50, 60), (68, 62), (70, 66), (50, 66), (30, 66)], GOLD)
    canvas.blob([(50, 60), (68, 62), (70, 66), (50, 66)], darker(GOLD, 0.25))
    canvas.box((47, 66), (53, 83), LEATHER, 1)
    for y in (69, 73, 77, 81):
        canvas.line([(47, y), (53, y - 2)], darker(LEATHER, 0.4), 0.9)
    canvas.disc((50, 86), 4.5, GOLD)
    canvas.disc((50, 86), 2.6, palette.accent)
    canvas.disc((49.2, 85.2), 0.9, WHITE)


def _axe(canvas: Canvas, palette: Palette) -> None:
    canvas.line([(50, 14), (50, 88)], darker(WOOD, 0.35), 5.2)
    canvas.line([(49.4, 14), (49.4, 88)], WOOD, 3.4)
    for side in (-1, 1):
        tone = lighter(STEEL, 0.2) if side < 0 else darker(STEEL, 0.1)
        canvas.blob(
            [
                (50 + side * 3, 22),
                (50 + side * 14, 17),
                (50 + side * 25, 12),
                (50 + side * 29, 31),
                (50 + side * 25, 50),
                (50 + side * 14, 43),
                (50 + side * 3, 38),
            ],
            tone,
        )
        canvas.line(
            [(50 + side * 25.4, 14), (50 + side * 28.6, 31), (50 + side * 25.4, 48)],
            lighter(STEEL, 0.6),
            1.4,
        )
    canvas.box((45.5, 24), (54.5, 36), GOLD, 1.5)
    canvas.shape([(50, 25.5), (53, 30), (50, 34.5), (47, 30)], palette.accent)
    canvas.box((46, 76), (54, 84), LEATHER, 1)


def _potion(canvas: Canvas, palette: Palette) -> None:
    glass = (206, 224, 232)
    fluid = palette.main
    canvas.blob(
        [
            (44, 30),
            (56, 30),
            (57, 42),
            (70, 58),
            (69, 76),
            (58, 86),
            (42, 86),
            (31, 76),
            (30, 58),
            (43, 42),
        ],
        mix(glass, palette.mid, 0.45),
    )
    canvas.blob(
        [(34, 58), (50, 61), (66, 58), (66.5, 74), (57, 83.5), (43, 83.5), (33.5, 74)],
        fluid,
    )
    canvas.blob(
        [(52, 61), (66, 58.5), (66.5, 74), (57, 83), (56, 72)], darker(fluid, 0.3)
    )
    canvas.ellipse((50, 59.5), 16, 2.6, lighter(fluid, 0.35))
    for x, y, radius in ((42, 70, 1.8), (47, 77, 1.2), (54, 68, 1.4), (45, 64, 1.0)):
        canvas.disc((x, y), radius, lighter(fluid, 0.5))
    canvas.glow((40, 64), 9, WHITE, 0.6, flat=1.5)
    canvas.box((42, 26), (58, 32), glass, 2)
    canvas.box((44.5, 16), (55.5, 27), WOOD, 1.5)
    canvas.box((51, 16), (55.5, 27), darker(WOOD, 0.3), 1.5)
    canvas.line([(43, 40), (57, 40)], GOLD, 1.4)


def _ring(canvas: Canvas, palette: Palette) -> None:
    canvas.ring((50, 60), 26, 25, darker(GOLD, 0.35), 7)
    canvas.ring((49.2, 59.2), 25, 24, GOLD, 5)
    canvas.arc((49.2, 59.2), (23.6, 22.6), (150, 250), lighter(GOLD, 0.7), 1.6)
    gem, light = palette.accent, lighter(palette.accent, 0.55)
    canvas.shape([(37, 27), (43, 19), (57, 19), (63, 27), (50, 43)], gem)
    canvas.shape([(37, 27), (43, 19), (45, 27)], lighter(gem, 0.25))
    canvas.shape([(45, 27), (43, 19), (57, 19), (55, 27)], light)
    canvas.shape([(55, 27), (63, 27), (50, 43)], darker(gem, 0.35))
    for x in (39, 61):
        canvas.line([(x, 38), (x + (50 - x) * 0.25, 29)], GOLD, 2)


def _book(canvas: Canvas, palette: Palette) -> None:
    cover = palette.main
    canvas.shape(
        [(26, 22), (68, 18), (76, 24), (76, 80), (34, 86), (26, 80)],
        darker(cover, 0.45),
    )
    canvas.shape([(32, 82), (74, 77), (74, 80), (34, 85)], (232, 222, 198))
    canvas.shape([(70, 22), (74, 25), (74, 79), (70, 76)], (214, 202, 174))
    canvas.shape([(26, 22), (69, 18), (69, 76), (27, 81)], cover)
    canvas.shape([(26, 22), (33, 21.4), (34, 80.4), (27, 81)], darker(cover, 0.3))
    for corner in (((69, 18), (60, 19), (69, 27)), ((69, 76), (60, 77), (69, 67))):
        canvas.shape(corner, GOLD)
    canvas.line([(37, 25), (65, 22.5), (65, 72), (37.5, 75.5), (37, 25)], GOLD, 0.9)
    canvas.shape([(51, 38), (59, 48), (51.5, 60), (43.5, 49)], GOLD)
    canvas.shape([(51, 42), (56, 48.3), (51.4, 56), (46.4, 49)], palette.accent)
    canvas.box((66, 44), (76, 52), darker(GOLD, 0.2), 1)


def _shield(canvas: Canvas, palette: Palette) -> None:
    canvas.blob(
        [
            (22, 18),
            (50, 13),
            (78, 18),
            (77, 50),
            (66, 74),
            (50, 90),
            (34, 74),
            (23, 50),
        ],
        darker(STEEL, 0.3),
    )
    canvas.blob(
        [
            (25, 20),
            (50, 15.5),
            (75, 20),
            (74, 49),
            (64, 72),
            (50, 86),
            (36, 72),
            (26, 49),
        ],
        STEEL,
    )
    canvas.blob([(29, 24), (50, 20), (50, 81), (39, 69), (30, 48)], palette.main)
    canvas.blob(
        [(50, 20), (71, 24), (70, 48), (61, 69), (50, 81)], darker(palette.main, 0.3)
    )
    canvas.shape([(47, 21), (53, 21), (53, 80), (50, 83), (47, 80)], palette.accent)
    canvas.shape([(30, 40), (70, 40), (69.6, 47), (30.4, 47)], palette.accent)
    canvas.disc((50, 43.5), 8, darker(GOLD, 0.3))
    canvas.disc((49.6, 43), 7, GOLD)
    canvas.disc((47.6, 41), 2, lighter(GOLD, 0.7))


def _staff(canvas: Canvas, palette: Palette) -> None:
    canvas.line([(40, 92), (54, 34)], darker(WOOD, 0.35), 4.4)
    canvas.line([(39.6, 92), (53.4, 34)], WOOD, 2.6)
    canvas.blob([(50, 36), (44, 24), (48, 12), (52, 14), (49, 24), (56, 34)], WOOD)
    canvas.blob(
        [(56, 36), (68, 28), (68, 14), (63, 14), (62, 25), (53, 33)], darker(WOOD, 0.2)
    )
    canvas.glow((57, 20), 18, palette.accent, 0.9)
    canvas.disc((57, 20), 7, palette.accent)
    canvas.disc((55, 18), 2.4, lighter(palette.accent, 0.8))
    for y in (52, 56, 60):
        x = 54 - (y - 34) * 0.241
        canvas.line([(x - 2.4, y), (x + 2.4, y + 1)], GOLD, 1.2)


def _gem(canvas: Canvas, palette: Palette) -> None:
    gem = palette.main
    canvas.glow((50, 50), 40, lighter(gem, 0.4), 0.7)
    top, girdle, tip = 26.0, 42.0, 82.0
    canvas.shape([(24, girdle), (36, top), (64, top), (76, girdle), (50, tip)], gem)
    canvas.shape([(24, girdle), (36, top), (40, girdle)], lighter(gem, 0.25))
    canvas.shape([(36, top), (50, top), (40, girdle)], lighter(gem, 0.6))
    canvas.shape([(50, top), (60, girdle), (40, girdle)], lighter(gem, 0.4))
    canvas.shape([(50, top), (64, top), (60, girdle)], lighter(gem, 0.2))
    canvas.shape([(64, top), (76, girdle), (60, girdle)], darker(gem, 0.15))
    canvas.shape([(24, girdle), (40, girdle), (50, tip)], lighter(gem, 0.1))
    canvas.shape([(60, girdle), (76, girdle), (50, tip)], darker(gem, 0.4))


def _key(canvas: Canvas, palette: Palette) -> None:
    shade = darker(GOLD, 0.35)
    for shift, tone in ((0.9, shade), (0.0, GOLD)):
        canvas.ring((50 + shift, 28 + shift), 14, 14, tone, 4.5)
        canvas.box((47.5 + shift, 42 + shift), (52.5 + shift, 86 + shift), tone, 1.5)
        canvas.box((52 + shift, 70 + shift), (63 + shift, 75 + shift), tone, 1)
        canvas.box((52 + shift, 79 + shift), (60 + shift, 84 + shift), tone, 1)
    canvas.arc((50, 28), (12.6, 12.6), (160, 260), lighter(GOLD, 0.7), 1.4)
    canvas.disc((50, 43), 4, palette.accent)
    canvas.disc((49, 42), 1.2, WHITE)


def _scroll(canvas: Canvas, palette: Palette) -> None:
    paper = (232, 216, 178)
    canvas.shape([(30, 26), (70, 22), (72, 74), (32, 80)], paper)
    canvas.shape([(62, 22.8), (70, 22), (72, 74), (65, 75)], darker(paper, 0.15))
    for row, end in enumerate((62, 62, 52, 62, 62, 52, 62)):
        y = 36 + row * 5
        canvas.line([(37, y), (end, y - 2)], darker(paper, 0.5), 0.9)
    for y, lean in ((24, -2), (78, -3)):
        canvas.line([(26, y + 2), (75, y + lean)], darker(paper, 0.35), 7)
        canvas.line([(26, y + 1.2), (75, y + lean - 0.8)], lighter(paper, 0.2), 4.6)
        for x, shift in ((26, 2), (75, lean)):
            canvas.ellipse((x, y + shift), 2.2, 3.6, darker(paper, 0.45))
    canvas.disc((60, 70), 6, darker(palette.main, 0.15))
    canvas.disc((59.4, 69.4), 4.2, palette.main)


def _crown(canvas: Canvas, palette: Palette) -> None:
    canvas.ellipse((50, 66), 30, 8, darker(GOLD, 0.5))
    canvas.shape(
        [
            (20, 68),
            (16, 32),
            (32, 48),
            (38, 24),
            (50, 44),
            (62, 24),
            (68, 48),
            (84, 32),
            (80, 68),
        ],
        GOLD,
    )
    canvas.shape(
        [(50, 44), (62, 24), (68, 48), (84, 32), (80, 68), (56, 68)], darker(GOLD, 0.18)
    )
    canvas.blob(
        [(20, 62), (50, 70), (80, 62), (80, 74), (50, 82), (20, 74)], darker(GOLD, 0.3)
    )
    canvas.blob(
        [(20, 62), (50, 70), (80, 62), (80, 71), (50, 79), (20, 71)],
        lighter(GOLD, 0.15),
    )
    for x, y in ((16.0, 31.0), (38.0, 23.0), (62.0, 23.0), (84.0, 31.0)):
        canvas.disc((x, y), 3, palette.accent)
        canvas.disc((x - 0.8, y - 0.8), 0.9, WHITE)
    for x, y in ((32, 70.5), (50, 74.5), (68, 70.5)):
        canvas.disc((x, y), 3.2, palette.main)
        canvas.disc((x - 0.8, y - 1), 1, lighter(palette.main, 0.8))


#: Draws each thing.
THINGS: Mapping[str, Callable[[Canvas, Palette], None]] = {
    "sword": _sword,
    "axe": _axe,
    "potion": _potion,
    "ring": _ring,
    "book": _book,
    "shield": _shield,
    "staff": _staff,
    "gem": _gem,
    "key": _key,
    "scroll": _scroll,
    "crown": _crown,
}
