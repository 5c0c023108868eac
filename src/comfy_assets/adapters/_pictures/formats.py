"""Which picture format bytes have, by their first bytes; nothing is unpacked here."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

# Real files name ten brands at most.
_LONGEST_BRAND_LIST = 256
_GIF_TRAILER, _GIF_EXTENSION, _GIF_FRAME = 0x3B, 0x21, 0x2C


@frozen(kw_only=True)
class PictureFormat:
    """A format that is kept: what ComfyUI writes and what people upload."""

    #: The name that people know, such as ``"PNG"``.
    name: str
    #: The media type, such as ``"image/png"``.
    media_type: str
    #: The suffix of its files, such as ``".png"``.
    suffix: str
    #: Whether bytes begin as such a file does.
    begins: Callable[[bytes], bool]
    #: Whether the end of such a file is there, as far as decoding a first frame
    #: does not find that out.
    ends: Callable[[bytes], bool]


def format_of(data: bytes) -> PictureFormat | None:
    """Return the format that the bytes begin like, or ``None`` where it is no other."""
    return next((each for each in FORMATS if each.begins(data)), None)


def _begins_like_avif(data: bytes) -> bool:
    # ISO 14496-12: the size of the first box, its type, its major brand, a version,
    # and the brands that the file also agrees with.
    if data[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(data[:4], "big"), _LONGEST_BRAND_LIST)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    return bool(brands & {b"avif", b"avis"})


def _ends_like_png(data: bytes) -> bool:
    return b"\x00\x00\x00\x00IEND\xaeB`\x82" in data


def _ends_like_gif(data: bytes) -> bool:
    """Walk over the blocks to the trailer; pixels stay packed.

    The layout is that of GIF89a, sections 17 to 27.
    """
    at = 13 + _palette_size(data[10:11])
    while at < len(data):
        block = data[at]
        if block == _GIF_TRAILER:
            return True
        if block == _GIF_EXTENSION:  # its label, then data
            at = _after_sub_blocks(data, at + 2)
        elif block == _GIF_FRAME:  # its place, palette and code size, then data
            at = _after_sub_blocks(
                data, at + 11 + _palette_size(data[at + 9 : at + 10])
            )
        else:
            return False
    return False


def _palette_size(flags: bytes) -> int:
    if not flags or not flags[0] & 0x80:
        return 0
    return int(3 * 2 ** ((flags[0] & 7) + 1))


def _after_sub_blocks(data: bytes, at: int) -> int:
    while at < len(data) and (size := data[at]):
        at += size + 1
    return at + 1


def _decoder_sees_the_end(data: bytes) -> bool:
    # libjpeg, libwebp and libavif read to the last byte before they show anything.
    return bool(data)


#: All formats that are kept.
FORMATS = (
    PictureFormat(
        name="PNG",
        media_type="image/png",
        suffix=".png",
        begins=lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
        ends=_ends_like_png,
    ),
    PictureFormat(
        name="JPEG",
        media_type="image/jpeg",
        suffix=".jpg",
        begins=lambda data: data.startswith(b"\xff\xd8\xff"),
        ends=_decoder_sees_the_end,
    ),
    PictureFormat(
        name="WebP",
        media_type="image/webp",
        suffix=".webp",
        begins=lambda data: data.startswith(b"RIFF") and data[8:12] == b"WEBP",
        ends=_decoder_sees_the_end,
    ),
    PictureFormat(
        name="GIF",
        media_type="image/gif",
        suffix=".gif",
        begins=lambda data: data.startswith((b"GIF87a", b"GIF89a")),
        ends=_ends_like_gif,
    ),
    PictureFormat(
        name="AVIF",
        media_type="image/avif",
        suffix=".avif",
        begins=_begins_like_avif,
        ends=_decoder_sees_the_end,
    ),
)
