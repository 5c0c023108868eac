"""Draws many pictures with their names on one sheet, to look at and to show."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from attrs import field, frozen
from PIL import Image, ImageDraw, ImageFont

from comfy_assets.adapters._pictures.picture import PictureLimits
from comfy_assets.adapters._pictures.reading import open_picture, upright
from comfy_assets.errors import InvalidImageError, InvalidRequestError

#: More would make a sheet that few programs open.
MAX_CELLS = 400

_MAX_COLUMNS = 6
_EDGE = 300
_MARGIN, _GAP, _PADDING = 44, 24, 12
_TITLE_SIZE, _SUBTITLE_SIZE, _HEADING_SIZE, _NOTE_SIZE = 19, 15, 34, 17
_SUBTITLE_LINES = 2
_CAPTION = 92
_CELL_WIDTH = _EDGE + 2 * _PADDING
_CELL_HEIGHT = _EDGE + 2 * _PADDING + _CAPTION
_CELL_RADIUS, _PICTURE_RADIUS = 18, 10
_SQUARE = 12
# No cell has room for so many letters; what lies behind need not be measured.
_LONGEST_TEXT = 400
# Round shapes are drawn this many times larger and made small again: Pillow draws
# none of them smoothly.
_FINE = 4

_PAPER, _CARD, _CARD_EDGE = (18, 20, 26), (30, 33, 42), (46, 50, 63)
_INK, _PALE = (238, 240, 245), (152, 159, 176)
_GOLD, _DARK_GOLD = (255, 198, 74), (54, 38, 4)
_LIGHT_SQUARE, _DARK_SQUARE = (64, 68, 80), (52, 56, 67)

# What Pillow's font has beside ASCII, and what stands in for letters that no accent
# explains.
_HAS = frozenset("\u00b7\u00ab\u00bb\u00b0\u00b1\u2018\u2019\u201c\u201d\u2026")
_STANDS_FOR = str.maketrans(
    {
        "\u00df": "ss",
        "\u00c6": "AE",
        "\u00e6": "ae",
        "\u0152": "OE",
        "\u0153": "oe",
        "\u00d8": "O",
        "\u00f8": "o",
        "\u0110": "D",
        "\u0111": "d",
        "\u0141": "L",
        "\u0142": "l",
        "\u00d7": "x",
        "\u2013": "-",
        "\u2014": "-",
        "\u2022": "\u00b7",
    }
)


@frozen(kw_only=True)
class SheetCell:
    """One picture of a sheet."""

    #: The file: a thumbnail or an image, PNG, JPEG, WebP, GIF or AVIF.
    image: bytes = field(repr=False)
    #: The line below it, such as whom it shows; cut where it is too long.
    title: str
    #: What else there is to say, smaller, in at most two lines.
    subtitle: str = ""
    #: Whether it gets a golden frame and a star.
    is_active: bool = False


def contact_sheet(
    cells: Sequence[SheetCell], *, heading: str = "", note: str = ""
) -> bytes:
    """Draw pictures side by side, in the order given, up to six in a row.

    Every picture is shown whole; where one is transparent a checkerboard shows
    through. The one font that Pillow carries has the letters of English: accents are
    left out, and what has no near letter becomes ``?``. Blocks; call it in a thread.

    Args:
        heading: The large line above all, such as the world's name.
        note: A small line below the heading.

    Returns:
        A PNG file.

    Raises:
        InvalidImageError: When a cell's bytes are no picture that could be kept.
        InvalidRequestError: When there are no cells or more than `MAX_CELLS`.
    """
    if not 1 <= len(cells) <= MAX_CELLS:
        problem = f"{len(cells)} cells; a sheet has 1 to {MAX_CELLS}"
        raise InvalidRequestError("cells", problem)
    columns = min(len(cells), max(3, math.ceil(math.sqrt(len(cells)))), _MAX_COLUMNS)
    rows = math.ceil(len(cells) / columns)
    top = _MARGIN + _heading_height(heading, note)
    sheet = Image.new(
        "RGB",
        (
            2 * _MARGIN + columns * (_CELL_WIDTH + _GAP) - _GAP,
            top + rows * (_CELL_HEIGHT + _GAP) - _GAP + _MARGIN,
        ),
        _PAPER,
    )
    _draw_heading(sheet, heading, note)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        left = _MARGIN + column * (_CELL_WIDTH + _GAP)
        _draw_cell(sheet, cell, left, top + row * (_CELL_HEIGHT + _GAP))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _heading_height(heading: str, note: str) -> int:
    height = (_HEADING_SIZE if heading else 0) + (_NOTE_SIZE + 10 if note else 0)
    return height + 26 if height else 0


def _draw_heading(sheet: Image.Image, heading: str, note: str) -> None:
    pen = ImageDraw.Draw(sheet)
    room = sheet.width - 2 * _MARGIN
    top = _MARGIN
    if heading:
        font = ImageFont.load_default(_HEADING_SIZE)
        pen.text((_MARGIN, top), _cut(heading, font, room), _INK, font, anchor="lt")
        top += _HEADING_SIZE + 10
    if note:
        font = ImageFont.load_default(_NOTE_SIZE)
        pen.text((_MARGIN, top), _cut(note, font, room), _PALE, font, anchor="lt")


def _draw_cell(sheet: Image.Image, cell: SheetCell, left: int, top: int) -> None:
    frame, width = (_GOLD, 3) if cell.is_active else (_CARD_EDGE, 1)
    size = (_CELL_WIDTH, _CELL_HEIGHT)
    sheet.paste(frame, (left, top), _rounded(size, _CELL_RADIUS))
    inner = (size[0] - 2 * width, size[1] - 2 * width)
    sheet.paste(
        _CARD, (left + width, top + width), _rounded(inner, _CELL_RADIUS - width)
    )

    picture = _picture(cell.image)
    at_left = left + _PADDING + (_EDGE - picture.width) // 2
    at_top = top + _PADDING + (_EDGE - picture.height) // 2
    sheet.paste(picture, (at_left, at_top), _rounded(picture.size, _PICTURE_RADIUS))
    if cell.is_active:
        badge = _badge()
        corner = left + _CELL_WIDTH - badge.width - _PADDING + 4
        sheet.paste(badge, (corner, top + _PADDING - 4), badge)

    pen = ImageDraw.Draw(sheet)
    room = _EDGE - 8
    text_left, line = left + _PADDING + 4, top + _EDGE + 2 * _PADDING + 4
    font = ImageFont.load_default(_TITLE_SIZE)
    pen.text((text_left, line), _cut(cell.title, font, room), _INK, font)
    line += _TITLE_SIZE + 9
    font = ImageFont.load_default(_SUBTITLE_SIZE)
    for words in _lines(cell.subtitle, font, room):
        pen.text((text_left, line), words, _PALE, font)
        line += _SUBTITLE_SIZE + 6


def _picture(data: bytes) -> Image.Image:
    opened, kind = open_picture(data, PictureLimits())
    try:
        picture = upright(opened, _EDGE)
    except Exception as error:
        problem = f"the {kind.name} file is damaged ({type(error).__name__}: {error})"
        raise InvalidImageError(problem) from error
    if picture.mode != "RGBA":
        return picture
    board = _checkerboard(picture.size)
    board.paste(picture, (0, 0), picture)
    return board


def _checkerboard(size: tuple[int, int]) -> Image.Image:
    board = Image.new("RGB", size, _DARK_SQUARE)
    pen = ImageDraw.Draw(board)
    for row in range(0, size[1], _SQUARE):
        for column in range(row % (2 * _SQUARE), size[0], 2 * _SQUARE):
            corner = (column + _SQUARE - 1, row + _SQUARE - 1)
            pen.rectangle(((column, row), corner), _LIGHT_SQUARE)
    return board


@lru_cache(maxsize=32)
def _rounded(size: tuple[int, int], radius: int) -> Image.Image:
    """Return a mask with round corners; also for pictures of a few pixels."""
    width, height = size
    mask = Image.new("L", (width * _FINE, height * _FINE), 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        ((0, 0), (width * _FINE - 1, height * _FINE - 1)),
        min(radius, width // 2, height // 2) * _FINE,
        255,
    )
    return mask.resize(size, Image.Resampling.BOX)


@lru_cache(maxsize=1)
def _badge() -> Image.Image:
    """Return a star on a golden disc."""
    edge = 36
    middle = edge * _FINE / 2
    badge = Image.new("RGBA", (edge * _FINE, edge * _FINE), (*_GOLD, 0))
    pen = ImageDraw.Draw(badge)
    pen.ellipse(((0, 0), (2 * middle - 1, 2 * middle - 1)), (*_CARD, 255))
    rim = 2 * _FINE
    pen.ellipse(((rim, rim), (2 * middle - 1 - rim, 2 * middle - 1 - rim)), _GOLD)
    points = []
    for corner in range(10):
        reach = middle * (0.62 if corner % 2 == 0 else 0.26)
        angle = math.pi * corner / 5 - math.pi / 2
        points.append(
            (
                middle + reach * math.cos(angle),
                middle + reach * math.sin(angle) + _FINE / 2,
            )
        )
    pen.polygon(points, _DARK_GOLD)
    return badge.resize((edge, edge), Image.Resampling.LANCZOS)


def _lines(text: str, font: _Font, room: int) -> list[str]:
    """Break a text at its spaces into the lines that a cell has."""
    lines: list[str] = []
    words = _drawable(text).split()
    while words and len(lines) < _SUBTITLE_LINES - 1:
        fits = 1
        while fits < len(words) and font.getlength(" ".join(words[: fits + 1])) <= room:
            fits += 1
        lines.append(_cut(" ".join(words[:fits]), font, room))
        words = words[fits:]
    if words:
        lines.append(_cut(" ".join(words), font, room))
    return lines


def _cut(text: str, font: _Font, room: int) -> str:
    """Shorten a text to one line of this many pixels, with dots where it was cut."""
    line = " ".join(_drawable(text).split())
    if font.getlength(line) <= room:
        return line
    while line and font.getlength(line + "...") > room:
        line = line[:-1]
    return line.rstrip() + "..."


def _drawable(text: str) -> str:
    """Put letters that the font has for those that it lacks."""
    composed = unicodedata.normalize("NFC", text[:_LONGEST_TEXT])
    return "".join(
        letter
        if letter.isascii() or letter in _HAS
        else "".join(filter(str.isascii, unicodedata.normalize("NFKD", letter))) or "?"
        for letter in composed.translate(_STANDS_FOR)
    )


_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
