"""Writes small valid pictures without an imaging library."""

from __future__ import annotations

import hashlib
import struct
import zlib


def small_png(seed: str, *, edge_pixels: int = 32) -> bytes:
    """Return a valid square RGB PNG whose colours follow from `seed`."""
    red, green, blue = hashlib.sha256(seed.encode()).digest()[:3]
    rows = bytearray()
    for y in range(edge_pixels):
        rows.append(0)  # filter type "none" stands before each row
        for x in range(edge_pixels):
            rows += bytes((red, (green + 4 * x) % 256, (blue + 4 * y) % 256))
    header = struct.pack(">IIBBBBB", edge_pixels, edge_pixels, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _png_chunk(b"IHDR", header),
            _png_chunk(b"IDAT", zlib.compress(bytes(rows))),
            _png_chunk(b"IEND", b""),
        )
    )


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    checksum = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
