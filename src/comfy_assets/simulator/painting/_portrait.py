"""Draw a portrait: head and shoulders before a glowing ground, in a frame.

Who is drawn is decided in `_character`; hats and beards are in `_portrait_parts`.
"""

from __future__ import annotations

import random

from comfy_assets.simulator.painting._canvas import Canvas, Point
from comfy_assets.simulator.painting._character import (
    Character,
    read_character,
    shade_of,
)
from comfy_assets.simulator.painting._colours import (
    BLACK,
    GOLD,
    WHITE,
    Colour,
    Palette,
    darker,
    lighter,
    mix,
)
from comfy_assets.simulator.painting._images import Picture
from comfy_assets.simulator.painting._portrait_parts import (
    draw_beard,
    draw_front_hair,
    draw_hat,
    draw_horns,
    draw_rear_hair,
)

_WARM_PLACES = {"tavern", "inn", "bartender", "innkeeper", "fire", "candle", "market"}


def paint_portrait(
    canvas: Canvas, words: list[str], chance: random.Random, palette: Palette
) -> Picture:
    """Draw a portrait by words and chance."""
    who = read_character(words, chance, palette)
    _ground(canvas, set(words), chance, palette)
    draw_rear_hair(canvas, who)
    _clothes(canvas, who)
    _head(canvas, who)
    _face(canvas, who, chance)
    if who.beard != "none":
        draw_beard(canvas, who)
    _mouth(canvas, who, chance)
    draw_front_hair(canvas, who)
    if who.has_horns:
        draw_horns(canvas)
    draw_hat(canvas, who, palette)
    frame = palette.accent if palette.is_reference else GOLD
    canvas.frame(frame, darker(palette.deep, 0.4))
    return canvas.finish(darker(palette.deep, 0.5), 0.4)


def _ground(
    canvas: Canvas, told: set[str], chance: random.Random, palette: Palette
) -> None:
    canvas.gradient(palette.deep, palette.mid, darker(palette.mid, 0.35))
    canvas.glow((50, 42), 62, palette.light, 0.75)
    left, top, right, _ = canvas.edges
    warm = (250, 190, 96) if told & _WARM_PLACES else lighter(palette.light, 0.5)
    for _ in range(9):
        spot = (chance.uniform(left, right), chance.uniform(top, 70))
        canvas.glow(spot, chance.uniform(2, 7), warm, chance.uniform(0.15, 0.4))


def _clothes(canvas: Canvas, who: Character) -> None:
    cloth, shade = who.cloth, shade_of(who.cloth)
    wide = 31 if who.is_female else 37
    if who.hat == "hood":
        canvas.blob([(22, 70), (28, 26), (50, 13), (72, 26), (78, 70)], shade)
    # Neck first: collars lie over it.
    canvas.shape([(43, 50), (57, 50), (59, 72), (41, 72)], shade_of(who.skin))
    shoulders: list[Point] = [
        (50 - wide, 104),
        (50 - wide, 86),
        (50 - wide * 0.72, 73),
        (41, 66),
        (50, 72),
        (59, 66),
        (50 + wide * 0.72, 73),
        (50 + wide, 86),
        (50 + wide, 104),
    ]
    canvas.blob(shoulders, cloth)
    canvas.shape([(50, 72), (62, 69), (50 + wide, 84), (84, 104), (54, 104)], shade)
    if who.outfit == "armour":
        _armour(canvas, who, wide)
    elif who.outfit == "robe":
        canvas.shape([(41, 67), (46, 66), (53, 104), (43, 104)], who.trim)
        canvas.shape([(59, 67), (54, 66), (53, 104), (60, 104)], shade_of(who.trim))
    elif who.outfit == "apron":
        canvas.shape([(40, 80), (60, 80), (66, 104), (34, 104)], (214, 202, 178))
        canvas.line([(40, 81), (35, 68)], (196, 182, 156), 2.2)
        canvas.line([(60, 81), (65, 68)], (176, 162, 136), 2.2)
    else:
        canvas.shape([(42, 66), (58, 66), (50, 84)], shade_of(who.skin))
        canvas.shape([(40, 65), (45, 66), (51, 85), (47, 88)], who.trim)
        canvas.shape([(60, 65), (55, 66), (49, 85), (53, 88)], shade_of(who.trim))


def _armour(canvas: Canvas, who: Character, wide: float) -> None:
    steel = who.cloth
    canvas.blob([(40, 68), (50, 66), (60, 68), (62, 76), (38, 76)], lighter(steel, 0.2))
    for side in (-1, 1):
        x = 50 + side * wide * 0.82
        tone = lighter(steel, 0.25) if side < 0 else darker(steel, 0.15)
        for step in range(3):
            place = (x + side * step * 1.5, 80 + step * 5)
            canvas.ellipse(place, 12 - step, 8, darker(steel, 0.45))
            canvas.ellipse((place[0], place[1] - 1), 11 - step, 7, tone)
        canvas.disc((x, 79), 1.6, who.trim)
    canvas.line([(50, 76), (50, 104)], darker(steel, 0.4), 1.2)
    canvas.shape([(50, 82), (55, 88), (50, 96), (45, 88)], who.trim)


