"""Draw a backdrop: a landscape with its sky and weather, or the inside of a house.

What stands in a landscape is in `_scenery`, rooms are in `_interior`.
"""

# ruff: noqa: PLR2004 - places and odds are plain numbers

from __future__ import annotations

import math
import random

from attrs import frozen

from comfy_assets.simulator.painting._canvas import Canvas
from comfy_assets.simulator.painting._colours import (
    WHITE,
    Colour,
    Palette,
    darker,
    lighter,
    mix,
)
from comfy_assets.simulator.painting._images import Picture
from comfy_assets.simulator.painting._interior import INDOOR_WORDS, paint_interior
from comfy_assets.simulator.painting._scenery import draw_scenery


@frozen(kw_only=True)
class Daytime:
    """The light of some time of day."""

    #: The sky from its height to the horizon.
    sky: tuple[Colour, Colour, Colour]
    #: Sun or moon.
    star: Colour
    #: What the ground is tinted with, and how much (0.0 to 1.0).
    tint: Colour
    tint_amount: float
    #: Whether stars are out and windows are lit.
    is_night: bool


_DAYTIMES = {
    "day": Daytime(
        sky=((72, 138, 204), (138, 190, 226), (226, 236, 228)),
        star=(255, 246, 210),
        tint=(255, 250, 230),
        tint_amount=0.04,
        is_night=False,
    ),
    "dusk": Daytime(
        sky=((62, 46, 98), (190, 92, 96), (250, 186, 112)),
        star=(255, 220, 150),
        tint=(122, 56, 84),
        tint_amount=0.38,
        is_night=False,
    ),
    "dawn": Daytime(
        sky=((92, 116, 178), (226, 168, 172), (252, 222, 176)),
        star=(255, 236, 190),
        tint=(190, 128, 130),
        tint_amount=0.22,
        is_night=False,
    ),
    "night": Daytime(
        sky=((14, 18, 46), (30, 44, 88), (72, 88, 132)),
        star=(236, 240, 250),
        tint=(18, 26, 64),
        tint_amount=0.6,
        is_night=True,
    ),
}
_TIME_WORDS = {
    "day": "day sunny noon midday bright afternoon",
    "dusk": "dusk sunset evening twilight",
    "dawn": "dawn sunrise morning",
    "night": "night midnight moon moonlit dark starry",
}
_GROUNDS: tuple[tuple[str, Colour], ...] = (
    ("snow snowy winter frozen ice", (214, 224, 234)),
    ("desert dunes sand sandy", (214, 176, 112)),
    ("swamp marsh bog", (84, 96, 58)),
    ("autumn fall", (166, 118, 56)),
    ("volcano lava wasteland ash", (92, 66, 62)),
)
_GRASS: Colour = (92, 138, 74)


def paint_backdrop(
    canvas: Canvas, words: list[str], chance: random.Random, palette: Palette
) -> Picture:
    """Draw a backdrop by words and chance."""
    told = set(words)
    if told & INDOOR_WORDS:
        return paint_interior(canvas, told, chance, palette)
    time = _daytime(told, chance)
    sky, ground = time.sky, _ground(told)
    if palette.is_reference:
        sky = (palette.deep, palette.mid, palette.light)
        ground = mix(ground, palette.main, 0.5)
    horizon = chance.uniform(52, 60)
    canvas.gradient(sky[0], sky[1], sky[2], sky[2], sky[2])
    _heavens(canvas, time, chance, horizon)
    haze = sky[2]
    for depth, share in enumerate((0.72, 0.5)):
        colour = mix(darker(mix(ground, (86, 96, 128), 0.6), 0.25), haze, share)
        _ridge(canvas, chance, horizon - 10 + depth * 9, 16 - depth * 4, colour)
    near = mix(ground, time.tint, time.tint_amount)
    far = mix(near, haze, 0.28)
    _hills(canvas, chance, horizon + 6, far)
    draw_scenery(
        canvas,
        told,
        chance,
        near=near,
        far=far,
        sky=sky[2],
        horizon=horizon,
        is_night=time.is_night,
        tint=(time.tint, time.tint_amount),
    )
    return canvas.finish(darker(sky[0], 0.5), 0.45)


def _daytime(told: set[str], chance: random.Random) -> Daytime:
    for name, words in _TIME_WORDS.items():
        if told & set(words.split()):
            return _DAYTIMES[name]
    return _DAYTIMES[chance.choice(("day", "day", "dusk", "dawn", "night"))]


def _ground(told: set[str]) -> Colour:
    for words, colour in _GROUNDS:
        if told & set(words.split()):
            return colour
    return _GRASS


def _heavens(
    canvas: Canvas, time: Daytime, chance: random.Random, horizon: float
) -> None:
    left, top, right, _ = canvas.edges
    if time.is_night:
        for _ in range(70):
            star = (chance.uniform(left, right), chance.uniform(top, horizon - 8))
            canvas.disc(star, chance.uniform(0.15, 0.4), mix(WHITE, time.sky[1], 0.3))
    place = (chance.uniform(18, 82), top + (horizon - top) * chance.uniform(0.25, 0.6))
    canvas.glow(place, 30, time.star, 0.6)
    canvas.disc(place, 5.5, time.star)
    if time.is_night:
        canvas.disc(
            (place[0] + 2.4, place[1] - 1.4), 4.8, mix(time.sky[1], time.star, 0.3)
        )
    cloud = mix(lighter(time.sky[2], 0.4), time.sky[1], 0.45 if time.is_night else 0.1)
    for _ in range(chance.randint(2, 4)):
        x = chance.uniform(left, right)
        y = chance.uniform(top + 6, horizon - 22)
        for _ in range(5):
            puff = (x + chance.uniform(-11, 11), y + chance.uniform(-1.6, 1.2))
            canvas.glow(puff, chance.uniform(6, 11), cloud, 0.75, flat=0.36)


def _ridge(
    canvas: Canvas, chance: random.Random, base: float, height: float, colour: Colour
) -> None:
    left, _, right, bottom = canvas.edges
    points = [(left - 2, bottom)]
    x = left - 2
    is_peak = chance.random() < 0.5
    while x < right + 8:
        lift = height * chance.uniform(0.5, 1.0) if is_peak else chance.uniform(-2, 3)
        points.append((x, base - lift))
        is_peak = not is_peak
        x += chance.uniform(7, 13)
    points.append((x, bottom))
    canvas.shape(points, colour)


def _hills(canvas: Canvas, chance: random.Random, base: float, colour: Colour) -> None:
    left, _, right, bottom = canvas.edges
    phase = chance.uniform(0, 6)
    steps = 40
    line = []
    for step in range(steps + 1):
        x = left + (right - left) * step / steps
        line.append((x, base - 3 * math.sin(x / 15 + phase) - math.sin(x / 6)))
    canvas.shape([(left, bottom), *line, (right, bottom)], colour)
