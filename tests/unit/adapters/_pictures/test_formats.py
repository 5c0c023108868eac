"""Formats are told by their first bytes, and their ends are found."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comfy_assets.adapters._pictures.formats import FORMATS, PictureFormat, format_of

_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"  # two colours
    b"!\xf9\x04\x00\x00\x00\x00\x00"  # an extension
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"  # a frame
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x80\x00\x00\x00\x01\x01\x01\x02\x02D\x01\x00"
    b";"
)


@pytest.mark.parametrize(
    "data, name",
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"GIF87a", "GIF"),
        (b"GIF89a", "GIF"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1miaf", "AVIF"),
        (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00avif", "AVIF"),
    ],
)
def test_a_format_is_told_by_its_first_bytes(data: bytes, name: str) -> None:
    """Names and media types that a server claims play no part."""
    kind = format_of(data)

    assert kind is not None
    assert kind.name == name


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BM",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_other_bytes_have_no_format(data: bytes) -> None:
    """Sounds, vector drawings and other formats are not taken for a picture."""
    assert format_of(data) is None


def test_a_gif_ends_with_its_trailer() -> None:
    """It is found behind extensions, palettes and frames, and nowhere before."""
    gif = _format("GIF")

    assert gif.ends(_GIF)
    assert gif.ends(_GIF + b"some viewers' notes")
    assert not any(gif.ends(_GIF[:length]) for length in range(len(_GIF)))


def test_a_gif_with_an_unknown_block_has_no_end() -> None:
    """The walk stops where it cannot know how long a block is."""
    assert not _format("GIF").ends(_GIF[:-1] + b"\x99;")


@given(data=st.binary(max_size=100), begin=st.sampled_from([b"", b"GIF89a", _GIF[:20]]))
@example(data=b"", begin=b"")
def test_looking_for_an_end_never_fails(data: bytes, begin: bytes) -> None:
    """Any bytes have an end or none."""
    for kind in FORMATS:
        assert kind.ends(begin + data) in {True, False}


def _format(name: str) -> PictureFormat:
    return next(each for each in FORMATS if each.name == name)