def _head(canvas: Canvas, who: Character) -> None:
    skin, shade = who.skin, shade_of(who.skin)
    for side in (-1, 1):
        tone = skin if side < 0 else shade
        if who.ears == "round":
            canvas.ellipse((50 + side * 15.5, 44), 3, 4.6, tone)
        else:
            tip = (50 + side * 27, 32 if who.ears == "pointed" else 40)
            canvas.blob([(50 + side * 13, 40), tip, (50 + side * 14, 50)], tone)
    jaw = 8.5 if who.is_female else 11
    chin = 62 if who.is_female else 63.5
    outline: list[Point] = [
        (50, 23),
        (62.5, 28),
        (65.3, 41),
        (62.5, 53),
        (50 + jaw * 0.55, chin - 1),
        (50, chin),
        (50 - jaw * 0.55, chin - 1),
        (37.5, 53),
        (34.7, 41),
        (37.5, 28),
    ]
    canvas.blob(outline, skin)
    # Light falls from the left: the right side of a face is turned away.
    turned = [(58, 25), (63, 30), (65, 41), (62, 53), (55, chin - 1.5), (59, 44)]
    canvas.blob([*turned], mix(skin, shade, 0.55))
    canvas.glow((42, 49), 6, mix(skin, (226, 96, 84), 0.5), 0.5, flat=0.7)
    canvas.glow((59, 49), 6, mix(skin, (206, 76, 74), 0.5), 0.4, flat=0.7)


def _face(canvas: Canvas, who: Character, chance: random.Random) -> None:
    shade = shade_of(who.skin)
    gaze = chance.uniform(-0.7, 0.7)
    tilt = chance.uniform(-1.0, 1.2)
    brow = darker(who.hair, 0.3)
    for side in (-1, 1):
        x = 50 + side * 6.8
        if side > 0 and who.has_eye_patch:
            canvas.line([(36, 34), (64, 47)], BLACK, 1.2)
            canvas.blob([(52, 40), (62, 40), (61, 48), (54, 48)], BLACK)
            continue
        canvas.ellipse((x, 43), 4.4, 3.0, darker(shade, 0.2))
        canvas.ellipse((x, 43.4), 4.0, 2.5, WHITE)
        canvas.disc((x + gaze, 43.3), 2.3, darker(who.iris, 0.3))
        canvas.disc((x + gaze, 43.6), 1.8, who.iris)
        canvas.disc((x + gaze, 43.3), 1.0, BLACK)
        canvas.disc((x + gaze - 0.8, 42.4), 0.7, WHITE)
        lid = [(x - 4.4, 43.2), (x - 1.5, 40.6), (x + 2, 40.7), (x + 4.4, 43.0)]
        canvas.line(lid, darker(who.skin, 0.7), 1.0 if who.is_female else 0.8)
        height = 1.1 if who.is_female else 1.7
        canvas.blob(
            [
                (x - 4.5 * side, 38.6 - tilt),
                (x, 36.2),
                (x + 5 * side, 37.6 + tilt),
                (x, 36.2 + height),
            ],
            brow,
        )
    canvas.blob([(50.5, 44), (52.6, 51), (50.5, 52.6), (47.6, 51.6)], shade)
    canvas.blob(
        [(49.6, 42), (51.2, 50.5), (49.8, 51.6), (48, 50.8)], lighter(who.skin, 0.1)
    )
    if who.has_scar:
        canvas.line([(39, 36), (42, 50)], mix(who.skin, (190, 70, 70), 0.6), 0.8)
    if who.has_glasses:
        _glasses(canvas)


def _glasses(canvas: Canvas) -> None:
    for x in (43.0, 57.0):
        canvas.ring((x, 43.5), 5.6, 5.0, (72, 58, 48), 0.8)
    canvas.line([(48.5, 43), (51.5, 43)], (72, 58, 48), 0.8)


def _mouth(canvas: Canvas, who: Character, chance: random.Random) -> None:
    smile = chance.uniform(-0.6, 1.6)
    lip: Colour = mix(who.skin, (178, 58, 66), 0.55 if who.is_female else 0.3)
    line = darker(lip, 0.45)
    thick = 2.0 if who.is_female else 1.3
    canvas.blob(
        [
            (44.8, 56.5 - smile),
            (48, 55.6),
            (50, 56.1),
            (52, 55.6),
            (55.2, 56.5 - smile),
            (50, 57.2 + thick),
        ],
        lip,
    )
    canvas.line([(44.6, 56.4 - smile), (50, 57.0), (55.4, 56.4 - smile)], line, 0.7)
    if who.has_tusks:
        for side in (-1, 1):
            x = 50 + side * 5
            canvas.shape([(x - 1.2, 57), (x + 1.2, 57), (x + side * 0.6, 52)], WHITE)
