"""Trees, houses and castles, in the light of one landscape."""

from __future__ import annotations

import random

from comfy_assets.simulator.painting._canvas import Canvas
from comfy_assets.simulator.painting._colours import (
    WOOD,
    Colour,
    darker,
    lighter,
    mix,
)

_WINDOW_LIGHT: Colour = (255, 206, 110)
_WALL: Colour = (222, 206, 178)
_STONE: Colour = (150, 148, 152)


class Builder:
    """Draws things in the light of one landscape."""

    def __init__(
        self, canvas: Canvas, *, is_night: bool, tint: tuple[Colour, float]
    ) -> None:
        self._canvas = canvas
        self._is_night = is_night
        self._tint = tint

    def _lit(self, colour: Colour) -> Colour:
        return mix(colour, self._tint[0], self._tint[1])

    def pine(self, x: float, base: float, height: float, colour: Colour) -> None:
        """Draw a fir, in three layers."""
        for layer in range(3):
            top = base - height * (1 - layer * 0.22)
            low = base - height * (0.52 - layer * 0.22)
            wide = height * (0.17 + layer * 0.07)
            points = [(x - wide, low), (x, top), (x + wide, low)]
            self._canvas.shape(points, colour)
            self._canvas.shape([(x, low), *points[1:]], darker(colour, 0.2))

    def tree(self, x: float, base: float, height: float, leaves: Colour) -> None:
        """Draw a round tree."""
        trunk = self._lit(WOOD)
        canvas = self._canvas
        canvas.shape(
            [
                (x - height * 0.06, base),
                (x - height * 0.03, base - height * 0.6),
                (x + height * 0.03, base - height * 0.6),
                (x + height * 0.06, base),
            ],
            darker(trunk, 0.3),
        )
        radius = height * 0.26
        for dx, dy, part, tone in (
            (0.16, 0.62, 1.0, darker(leaves, 0.3)),
            (-0.18, 0.62, 0.95, darker(leaves, 0.12)),
            (0.0, 0.78, 1.1, leaves),
            (-0.1, 0.84, 0.55, lighter(leaves, 0.16)),
        ):
            canvas.disc((x + dx * height, base - dy * height), radius * part, tone)

    def house(self, x: float, base: float, size: float, chance: random.Random) -> None:
        """Draw a cottage with a gable."""
        canvas = self._canvas
        wall = self._lit(_WALL)
        roof = self._lit(chance.choice(((158, 72, 54), (122, 84, 60), (96, 92, 112))))
        wide, high = 8 * size, 6.5 * size
        canvas.box((x - wide, base - high), (x + wide, base), wall)
        canvas.box((x + wide * 0.3, base - high), (x + wide, base), darker(wall, 0.2))
        for beam in (-0.98, -0.3, 0.3, 0.98):
            canvas.line(
                [(x + wide * beam, base - high), (x + wide * beam, base)],
                self._lit(WOOD),
                0.7 * size,
            )
        canvas.box(
            (x + wide * 0.5, base - high - 7 * size),
            (x + wide * 0.72, base - high - size),
            darker(self._lit(_STONE), 0.2),
        )
        canvas.shape(
            [
                (x - wide * 1.2, base - high + 0.4),
                (x - wide * 0.7, base - high - 6 * size),
                (x + wide * 0.7, base - high - 6 * size),
                (x + wide * 1.2, base - high + 0.4),
            ],
            roof,
        )
        canvas.shape(
            [
                (x + wide * 0.1, base - high - 6 * size),
                (x + wide * 0.7, base - high - 6 * size),
                (x + wide * 1.2, base - high + 0.4),
                (x + wide * 0.3, base - high + 0.4),
            ],
            darker(roof, 0.2),
        )
        glass = _WINDOW_LIGHT if self._is_night else self._lit((126, 158, 182))
        for window in (-0.62, 0.66):
            middle = x + wide * window
            canvas.box(
                (middle - size, base - high * 0.75),
                (middle + size, base - high * 0.35),
                glass,
            )
        if self._is_night:
            canvas.glow((x, base - high * 0.5), 13 * size, _WINDOW_LIGHT, 0.3)
        canvas.box(
            (x - 1.2 * size, base - high * 0.6),
            (x + 1.2 * size, base),
            darker(self._lit(WOOD), 0.25),
        )

    def castle(self, x: float, base: float, size: float) -> None:
        """Draw a castle on the horizon."""
        canvas = self._canvas
        stone = self._lit(_STONE)
        for dx, wide, high in ((-11, 4, 20), (10, 4, 17), (0, 6, 28)):
            middle, w, h = x + dx * size, wide * size, high * size
            canvas.box((middle - w, base - h), (middle + w, base + 2), stone)
            canvas.box(
                (middle + w * 0.2, base - h),
                (middle + w, base + 2),
                darker(stone, 0.22),
            )
            roof = self._lit((104, 70, 92))
            canvas.shape(
                [
                    (middle - w * 1.3, base - h),
                    (middle, base - h - w * 2.4),
                    (middle + w * 1.3, base - h),
                ],
                roof,
            )
            canvas.shape(
                [
                    (middle + w * 0.2, base - h),
                    (middle, base - h - w * 2.4),
                    (middle + w * 1.3, base - h),
                ],
                darker(roof, 0.25),
            )
            glass = _WINDOW_LIGHT if self._is_night else darker(stone, 0.6)
            canvas.box(
                (middle - w * 0.16, base - h * 0.72),
                (middle + w * 0.16, base - h * 0.56),
                glass,
            )
        canvas.box(
            (x - 14 * size, base - 9 * size),
            (x + 13 * size, base + 2),
            lighter(stone, 0.06),
        )
        for step in range(9):
            left = x + (-14 + step * 3.05) * size
            canvas.box(
                (left, base - 10.6 * size), (left + 1.7 * size, base - 9 * size), stone
            )
        canvas.box(
            (x - 2 * size, base - 5 * size),
            (x + 2 * size, base + 2),
            darker(stone, 0.65),
            1.8 * size,
        )
