"""A canvas in units of a hundredth of its shorter edge, drawn large and scaled down.

Nothing here knows what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFont

from comfy_assets.simulator.painting._colours import Colour, mix
from comfy_assets.simulator.painting._images import Picture

#: A place on the stage: 0-100 across and down.
Point = tuple[float, float]

#: Pictures up to this many pixels are drawn at twice their size for smooth edges.
_LARGEST_DOUBLED = 1024 * 1024
#: Small ones at three times: each pixel counts.
_LARGEST_TRIPLED = 160 * 160
_SPLINE_STEPS = 6
_LABEL = "simulated"


class Canvas:
    """A picture in the making.

    The stage is a square of 100 by 100 units, as wide as the shorter edge, in the
    middle of the lower edge; what is drawn outside it still shows.

    Args:
        width: Width of the picture in pixels.
        height: Its height in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = (width, height)
        area = width * height
        self._factor = (
            3 if area <= _LARGEST_TRIPLED else 2 if area <= _LARGEST_DOUBLED else 1
        )
        self._large = (width * self._factor, height * self._factor)
        self._unit = min(self._large) / 100
        self._left = (self._large[0] - 100 * self._unit) / 2
        self._top = self._large[1] - 100 * self._unit
        #: The stage's edges in units: left, top, right, bottom of the whole picture.
        self.edges = (
            -self._left / self._unit,
            -self._top / self._unit,
            100 + self._left / self._unit,
            100.0,
        )
        self._image = Image.new("RGB", self._large)
        self._pen = ImageDraw.Draw(self._image)

    def gradient(self, *colours: Colour) -> None:
        """Fill all with colours from top to bottom."""
        strip = Image.new("RGB", (1, len(colours)))
        for row, colour in enumerate(colours):
            strip.putpixel((0, row), colour)
        self._image.paste(strip.resize(self._large, Image.Resampling.BILINEAR))

    def glow(
        self,
        centre: Point,
        radius: float,
        colour: Colour,
        strength: float = 1.0,
        *,
        flat: float = 1.0,
    ) -> None:
        """Add soft round light of a colour.

        Args:
            centre: Where.
            radius: How far, in units.
            colour: Of the light.
            strength: 0.0 to 1.0 in the middle.
            flat: Height in parts of the width.
        """
        left, top, right, bottom = self._box(centre, radius, radius * flat)
        size = (max(1, int(right - left)), max(1, int(bottom - top)))
        mask = _soft_disc(round(strength * 20)).resize(size, Image.Resampling.BILINEAR)
        self._image.paste(colour, (int(left), int(top)), mask)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """Fill a polygon."""
        self._pen.polygon([self._place(point) for point in points], fill=fill)

    def blob(self, points: Sequence[Point], fill: Colour) -> None:
        """Fill a closed smooth line through some points."""
        self.shape(_spline(points), fill)

    def ellipse(self, centre: Point, across: float, down: float, fill: Colour) -> None:
        """Fill an ellipse with these radii."""
        self._pen.ellipse(self._box(centre, across, down), fill=fill)

    def disc(self, centre: Point, radius: float, fill: Colour) -> None:
        """Fill a circle."""
        self.ellipse(centre, radius, radius, fill)

    def ring(
        self, centre: Point, across: float, down: float, fill: Colour, width: float
    ) -> None:
        """Draw an ellipse's outline, inwards."""
        self._pen.ellipse(
            self._box(centre, across, down), outline=fill, width=self._pixels(width)
        )

    def box(self, start: Point, end: Point, fill: Colour, radius: float = 0.0) -> None:
        """Fill a rectangle, with round corners if wished."""
        corners = (*self._place(start), *self._place(end))
        self._pen.rounded_rectangle(corners, radius * self._unit, fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        """Draw a line through some points."""
        self._pen.line(
            [self._place(point) for point in points],
            fill=fill,
            width=self._pixels(width),
            joint="curve",
        )

    def arc(
        self,
        centre: Point,
        radii: tuple[float, float],
        angles: tuple[float, float],
        fill: Colour,
        width: float,
    ) -> None:
        """Draw a part of an ellipse, between two angles clockwise from the right."""
        self._pen.arc(
            self._box(centre, *radii),
            *angles,
            fill=fill,
            width=self._pixels(width),
        )

    def frame(self, inner: Colour, outer: Colour) -> None:
        """Draw an ornamental frame around the whole picture."""
        width, height = self._large
        thick = self._pixels(2.2)
        self._pen.rectangle((0, 0, width - 1, height - 1), outline=outer, width=thick)
        inset = thick
        self._pen.rectangle(
            (inset, inset, width - 1 - inset, height - 1 - inset),
            outline=inner,
            width=self._pixels(0.7),
        )
        size = self._unit * 3
        for x in (inset, width - inset):
            for y in (inset, height - inset):
                diamond = [(x - size, y), (x, y - size), (x + size, y), (x, y + size)]
                self._pen.polygon(diamond, fill=inner)

    def finish(self, corners: Colour, strength: float) -> Picture:
        """Return the picture in its true size, marked as simulated.

        Args:
            corners: The colour its corners sink into.
            strength: How far they do, 0.0 to 1.0.
        """
        picture = self._image
        if self._factor > 1:
            picture = picture.reduce(self._factor)
        mask = _vignette_mask(round(strength * 20))
        picture.paste(
            corners, (0, 0), mask.resize(self._size, Image.Resampling.BILINEAR)
        )
        return mark(picture)

    def _place(self, point: Point) -> Point:
        return (
            self._left + point[0] * self._unit,
            self._top + point[1] * self._unit,
        )

    def _box(
        self, centre: Point, across: float, down: float
    ) -> tuple[float, float, float, float]:
        x, y = self._place(centre)
        across, down = across * self._unit, down * self._unit
        return x - across, y - down, x + across, y + down

    def _pixels(self, units: float) -> int:
        return max(1, round(units * self._unit))


def mark(picture: Picture) -> Picture:
    """Write a small "simulated" into the lower right corner, in place."""
    width, height = picture.size
    size = max(7, min(width, height) // 34)
    font = _font(size)
    left, top, right, bottom = font.getbbox(_LABEL)
    if right - left > width * 0.6:
        # Too small for words: a corner of one colour still tells it from a painting.
        return picture
    gap = max(1, size // 3)
    # Clear of a frame.
    width, height = width - min(width, height) // 28, height - min(width, height) // 28
    x = width - gap * 2 - (right - left)
    y = height - gap * 2 - (bottom - top)
    pen = ImageDraw.Draw(picture)
    back: tuple[int, ...] = (18, 16, 26)
    ink: tuple[int, ...] = mix((18, 16, 26), (255, 255, 255), 0.72)
    if picture.mode == "RGBA":
        back, ink = (*back, 150), (*ink, 255)
    pen.rounded_rectangle((x - gap, y - gap, width - gap, height - gap), gap, fill=back)
    pen.text((x - left, y - top), _LABEL, font=font, fill=ink)
    return picture


def _spline(points: Sequence[Point]) -> list[Point]:
    """Return a closed Catmull-Rom line through some points."""
    count = len(points)
    line: list[Point] = []
    for index in range(count):
        a, b, c, d = (points[(index + k) % count] for k in (-1, 0, 1, 2))
        for step in range(_SPLINE_STEPS):
            t = step / _SPLINE_STEPS
            weights = (
                (-t + 2 * t**2 - t**3) / 2,
                (2 - 5 * t**2 + 3 * t**3) / 2,
                (t + 4 * t**2 - 3 * t**3) / 2,
                (-(t**2) + t**3) / 2,
            )
            x, y = (
                sum(w * p[axis] for w, p in zip(weights, (a, b, c, d), strict=True))
                for axis in (0, 1)
            )
            line.append((x, y))
    return line


@lru_cache(maxsize=32)
def _soft_disc(strength: int) -> Picture:
    """Return a mask for light of a strength of 0-20."""
    disc = ImageChops.invert(Image.radial_gradient("L").resize((96, 96)))
    # radial_gradient reaches the corners; light must end at the edges of its box.
    return disc.point(
        [max(0, v - 76) * strength * 255 // (179 * 20) for v in range(256)]
    )


@lru_cache(maxsize=8)
def _vignette_mask(strength: int) -> Picture:
    """Return a mask for dark corners of a strength of 0-20."""
    disc = Image.radial_gradient("L").resize((96, 96))
    return disc.point(
        [max(0, v - 90) * strength * 255 // (165 * 20) for v in range(256)]
    )


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
