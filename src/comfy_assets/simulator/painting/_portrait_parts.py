"""Hair, beards, horns and hats of portraits."""

from __future__ import annotations

from comfy_assets.simulator.painting._canvas import Canvas, Point
from comfy_assets.simulator.painting._character import Character, shade_of
from comfy_assets.simulator.painting._colours import (
    BLACK,
    GOLD,
    STEEL,
    Palette,
    darker,
    lighter,
)


def draw_rear_hair(canvas: Canvas, who: Character) -> None:
    """Draw what of the hair is behind head and shoulders."""
    tone = shade_of(who.hair)
    if who.hairdo == "long":
        canvas.blob(
            [
                (50, 18),
                (66, 25),
                (70, 48),
                (73, 76),
                (62, 84),
                (50, 78),
                (38, 84),
                (27, 76),
                (30, 48),
                (34, 25),
            ],
            tone,
        )
    elif who.hairdo == "curly":
        for x, y, radius in (
            (33, 34, 9),
            (31, 46, 9),
            (33, 57, 8),
            (67, 34, 9),
            (69, 46, 9),
            (67, 57, 8),
            (42, 24, 9),
            (58, 24, 9),
        ):
            canvas.disc((x, y), radius, tone)
    elif who.hairdo == "bun":
        canvas.disc((50, 17), 8, tone)
        canvas.disc((48, 15.5), 5, who.hair)


def draw_front_hair(canvas: Canvas, who: Character) -> None:
    """Draw what of the hair falls over the brow."""
    hair, light = who.hair, lighter(who.hair, 0.22)
    if who.hairdo == "bald":
        canvas.glow((45, 27), 5, lighter(who.skin, 0.6), 0.7, flat=0.6)
        return
    if who.hairdo == "spiky":
        spikes: list[Point] = [
            (34, 42),
            (33, 26),
            (38, 29),
            (39, 18),
            (46, 24),
            (52, 14),
            (55, 24),
            (63, 18),
            (62, 29),
            (68, 27),
            (66, 42),
            (61, 33),
            (50, 31),
            (39, 33),
        ]
        canvas.shape(spikes, hair)
        canvas.line([(41, 29), (43, 23)], light, 1.2)
    elif who.hairdo == "curly":
        for x, y, radius in (
            (37, 31, 6.5),
            (43, 26, 7),
            (50, 24, 7),
            (57, 26, 7),
            (63, 31, 6.5),
        ):
            canvas.disc((x, y), radius, hair)
            canvas.arc((x, y), (radius * 0.6, radius * 0.6), (180, 280), light, 1)
    else:
        fringe: list[Point] = [
            (33.5, 46),
            (33, 30),
            (40, 20.5),
            (50, 18.5),
            (60, 20.5),
            (67, 30),
            (66.5, 46),
            (63, 35),
            (56, 29),
            (46, 32),
            (38, 35),
        ]
        canvas.blob(fringe, hair)
        canvas.line([(41, 24), (50, 21.5), (57, 23)], light, 1.4)
        if who.hairdo == "long":
            for side in (-1, 1):
                lock = [
                    (50 + side * 16, 32),
                    (50 + side * 19, 50),
                    (50 + side * 17, 74),
                    (50 + side * 21, 76),
                    (50 + side * 22, 50),
                    (50 + side * 18, 28),
                ]
                canvas.blob(lock, hair if side < 0 else shade_of(hair))


def draw_beard(canvas: Canvas, who: Character) -> None:
    """Draw a beard or a moustache; the mouth comes over it."""
    hair, light = who.hair, lighter(who.hair, 0.15)
    if who.beard == "full":
        canvas.blob(
            [
                (35.5, 46),
                (38, 53),
                (44, 53.5),
                (50, 52.5),
                (56, 53.5),
                (62, 53),
                (64.5, 46),
                (65, 60),
                (58, 72),
                (50, 77),
                (42, 72),
                (35, 60),
            ],
            hair,
        )
        canvas.blob(
            [(64, 48), (65, 60), (58, 72), (50, 77), (55, 70), (60, 60)], shade_of(hair)
        )
        for x in (41, 45, 49, 53):
            canvas.line([(x, 61), (x + 2, 69)], light, 0.8)
    elif who.beard == "short":
        canvas.blob(
            [
                (36, 48),
                (39, 55),
                (45, 54),
                (50, 53),
                (55, 54),
                (61, 55),
                (64, 48),
                (62, 58),
                (55, 65),
                (50, 66),
                (45, 65),
                (38, 58),
            ],
            hair,
        )
    if who.beard in {"full", "moustache", "short"}:
        for side in (-1, 1):
            canvas.blob(
                [
                    (50, 53),
                    (50 + side * 5, 53.2),
                    (50 + side * 9, 57),
                    (50 + side * 4, 55.8),
                ],
                light,
            )


