"""What the image suites ask of the files that a store has kept."""

from __future__ import annotations

import hashlib
import struct

from comfy_assets.domain.assets import StoredImage
from comfy_assets.ports.images import ImageStore


async def is_whole(store: ImageStore, stored: StoredImage) -> bool:
    """Tell whether image and thumbnail are there and belong together."""
    image = await store.open(stored.file_path)
    size = webp_size(await store.open(stored.thumbnail_path))
    return (
        hashlib.sha256(image).hexdigest() == stored.sha256
        and len(image) == stored.size_bytes
        and max(size) <= 512
        and (max(size) == 512 or size == (stored.width, stored.height))
    )


def webp_size(data: bytes) -> tuple[int, int]:
    """Read width and height out of a WebP file (RFC 9649, sections 2.5 to 2.7)."""
    assert data[:4] == b"RIFF"
    assert data[8:12] == b"WEBP"
    assert int.from_bytes(data[4:8], "little") + 8 == len(data)
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        return width, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    assert kind == b"VP8 "
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF
