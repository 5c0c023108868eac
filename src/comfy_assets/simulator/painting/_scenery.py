"""What stands in a landscape: trees, houses, towers, water, a road."""

# ruff: noqa: SIM905 - plain words read best as a line of them
# ruff: noqa: PLR2004 - places and odds are plain numbers

from __future__ import annotations

import math
import random

from comfy_assets.simulator.painting._buildings import Builder
from comfy_assets.simulator.painting._canvas import Canvas
from comfy_assets.simulator.painting._colours import (
    WHITE,
    Colour,
    darker,
    lighter,
    mix,
)

_WATER_WORDS = set(
    "lake river sea ocean coast harbour harbor lighthouse island".split()
)
_VILLAGE_WORDS = set("village town city farm hamlet street market settlement".split())
_CASTLE_WORDS = set(
    "castle keep fortress tower citadel kingdom lighthouse ruins".split()
)
_BARE_WORDS = set("desert dunes wasteland volcano sea ocean".split())


def draw_scenery(
    canvas: Canvas,
    told: set[str],
    chance: random.Random,
    *,
    near: Colour,
    far: Colour,
    sky: Colour,
    horizon: float,
    is_night: bool,
    tint: tuple[Colour, float],
) -> None:
    """Furnish a landscape from far to near.

    Args:
        canvas: With sky and hills on it.
        told: The words of the prompt.
        chance: Decides what the words leave open.
        near: Colour of the ground in front.
        far: Colour of the hills.
        sky: Colour of the sky at the horizon, which water mirrors.
        horizon: Where the hills begin, in units from the top.
        is_night: Whether windows are lit.
        tint: What colours things in this light, and how much.
    """
    left, _, right, bottom = canvas.edges
    scene = Builder(canvas, is_night=is_night, tint=tint)
    meant = _WATER_WORDS | _VILLAGE_WORDS | _CASTLE_WORDS | _BARE_WORDS
    free = not told & (meant | {"forest"})
    if told & _CASTLE_WORDS or (free and chance.random() < 0.35):
        scene.castle(chance.uniform(24, 76), horizon + 5, chance.uniform(0.8, 1.1))
    has_water = bool(told & _WATER_WORDS) or (free and chance.random() < 0.35)
    if has_water:
        _water(canvas, chance, horizon + 9, mix(sky, (48, 88, 128), 0.55))
    if not told & _BARE_WORDS:
        for _ in range(16):
            x = chance.uniform(left, right)
            tone = mix(darker(far, 0.35), sky, 0.12)
            scene.pine(x, horizon + chance.uniform(4, 8), chance.uniform(3, 6), tone)
    if told & _VILLAGE_WORDS or (free and chance.random() < 0.5):
        # Houses keep to the far shore.
        low, high = (6, 9) if has_water else (11, 21)
        places = sorted(chance.uniform(horizon + low, horizon + high) for _ in range(5))
        for base in places:
            scene.house(
                chance.uniform(12, 88), base, 0.5 + (base - horizon) / 24, chance
            )
    _foreground(canvas, chance, horizon + 24, near)
    if told & {"road", "path", "street", "village", "trail"} or chance.random() < 0.5:
        _road(canvas, horizon + 25, mix(near, (206, 178, 132), 0.55))
    if not told & _BARE_WORDS:
        _grove(scene, told, chance, near)
    for _ in range(60):
        x, y = chance.uniform(left, right), chance.uniform(horizon + 30, bottom)
        canvas.line(
            [(x, y), (x + chance.uniform(-1, 1), y - 2)], lighter(near, 0.16), 0.4
        )


def _water(canvas: Canvas, chance: random.Random, top: float, colour: Colour) -> None:
    left, _, right, bottom = canvas.edges
    canvas.shape(
        [(left, top + 1), (right, top), (right, bottom), (left, bottom)], colour
    )
    for _ in range(46):
        y = top + (bottom - top) * chance.random() ** 1.6 + 1
        x, half = chance.uniform(left, right), chance.uniform(1, 6)
        canvas.line(
            [(x - half, y), (x + half, y)],
            mix(colour, WHITE, chance.uniform(0.12, 0.4)),
            0.35,
        )


def _foreground(
    canvas: Canvas, chance: random.Random, base: float, colour: Colour
) -> None:
    left, _, right, bottom = canvas.edges
    phase = chance.uniform(0, 6)
    line = [
        (x, base + 3 * math.sin(x / 22 + phase))
        for x in (left + (right - left) * step / 30 for step in range(31))
    ]
    canvas.shape([(left, bottom), *line, (right, bottom)], colour)
    lower = [(x, y + 9 + 2 * math.sin(x / 12)) for x, y in line]
    canvas.shape([(left, bottom), *lower, (right, bottom)], darker(colour, 0.16))


def _road(canvas: Canvas, top: float, colour: Colour) -> None:
    canvas.blob(
        [
            (52, top),
            (55, top + 5),
            (49, top + 11),
            (58, 104),
            (22, 104),
            (36, top + 12),
            (48, top + 6),
        ],
        colour,
    )


def _grove(scene: Builder, told: set[str], chance: random.Random, near: Colour) -> None:
    is_snowy = bool(told & {"snow", "snowy", "winter"})
    leaves = (
        mix(near, (206, 116, 44), 0.6)
        if told & {"autumn", "fall"}
        else darker(near, 0.22)
    )
    dark = (64, 96, 92) if is_snowy else darker(near, 0.42)
    count = 11 if told & {"forest", "woods", "jungle"} else 5
    places = []
    for _ in range(count):
        # The middle stays free: something is to stand before a backdrop.
        side = chance.choice((-1, 1))
        places.append((chance.uniform(78, 94), 50 + side * chance.uniform(26, 54)))
    for base, x in sorted(places):
        height = chance.uniform(24, 36) * (base - 50) / 36
        if is_snowy or chance.random() < 0.5:
            scene.pine(x, base, height * 1.2, dark)
        else:
            scene.tree(x, base, height, leaves)
