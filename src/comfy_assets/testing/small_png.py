"""Writes small valid PNG files, and one that lies, without an imaging library."""

from __future__ import annotations

import hashlib
import struct
import zlib
from functools import cache
from typing import Final

_GREY: Final = 0
_RGB: Final = 2
_RGBA: Final = 6


def small_png(seed: str, *, edge_pixels: int = 32) -> bytes:
    """Return a valid square RGB PNG whose colours follow from `seed`."""
    red, green, blue = hashlib.sha256(seed.encode()).digest()[:3]
    rows = bytearray()
    for y in range(edge_pixels):
        rows.append(0)  # filter type "none" stands before each row
        for x in range(edge_pixels):
            rows += bytes((red, (green + 4 * x) % 256, (blue + 4 * y) % 256))
    return _png(edge_pixels, edge_pixels, _RGB, bytes(rows))


@cache
def grey_png(width: int, height: int) -> bytes:
    """Return a valid grey PNG of that size in pixels."""
    row = b"\x00" + bytes(column % 256 for column in range(width))
    return _png(width, height, _GREY, row * height)


def png_that_claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes whose header speaks of that size in pixels."""
    return _png(width, height, _RGBA, bytes(2**16))


def _png(width: int, height: int, colour_type: int, rows: bytes) -> bytes:
    """Return a PNG of eight bits a channel (PNG specification, sections 5 and 11)."""
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", zlib.compress(rows)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
