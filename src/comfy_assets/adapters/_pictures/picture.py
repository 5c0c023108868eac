"""The values that reading a picture takes and gives; free of Pillow."""

from __future__ import annotations

import hashlib

from attrs import field, frozen
from attrs.validators import ge

from comfy_assets.adapters._image_keys import THUMBNAIL_SUFFIX
from comfy_assets.domain.assets import StoredImage


@frozen(kw_only=True)
class PictureLimits:
    """How large a picture may be before nobody unpacks it."""

    #: Size of the encoded file in bytes.
    max_bytes: int = field(default=64 * 2**20, validator=ge(1))
    #: Width times height. The default takes 8192 by 8192, 256 MiB once unpacked.
    max_pixels: int = field(default=8192 * 8192, validator=ge(1))


@frozen(kw_only=True)
class Picture:
    """What one decoding of a file told."""

    #: Width in pixels, as shown: after the turn that its EXIF data asks for.
    width: int
    #: Height in pixels, as shown.
    height: int
    #: Such as ``"image/png"``; by what the bytes are, not by what somebody said.
    media_type: str
    #: The suffix for such a file, such as ``".png"``.
    suffix: str
    #: A WebP file of at most `THUMBNAIL_EDGE` pixels an edge, still, upright, and
    #: with the picture's transparency.
    thumbnail: bytes = field(repr=False)

    def stored_as(self, key: str, data: bytes) -> StoredImage:
        """Return what a store tells that keeps it under a key.

        Args:
            data: The file that was decoded.
        """
        return StoredImage(
            file_path=key + self.suffix,
            thumbnail_path=key + THUMBNAIL_SUFFIX,
            width=self.width,
            height=self.height,
            media_type=self.media_type,
            size_bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )


#: The longest edge of a thumbnail, in pixels.
THUMBNAIL_EDGE = 512
