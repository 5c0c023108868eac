"""Operations on pictures."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from comfy_assets.simulator import painting
from comfy_assets.simulator.painting import Preview


def _open(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_a_solid_picture_inverts_to_its_negative() -> None:
    """Colours are 0xRRGGBB, and inverting twice changes nothing."""
    picture = painting.solid(2, 2, 0x102030)
    assert picture.getpixel((0, 0)) == (0x10, 0x20, 0x30)
    assert painting.invert(picture).getpixel((0, 0)) == (0xEF, 0xDF, 0xCF)


def test_inverting_keeps_transparency() -> None:
    """Only colours turn into their negative."""
    picture = Image.new("RGBA", (1, 1), (0, 0, 0, 77))
    assert painting.invert(picture).getpixel((0, 0)) == (255, 255, 255, 77)


@pytest.mark.parametrize(
    "size, expected", [((10, 5), (10, 5)), ((0, 5), (10, 5)), ((20, 0), (20, 10))]
)
def test_scaling_fills_a_missing_edge_in(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    """A width or height of 0 follows from the other."""
    picture = painting.solid(40, 20, 0)
    scaled = painting.scale(picture, *size, method="area", crop=False)
    assert scaled.size == expected
    assert painting.scale(picture, 7, 7, method="lanczos", crop=True).size == (7, 7)


def test_blurring_softens_an_edge() -> None:
    """A sharp edge has grey beside it afterwards."""
    picture = painting.solid(20, 4, 0)
    picture.paste((255, 255, 255), (10, 0, 20, 4))
    value = painting.blur(picture, 2.0).getpixel((9, 1))
    assert isinstance(value, tuple)
    assert 0 < value[0] < 255


def test_blending_lies_between() -> None:
    """Half of black and white is grey, in the size of the upper picture."""
    mixed = painting.blend(painting.solid(4, 4, 0), painting.solid(2, 2, 0xFFFFFF), 0.5)
    assert mixed.size == (2, 2)
    assert mixed.getpixel((0, 0)) in {(127, 127, 127), (128, 128, 128)}


def test_png_files_carry_their_chunks() -> None:
    """Each entry becomes a text chunk of JSON."""
    image = _open(painting.to_png(painting.solid(1, 1, 0), {"prompt": {"1": "ü"}}))
    assert json.loads(image.info["prompt"]) == {"1": "ü"}


def test_loading_gives_the_picture_and_its_mask() -> None:
    """The mask is white where the file is transparent."""
    buffer = io.BytesIO()
    Image.new("RGBA", (1, 1), (1, 2, 3, 0)).save(buffer, "PNG")
    picture, mask = painting.load(buffer.getvalue())
    assert (picture.mode, mask.getpixel((0, 0))) == ("RGB", 255)
    with pytest.raises(OSError, match="identify"):
        painting.load(b"not a picture")


@pytest.mark.parametrize(
    "channel, kind, form, mode",
    [
        ("rgb", "png", "PNG", "RGB"),
        ("a", "png", "PNG", "RGBA"),
        ("", "webp", "WEBP", "RGBA"),
        ("rgb", "webp", "WEBP", "RGB"),
        ("", "jpeg", "JPEG", "RGB"),
    ],
)
def test_transcoding_gives_the_wished_form(
    channel: str, kind: str, form: str, mode: str
) -> None:
    """Format and channels are as `/view` gives them."""
    source = painting.to_png(Image.new("RGBA", (2, 2), (9, 9, 9, 40)), {})
    image = _open(painting.transcode(source, channel=channel, kind=kind, quality=80))
    assert (image.format, image.mode) == (form, mode)


def test_previews_come_closer_to_the_picture() -> None:
    """A preview is a small JPEG; the last shows the picture, the first noise."""
    preview = Preview(painting.solid(600, 300, 0x208040))
    first, last = _open(preview.at(0.0)), _open(preview.at(1.0))
    assert (last.format, max(last.size)) == ("JPEG", 256)
    value = last.getpixel((50, 50))
    assert isinstance(value, tuple)
    assert all(abs(a - b) < 8 for a, b in zip(value, (0x20, 0x80, 0x40), strict=True))
    assert len(first.getcolors(256 * 256) or []) > 20