def draw_horns(canvas: Canvas) -> None:
    """Draw two horns."""
    for side in (-1, 1):
        x = 50 + side * 10
        canvas.blob(
            [
                (x - 3, 25),
                (x + side * 5, 12),
                (x + side * 12, 6),
                (x + side * 8, 15),
                (x + 3, 26),
            ],
            (86, 66, 62) if side < 0 else (66, 50, 52),
        )


def draw_hat(canvas: Canvas, who: Character, palette: Palette) -> None:
    """Draw what is worn on the head."""
    cloth, shade = palette.main, shade_of(palette.main)
    if who.hat == "wizard":
        canvas.shape([(33, 27), (49, 3), (57, 7), (67, 27)], cloth)
        canvas.shape([(54, 27), (51, 4), (57, 7), (67, 27)], shade)
        canvas.ellipse((50, 28), 28, 5, shade)
        canvas.ellipse((50, 26.8), 28, 4.4, cloth)
        canvas.shape([(33.5, 26), (35, 21), (65, 21), (66.5, 26)], palette.accent)
        canvas.shape([(47, 21.5), (50, 18), (53, 21.5), (50, 26)], GOLD)
    elif who.hat == "hood":
        canvas.blob(
            [
                (28, 60),
                (26, 36),
                (36, 16),
                (50, 11),
                (64, 16),
                (74, 36),
                (72, 60),
                (67, 42),
                (61, 27),
                (50, 22.5),
                (39, 27),
                (33, 42),
            ],
            who.cloth,
        )
        canvas.line(
            [(33, 44), (39, 28), (50, 23), (61, 28), (67, 44)], shade_of(who.cloth), 1.2
        )
    elif who.hat == "crown":
        canvas.shape(
            [
                (35, 27),
                (33.5, 13),
                (41, 20),
                (45, 10),
                (50, 18),
                (55, 10),
                (59, 20),
                (66.5, 13),
                (65, 27),
            ],
            GOLD,
        )
        canvas.shape([(35, 27), (35, 23.5), (65, 23.5), (65, 27)], darker(GOLD, 0.25))
        for x in (40, 50, 60):
            canvas.disc((x, 25.2), 1.4, palette.accent)
    elif who.hat == "helmet":
        canvas.blob(
            [
                (33, 38),
                (33, 24),
                (42, 13),
                (58, 13),
                (67, 24),
                (67, 38),
                (60, 31),
                (50, 30),
                (40, 31),
            ],
            STEEL,
        )
        canvas.blob(
            [(54, 13), (62, 17), (67, 25), (67, 38), (61, 31), (57, 30)],
            darker(STEEL, 0.25),
        )
        canvas.shape(
            [(48.4, 12), (51.6, 12), (51.2, 44), (48.8, 44)], lighter(STEEL, 0.3)
        )
        canvas.line([(34, 31), (50, 29.5), (66, 31)], who.trim, 1.4)
    elif who.hat == "cap":
        canvas.blob(
            [(32, 29), (32, 19), (42, 12), (60, 12), (69, 19), (68, 29), (50, 25)],
            cloth,
        )
        canvas.line([(33, 27.5), (50, 24.5), (67, 27.5)], shade, 2.4)
        canvas.line([(62, 22), (72, 8)], palette.accent, 1.4)
    elif who.hat == "pirate":
        canvas.blob(
            [
                (22, 28),
                (34, 16),
                (50, 8),
                (66, 16),
                (78, 28),
                (62, 25),
                (50, 26),
                (38, 25),
            ],
            BLACK,
        )
        canvas.line(
            [(25, 26.5), (38, 23.6), (50, 24.6), (62, 23.6), (75, 26.5)], GOLD, 1.0
        )
        canvas.disc((50, 17), 2.6, (232, 228, 220))
    elif who.hat == "circlet":
        canvas.line(
            [(34.5, 33), (42, 29.5), (50, 31.5), (58, 29.5), (65.5, 33)], GOLD, 1.2
        )
        canvas.shape([(48.4, 31.5), (50, 29), (51.6, 31.5), (50, 35)], palette.accent)
