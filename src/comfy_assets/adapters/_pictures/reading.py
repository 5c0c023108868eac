"""Reads a picture that nobody vouches for, once, and makes its thumbnail."""

from __future__ import annotations

import importlib
import io
from typing import Literal

from PIL import Image

from comfy_assets.adapters._pictures.formats import FORMATS, PictureFormat, format_of
from comfy_assets.adapters._pictures.picture import (
    THUMBNAIL_EDGE,
    Picture,
    PictureLimits,
)
from comfy_assets.errors import InvalidImageError

#: Where Pillow keeps its readers. They are called directly and not by way of
#: `PIL.Image.open`, which warns about large pictures through a process-wide filter
#: before anybody could look at their size.
_READERS = {
    "PNG": ("PIL.PngImagePlugin", "PngImageFile"),
    "JPEG": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "WebP": ("PIL.WebPImagePlugin", "WebPImageFile"),
    "GIF": ("PIL.GifImagePlugin", "GifImageFile"),
    "AVIF": ("PIL.AvifImagePlugin", "AvifImageFile"),
}
#: Turns 16 bits a pixel into 8.
_HIGH_BYTES = [value >> 8 for value in range(2**16)]
#: A colour profile up to this many bytes goes into the thumbnail: those of screens
#: and cameras have about 600, those of printers a thousand times that.
_SMALL_PROFILE = 4096
_QUALITY = 82
#: Of 0 to 6. Pillow's own 4 takes two to three times as long, on the processor of a
#: game that goes on, and saves a fifth of the bytes.
_EFFORT = 1
#: What the EXIF tag "Orientation" asks for (CIPA DC-008, 4.6.5.1.6).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: Those that make rows of columns.
_LYING = frozenset({5, 6, 7, 8})
_ORIENTATION_TAG = 0x0112


def read_picture(data: bytes, limits: PictureLimits) -> Picture:
    """Decode a file to its last pixel and tell what it is.

    The size in bytes is looked at first, then the number of pixels that the header
    speaks of, and only then is anything unpacked. Of an animation the first frame is
    decoded. Blocks; call it in a thread.

    Raises:
        InvalidImageError: When the bytes are no PNG, JPEG, WebP, GIF or AVIF file,
            are damaged or cut short, or exceed the limits.
    """
    with_pixels, kind = open_picture(data, limits)
    try:
        return _decoded(with_pixels, kind)
    except Exception as error:
        raise _damaged(kind, error) from error


def open_picture(
    data: bytes, limits: PictureLimits
) -> tuple[Image.Image, PictureFormat]:
    """Open a file as far as its header and check it against the limits.

    Raises:
        InvalidImageError: As `read_picture`, for what the header can tell.
    """
    if len(data) > limits.max_bytes:
        problem = f"{len(data)} bytes are more than the {limits.max_bytes} allowed"
        raise InvalidImageError(problem)
    kind = format_of(data)
    if kind is None:
        accepted = ", ".join(each.name for each in FORMATS)
        problem = f"the bytes begin like none of the formats kept: {accepted}"
        raise InvalidImageError(problem)
    module, reader = _READERS[kind.name]
    try:
        image: Image.Image = getattr(importlib.import_module(module), reader)(
            io.BytesIO(data), ""
        )
        width, height = image.size
    except Exception as error:
        raise _damaged(kind, error) from error
    if width * height > limits.max_pixels:
        problem = (
            f"{width} by {height} pixels are more than the {limits.max_pixels} allowed"
        )
        raise InvalidImageError(problem)
    if not kind.ends(data):
        problem = f"the {kind.name} file is cut short"
        raise InvalidImageError(problem)
    return image, kind


def upright(image: Image.Image, edge: int) -> Image.Image:
    """Decode an opened picture and return it small, turned, as RGB or RGBA.

    Args:
        edge: No edge of what is returned is longer; a smaller picture keeps its size.
    """
    # Lets libjpeg leave out the detail that the next step would drop; it still reads
    # the file to its end. Quiet for the other formats.
    image.draft(None, (2 * edge, 2 * edge))
    image.load()
    plain = _plain(image)
    plain.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    turn = _TURNS.get(_orientation(image))
    return plain if turn is None else plain.transpose(turn)


def _decoded(image: Image.Image, kind: PictureFormat) -> Picture:
    width, height = image.size
    small = upright(image, THUMBNAIL_EDGE)
    if _orientation(image) in _LYING:
        width, height = height, width
    return Picture(
        width=width,
        height=height,
        media_type=kind.media_type,
        suffix=kind.suffix,
        thumbnail=_webp(small, profile=_profile(image.info.get("icc_profile"))),
    )


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.convert("I").point(_HIGH_BYTES, "L").convert("RGB")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _webp(image: Image.Image, *, profile: bytes) -> bytes:
    file = io.BytesIO()
    image.save(
        file,
        "WEBP",
        quality=_QUALITY,
        method=_EFFORT,
        # What the original carries otherwise stays in the original.
        icc_profile=profile,
        exif=b"",
        xmp=b"",
    )
    return file.getvalue()


def _profile(profile: object) -> bytes:
    if not isinstance(profile, bytes) or len(profile) > _SMALL_PROFILE:
        return b""
    # ICC.1:2022, 7.2: bytes 16 to 19 name the colour space of the data. A thumbnail
    # is RGB, so a profile for ink or for grey would make it wrong.
    return profile if profile[16:20] == b"RGB " else b""


def _orientation(image: Image.Image) -> int:
    """Return the orientation that EXIF data ask for; 1 where they are none.

    Read here, because Pillow parses all the tags and warns about each odd one. Ask
    after decoding: a PNG may have its EXIF data behind its pixels.
    """
    exif = image.info.get("exif")
    if not isinstance(exif, bytes):
        return 1
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order: Literal["little", "big"] = "little" if tiff.startswith(b"II") else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    # TIFF 6.0, section 2: the header points to a count and that many entries of 12
    # bytes, each with its tag first and a short value at byte 8.
    directory = number(4, 4)
    for entry in range(number(directory, 2)):
        at = directory + 2 + 12 * entry
        if number(at, 2) == _ORIENTATION_TAG:
            return number(at + 8, 2)
    return 1


def _damaged(kind: PictureFormat, error: Exception) -> InvalidImageError:
    return InvalidImageError(
        f"the {kind.name} file is damaged or cut short, or this Pillow cannot read "
        f"it ({type(error).__name__}: {error})"
    )
