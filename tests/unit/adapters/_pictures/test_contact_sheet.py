"""What `contact_sheet` draws where."""

from __future__ import annotations

import functools
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from comfy_assets.adapters._pictures.contact_sheet import (
    MAX_CELLS,
    SheetCell,
    contact_sheet,
)
from comfy_assets.errors import InvalidImageError, InvalidRequestError

_RED, _BLUE = (230, 20, 20), (20, 20, 230)
_GOLD = (255, 198, 74)


def test_a_sheet_is_one_png_with_every_picture() -> None:
    """Each cell's picture is found on the sheet."""
    sheet = _sheet([_cell(_RED), _cell(_BLUE)])

    assert sheet.format == "PNG"
    assert _count(sheet, _RED) > 30_000
    assert _count(sheet, _BLUE) > 30_000


def test_pictures_stand_in_the_order_given() -> None:
    """The first is on the left."""
    sheet = _sheet([_cell(_RED), _cell(_BLUE)])
    left = sheet.crop((0, 0, sheet.width // 2, sheet.height))

    assert _count(left, _RED) > 30_000
    assert _count(left, _BLUE) == 0


def test_only_active_pictures_have_gold_about_them() -> None:
    """A golden frame and a star say which picture the host shows."""
    assert _count(_sheet([_cell(_RED)]), _GOLD) == 0
    assert _count(_sheet([_cell(_RED, is_active=True)]), _GOLD) > 2000


def test_a_picture_is_shown_whole_and_not_enlarged() -> None:
    """Large ones are made small without cutting, small ones keep their size."""
    wide = Image.new("RGB", (1200, 300), _RED)
    wide.paste(_BLUE, (600, 0, 1200, 300))
    sheet = _sheet([SheetCell(image=_png(wide), title="wide")])
    tiny = _sheet([_cell(_RED, size=(10, 10))])

    red, blue = _count(sheet, _RED), _count(sheet, _BLUE)
    assert red > 8_000
    assert abs(red - blue) < 1_000
    assert 50 < _count(tiny, _RED) <= 100


def test_a_checkerboard_shows_through_what_is_clear() -> None:
    """A sprite's transparency is seen as such."""
    clear = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    sheet = _sheet([SheetCell(image=_png(clear), title="clear")])
    squares = sheet.crop((100, 100, 300, 300))

    for colour in ((64, 68, 80), (52, 56, 67)):
        assert _count(squares, colour) > 10_000


def test_titles_heading_and_note_are_drawn() -> None:
    """A text makes a difference to the picture."""
    plain = contact_sheet([_cell(_RED, title="")])

    assert contact_sheet([_cell(_RED, title="Marcus")]) != plain
    assert contact_sheet([_cell(_RED, title="", subtitle="portrait")]) != plain
    assert (
        _sheet([_cell(_RED)], heading="The Vale").height > _sheet([_cell(_RED)]).height
    )
    assert _sheet([_cell(_RED)], note="1 picture").height > _sheet([_cell(_RED)]).height


@pytest.mark.parametrize(
    "text, drawn_as",
    [
        ("Élodie Größe", "Elodie Grosse"),
        ("Łukasz \u2013 Ærø", "Lukasz - AEro"),
        ("e\u0301", "e"),
        ("two\nlines\tof  it", "two lines of it"),
        ("\u5c71", "?"),
    ],
)
def test_letters_that_the_font_lacks_are_drawn_as_their_nearest(
    text: str, drawn_as: str
) -> None:
    """No name becomes a row of empty boxes."""
    assert contact_sheet([_cell(_RED, title=text)]) == contact_sheet(
        [_cell(_RED, title=drawn_as)]
    )


def test_a_long_title_stays_in_its_cell() -> None:
    """What does not fit is cut, and dots say so: nothing reaches the next cell."""
    both = _sheet([_cell(_RED, title="W" * 500), _cell(_BLUE, title="")])
    none = _sheet([_cell(_RED, title=""), _cell(_BLUE, title="")])
    right = (both.width // 2, 0, both.width, both.height)

    assert both.tobytes() != none.tobytes()
    assert both.crop(right).tobytes() == none.crop(right).tobytes()


def test_a_row_has_at_most_six_pictures() -> None:
    """A large gallery grows downwards."""
    six, many = _sheet([_cell(_RED)] * 36), _sheet([_cell(_RED)] * 43)

    assert many.width == six.width
    assert many.height > six.height


@pytest.mark.parametrize("number", [0, MAX_CELLS + 1])
def test_a_sheet_has_some_cells_and_not_too_many(number: int) -> None:
    """An empty sheet and one that nobody could open are refused."""
    with pytest.raises(InvalidRequestError, match=f"{number} cells"):
        contact_sheet([_cell(_RED)] * number)


@pytest.mark.parametrize("data", [b"no picture", b"\x89PNG\r\n\x1a\n" + bytes(50)])
def test_a_cell_without_a_picture_is_refused(data: bytes) -> None:
    """Cells are checked like any image that comes from outside."""
    with pytest.raises(InvalidImageError):
        contact_sheet([SheetCell(image=data, title="broken")])


def test_a_cell_whose_pixels_are_damaged_is_refused() -> None:
    """Damage that only decoding finds is told in the same way."""
    damaged = bytearray(_png(Image.new("L", (200, 200))))
    # The first three bits of compressed data tell how: 7 is no way (RFC 1951, 3.2.3).
    # Before them lie the chunk's name and the two bytes of zlib's header.
    damaged[damaged.index(b"IDAT") + 6] = 0xFF

    with pytest.raises(InvalidImageError, match="PNG file is damaged"):
        contact_sheet([SheetCell(image=bytes(damaged), title="broken")])


@settings(max_examples=30)
@given(title=st.text(max_size=300), subtitle=st.text(max_size=300))
def test_any_text_can_stand_below_a_picture(title: str, subtitle: str) -> None:
    """Names come from players, in any script."""
    cell = _cell(_RED, size=(4, 4), title=title, subtitle=subtitle)

    assert contact_sheet([cell]).startswith(b"\x89PNG")


def _cell(
    colour: tuple[int, int, int],
    *,
    size: tuple[int, int] = (300, 300),
    title: str = "Marcus",
    subtitle: str = "",
    is_active: bool = False,
) -> SheetCell:
    image = _png(Image.new("RGB", size, colour))
    return SheetCell(image=image, title=title, subtitle=subtitle, is_active=is_active)


def _sheet(cells: list[SheetCell], **options: str) -> Image.Image:
    return Image.open(io.BytesIO(contact_sheet(cells, **options)))


def _count(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """Count the pixels that have a colour or nearly so."""
    bands = [
        band.point([255 if abs(value - wanted) < 4 else 0 for value in range(256)])
        for band, wanted in zip(image.split(), colour, strict=True)
    ]
    has_it = functools.reduce(ImageChops.darker, bands)
    return has_it.histogram()[255]


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
