"""The workflow that ComfyUI writes into its pictures: found in PNG, WebP and JPEG.

Only bytes are looked through, within bounds; what the texts say is read in `sources`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from comfy_assets.errors import WorkflowFormatError

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_EXIF: Final = b"Exif\x00\x00"
#: The names of the texts: the graph in API format, and the editor's own.
NAMES: Final = ("prompt", "workflow")
# A workflow is some hundred kilobytes; a compressed text may pretend to be one.
_MAX_TEXT: Final = 32 * 2**20
# SOI and the like stand alone; from the start of the scan on there is no metadata.
_LONE_MARKERS: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_START_OF_SCAN: Final = 0xDA
_APP1: Final = 0xE1
# A directory of EXIF: a count, and entries of 12 bytes.
_ENTRY: Final = 12
_ASCII: Final = 2


def is_picture(data: bytes) -> bool:
    """Return whether bytes begin like a PNG, a WebP or a JPEG."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return is_webp or data.startswith((_PNG, _JPEG))


def embedded_texts(picture: bytes) -> dict[str, str]:
    """Return the texts that a picture of ComfyUI carries, by `NAMES`.

    PNG: text chunks of these names, and ``comf`` chunks (SaveImage and
    SaveAnimatedPNG, 0.33). WebP and JPEG: texts of EXIF that begin with a name and a
    colon, such as Model's ``prompt:{…}`` (SaveAnimatedWEBP, 0.33).

    Args:
        picture: Its bytes; what is damaged is read as far as it goes.

    Raises:
        WorkflowFormatError: When it carries neither, or a text of more than 32 MiB.
    """
    if picture.startswith(_PNG):
        found = dict(_of_png(picture))
    else:
        exif = _exif_of_jpeg if picture.startswith(_JPEG) else _exif_of_webp
        found = dict(_of_exif(exif(picture)))
    if not found:
        problem = (
            "the picture carries no workflow: take the file that ComfyUI saved "
            "itself; editors and web sites remove it"
        )
        raise WorkflowFormatError(problem)
    return found


def _of_png(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts of a PNG, wherever they stand in it."""
    for kind, body in _png_chunks(data):
        name, _, rest = body.partition(b"\0")
        if name.decode("latin-1") not in NAMES:
            continue
        text: bytes | None = None
        if kind in (b"tEXt", b"comf"):
            text = rest
        elif kind == b"zTXt" and rest[:1] == b"\0":
            text = _inflated(rest[1:])
        elif kind == b"iTXt":
            # A flag, a method, a language and a translated name stand before it.
            is_compressed, parts = rest[:1] == b"\1", rest[2:].split(b"\0", 2)
            if len(parts) == len(("language", "translated", "text")):
                text = _inflated(parts[2]) if is_compressed else parts[2]
        if text is not None:
            yield name.decode("latin-1"), _decoded(text)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    # The length, the kind, the body, a checksum.
    while place + 8 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        kind = data[place + 4 : place + 8]
        # Pixels are not worth a copy.
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"comf"):
            yield kind, data[place + 8 : place + 8 + length]
        place += 12 + length


def _exif_of_webp(data: bytes) -> bytes:
    place = 12
    while place + 8 <= len(data):
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        if data[place : place + 4] == b"EXIF":
            return data[place + 8 : place + 8 + length].removeprefix(_EXIF)
        # Chunks begin at even places.
        place += 8 + length + length % 2
    return b""


def _exif_of_jpeg(data: bytes) -> bytes:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:  # noqa: PLR2004 - each marker begins so
        marker = data[place + 1]
        if marker == _START_OF_SCAN:
            break
        if marker in _LONE_MARKERS:
            place += 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + length]
        if marker == _APP1 and body.startswith(_EXIF):
            return body.removeprefix(_EXIF)
        place += 2 + max(length, 2)
    return b""


def _of_exif(exif: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts of EXIF's first directory that begin with a name."""
    for text in _exif_texts(exif):
        name, colon, rest = text.partition(":")
        if colon and name.lower() in NAMES:
            yield name.lower(), rest


def _exif_texts(exif: bytes) -> Iterable[str]:
    order: dict[bytes, str] = {b"II*\0": "little", b"MM\0*": "big"}
    if exif[:4] not in order:
        return
    is_little = order[exif[:4]] == "little"

    def number(place: int, length: int) -> int:
        return int.from_bytes(
            exif[place : place + length], "little" if is_little else "big"
        )

    directory = number(4, 4)
    for index in range(number(directory, 2)):
        entry = directory + 2 + index * _ENTRY
        if entry + _ENTRY > len(exif):
            return
        length = number(entry + 4, 4)
        # Up to four bytes stand in the entry itself, too few for a workflow.
        if number(entry + 2, 2) == _ASCII and length > 4:  # noqa: PLR2004 - see above
            start = number(entry + 8, 4)
            yield _decoded(exif[start : start + length].split(b"\0", 1)[0])


def _inflated(data: bytes) -> bytes | None:
    """Return what a compressed text holds; ``None`` where it is damaged."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(data, _MAX_TEXT)
    except zlib.error:
        # A chunk that cannot be read is no reason to refuse the others.
        return None
    if inflater.unconsumed_tail:
        problem = f"a text in the picture is longer than {_MAX_TEXT:,} bytes"
        raise WorkflowFormatError(problem)
    return text


def _decoded(text: bytes) -> str:
    # The standard says Latin-1, and some write UTF-8; ComfyUI writes ASCII.
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")
