"""Workflows in the bytes of pictures, sound and damaged."""

from __future__ import annotations

import contextlib
import io
import zlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from comfy_assets.domain.workflows.embedded import embedded_texts, is_picture
from comfy_assets.errors import WorkflowFormatError

BOTH = {"prompt": '{"1": {}}', "workflow": '{"nodes": []}'}


def written(kind: str, **options: Any) -> bytes:
    """A small picture as Pillow writes it, which is ComfyUI's writer."""
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, kind, **options)
    return out.getvalue()


def with_exif(kind: str, texts: dict[int, str]) -> bytes:
    """A picture with these texts of EXIF."""
    exif = Image.Exif()
    for tag, text in texts.items():
        exif[tag] = text
    return written(kind, exif=exif)


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks alone."""
    parts = [b"\x89PNG\r\n\x1a\n"]
    for kind, body in chunks:
        checksum = zlib.crc32(kind + body).to_bytes(4, "big")
        parts += [len(body).to_bytes(4, "big"), kind, body, checksum]
    return b"".join(parts)


@pytest.mark.parametrize("is_compressed", [False, True])
def test_a_png_has_texts(is_compressed: bool) -> None:
    """As SaveImage writes them, in any of the kinds of chunks."""
    plain, international = PngInfo(), PngInfo()
    for name, text in BOTH.items():
        plain.add_text(name, text, zip=is_compressed)
        international.add_itxt(name, text, zip=is_compressed)
    plain.add_text("other", "x")
    assert embedded_texts(written("PNG", pnginfo=plain)) == BOTH
    assert embedded_texts(written("PNG", pnginfo=international)) == BOTH


def test_an_animated_png_has_chunks_of_its_own() -> None:
    """SaveAnimatedPNG writes them behind the pixels."""
    info = PngInfo()
    for name, text in BOTH.items():
        info.add(b"comf", name.encode() + b"\0" + text.encode(), after_idat=True)
    assert embedded_texts(written("PNG", pnginfo=info)) == BOTH


@pytest.mark.parametrize("kind", ["WEBP", "JPEG"])
def test_webp_and_jpeg_have_exif(kind: str) -> None:
    """Model has the prompt, Make the workflow, each behind its name."""
    texts = {
        0x0110: f"prompt:{BOTH['prompt']}",
        0x010F: f"Workflow:{BOTH['workflow']}",
        0x010E: "other:x",
        0x0131: "no name here",
        0x013B: "abc",
    }
    assert embedded_texts(with_exif(kind, texts)) == BOTH


@pytest.mark.parametrize("order", ["little", "big"])
def test_exif_is_read_in_both_orders_of_bytes(order: Any) -> None:
    """Cameras and Pillow disagree."""

    def number(value: int, length: int) -> bytes:
        return value.to_bytes(length, order)

    text = b"prompt:{}\0"
    mark = b"II*\0" if order == "little" else b"MM\0*"
    entry = number(0x110, 2) + number(2, 2) + number(len(text), 4) + number(26, 4)
    tiff = mark + number(8, 4) + number(1, 2) + entry + number(0, 4) + text
    # With the mark that belongs into JPEGs, and an odd chunk before it.
    chunks = b"XXXX" + (1).to_bytes(4, "little") + b"x\0"
    body = b"Exif\0\0" + tiff
    chunks += b"EXIF" + len(body).to_bytes(4, "little") + body
    assert embedded_texts(b"RIFF\0\0\0\0WEBP" + chunks) == {"prompt": "{}"}


def test_a_text_that_is_no_utf8_is_latin_1() -> None:
    """The standard says so."""
    data = png((b"tEXt", b"prompt\0\xe9"), (b"tEXt", "workflow\0é".encode()))
    assert embedded_texts(data) == {"prompt": "é", "workflow": "é"}


def test_a_compressed_text_may_not_grow_beyond_measure() -> None:
    """A few kilobytes can hold gigabytes of nothing."""
    bomb = zlib.compress(b" " * (33 * 2**20))
    with pytest.raises(WorkflowFormatError, match="longer than"):
        embedded_texts(png((b"zTXt", b"prompt\0\0" + bomb)))


@pytest.mark.parametrize(
    "chunk",
    [
        (b"zTXt", b"workflow\0\0no zlib"),
        (b"zTXt", b"workflow\0\1" + zlib.compress(b"x")),
        (b"iTXt", b"workflow\0\1\0no parts"),
        (b"IDAT", b"workflow\0x"),
        (b"tEXt", b"other\0x"),
    ],
)
def test_a_chunk_that_cannot_be_read_is_passed_over(chunk: tuple[bytes, bytes]) -> None:
    """What stands beside it counts."""
    data = png(chunk, (b"tEXt", b"prompt\0{}"))
    assert embedded_texts(data) == {"prompt": "{}"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_picture_without_a_workflow_is_told(kind: str) -> None:
    """Web sites remove it."""
    with pytest.raises(WorkflowFormatError, match="carries no workflow"):
        embedded_texts(written(kind))


def test_markers_of_a_jpeg_that_stand_alone_are_passed_over() -> None:
    """And those whose length is none."""
    jpeg = with_exif("JPEG", {0x0110: "prompt:{}"})
    odd = jpeg[:2] + b"\xff\x01" + b"\xff\xe5\x00\x00" + jpeg[2:]
    assert embedded_texts(odd) == {"prompt": "{}"}
    with pytest.raises(WorkflowFormatError):
        embedded_texts(b"\xff\xd8\xff\xe1\x00\x08XXXXXX")


@pytest.mark.parametrize("data", [b"", b"{}", b"RIFF....WAVE", b"GIF89a", b"BM"])
def test_other_bytes_are_no_picture_of_these(data: bytes) -> None:
    """JSON among them."""
    assert not is_picture(data)
    assert is_picture(written("PNG"))
    assert is_picture(written("WEBP"))
    assert is_picture(written("JPEG"))


HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP")


@given(st.sampled_from(HEADS), st.binary(max_size=200))
@example(HEADS[2], b"EXIF\xff\0\0\0II*\0\x08\0\0\0\xff\xff")
@example(HEADS[2], b"EXIF\xff\0\0\0??*\0")
def test_any_bytes_give_texts_or_our_error(head: bytes, rest: bytes) -> None:
    """Whatever a file claims of its own lengths."""
    with contextlib.suppress(WorkflowFormatError):
        assert embedded_texts(head + rest)


@given(st.integers(0, 2000), st.sampled_from(["PNG", "WEBP", "JPEG"]))
def test_a_picture_cut_short_is_read_as_far_as_it_goes(end: int, kind: str) -> None:
    """And never a byte further."""
    info = PngInfo()
    info.add_text("prompt", "{}")
    whole = (
        written(kind, pnginfo=info)
        if kind == "PNG"
        else with_exif(kind, {0x0110: "prompt:{}"})
    )
    cut = whole[: max(12, end)]
    try:
        assert embedded_texts(cut).keys() == {"prompt"}
    except WorkflowFormatError:
        assert len(cut) < len(whole)
