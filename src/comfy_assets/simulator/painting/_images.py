"""Operations on whole pictures: what the image nodes and `/view` need."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from typing import TypeAlias

from PIL import Image, ImageChops, ImageFilter, ImageOps, PngImagePlugin

#: A picture between nodes: RGB, or RGBA where parts are transparent.
Picture: TypeAlias = Image.Image

_METHODS = {
    "nearest-exact": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "area": Image.Resampling.BOX,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def solid(width: int, height: int, color: int) -> Picture:
    """Return a picture of one colour, 0xRRGGBB."""
    rgb = (color >> 16 & 0xFF, color >> 8 & 0xFF, color & 0xFF)
    return Image.new("RGB", (width, height), rgb)


def invert(picture: Picture) -> Picture:
    """Return the negative; transparency stays."""
    if picture.mode != "RGBA":
        return ImageChops.invert(picture)
    inverted = ImageChops.invert(picture.convert("RGB"))
    inverted.putalpha(picture.getchannel("A"))
    return inverted


def scale(
    picture: Picture, width: int, height: int, *, method: str, crop: bool
) -> Picture:
    """Return the picture in another size.

    Args:
        picture: The picture.
        width: New width; 0 follows from the height.
        height: New height; 0 follows from the width.
        method: A choice of `ImageScale.upscale_method`.
        crop: Whether to cut the middle out instead of distorting.
    """
    width = width or max(1, round(picture.width * height / picture.height))
    height = height or max(1, round(picture.height * width / picture.width))
    if crop:
        return ImageOps.fit(picture, (width, height), _METHODS[method])
    return picture.resize((width, height), _METHODS[method])


def blur(picture: Picture, sigma: float) -> Picture:
    """Return the picture blurred by a Gaussian of this width in pixels."""
    return picture.filter(ImageFilter.GaussianBlur(sigma))


def blend(below: Picture, above: Picture, amount: float) -> Picture:
    """Return a mix of two pictures; `amount` 1.0 is all `above`."""
    fitted = below.resize(above.size).convert(above.mode)
    return Image.blend(fitted, above, amount)


def load(data: bytes) -> tuple[Picture, Picture]:
    """Return an image file's picture and its mask (white where transparent).

    Raises:
        OSError: When it is no picture.
    """
    with Image.open(io.BytesIO(data)) as image:
        rgba = image.convert("RGBA")
    return rgba.convert("RGB"), ImageOps.invert(rgba.getchannel("A"))


def to_png(picture: Picture, chunks: Mapping[str, object]) -> bytes:
    """Return a PNG file with a text chunk of JSON for each entry of `chunks`."""
    info = PngImagePlugin.PngInfo()
    for key, content in chunks.items():
        info.add_text(key, json.dumps(content))
    buffer = io.BytesIO()
    # Flat colours and soft light: as small as with all of zlib, in half the time.
    picture.save(buffer, "PNG", pnginfo=info, compress_type=zlib.Z_RLE)
    return buffer.getvalue()


def to_jpeg(picture: Picture, quality: int = 80) -> bytes:
    """Return a JPEG file, transparent parts on black."""
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def transcode(
    data: bytes, *, channel: str = "", kind: str = "png", quality: int = 90
) -> bytes:
    """Return an image file in another form, as `GET /view` gives it.

    Args:
        data: The image file.
        channel: `rgb` drops transparency, `a` keeps nothing else.
        kind: `png`, `webp` or `jpeg`.
        quality: 0-100, for the last two.

    Raises:
        OSError: When it is no picture.
    """
    with Image.open(io.BytesIO(data)) as image:
        picture = image.convert("RGBA" if "A" in image.mode else "RGB")
    if channel == "rgb" or kind == "jpeg":
        picture = picture.convert("RGB")
    elif channel == "a":
        alpha = picture.convert("RGBA").getchannel("A")
        picture = Image.new("RGBA", picture.size)
        picture.putalpha(alpha)
    if kind == "png":
        return to_png(picture, {})
    buffer = io.BytesIO()
    picture.save(buffer, kind.upper(), quality=quality)
    return buffer.getvalue()
