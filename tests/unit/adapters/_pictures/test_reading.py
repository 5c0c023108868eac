"""What `read_picture` accepts, what it refuses, and what thumbnails look like."""

from __future__ import annotations

import functools
import io
import struct
import warnings
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from comfy_assets.adapters._pictures.picture import PictureLimits
from comfy_assets.adapters._pictures.reading import read_picture
from comfy_assets.errors import InvalidImageError

_LIMITS = PictureLimits()
_KINDS = ["PNG", "JPEG", "WEBP", "GIF", "AVIF"]
_RED, _GREEN, _BLUE, _WHITE = (230, 20, 20), (20, 200, 20), (20, 20, 230), (250,) * 3


@pytest.mark.parametrize(
    "kind, media_type, suffix",
    [
        ("PNG", "image/png", ".png"),
        ("JPEG", "image/jpeg", ".jpg"),
        ("WEBP", "image/webp", ".webp"),
        ("GIF", "image/gif", ".gif"),
        ("AVIF", "image/avif", ".avif"),
    ],
)
def test_each_kept_format_is_told_by_its_bytes(
    kind: str, media_type: str, suffix: str
) -> None:
    """Width, height, media type and suffix follow from the bytes alone."""
    picture = read_picture(_sample(kind), _LIMITS)

    assert (picture.width, picture.height) == (60, 40)
    assert (picture.media_type, picture.suffix) == (media_type, suffix)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM"])
def test_other_formats_are_refused_by_naming_the_kept_ones(kind: str) -> None:
    """A picture in a format that is not kept is refused, and the error lists them."""
    with pytest.raises(InvalidImageError, match="PNG, JPEG, WebP, GIF, AVIF"):
        read_picture(_encoded(Image.new("RGB", (16, 16)), kind), _LIMITS)


def test_too_many_bytes_are_refused_before_anything_is_read() -> None:
    """The number of bytes is looked at first, whatever they are."""
    with pytest.raises(InvalidImageError, match="11 bytes are more than the 10"):
        read_picture(b"no picture.", PictureLimits(max_bytes=10))


def test_a_picture_of_just_the_allowed_size_is_kept() -> None:
    """The limits themselves are allowed."""
    data = _sample("PNG")

    limits = PictureLimits(max_bytes=len(data), max_pixels=60 * 40)
    assert read_picture(data, limits).width == 60


@pytest.mark.parametrize("kind", _KINDS)
def test_one_pixel_too_many_is_refused(kind: str) -> None:
    """The header's size counts, in each format."""
    with pytest.raises(InvalidImageError, match="60 by 40 pixels are more than the 23"):
        read_picture(_sample(kind), PictureLimits(max_pixels=60 * 40 - 1))


def test_a_bomb_is_refused_without_a_warning_to_the_process() -> None:
    """Pillow's own warning, which goes through global filters, is never asked for."""
    for width, height in ((10_000, 10_000), (40_000, 40_000)):
        bomb = _png(struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0), bytes(2**16))
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            with pytest.raises(InvalidImageError, match="more than the"):
                read_picture(bomb, _LIMITS)
        assert heard == []


def test_compressed_text_that_unpacks_to_very_much_is_refused() -> None:
    """A text chunk of a few kilobytes does not become megabytes in memory."""
    text = b"prompt\x00\x00" + zlib.compress(bytes(2**26), 9)
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)

    with pytest.raises(InvalidImageError, match="too large"):
        read_picture(_png(header, b"\0\0", (b"zTXt", text)), _LIMITS)


def test_a_workflow_of_some_megabytes_in_a_png_is_no_reason_to_refuse_it() -> None:
    """ComfyUI writes the whole graph into its pictures, uncompressed."""
    text = b"workflow\x00" + b"x" * 2**22
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)

    assert read_picture(_png(header, b"\0\0", (b"tEXt", text)), _LIMITS).width == 1


@pytest.mark.parametrize("kind", _KINDS)
def test_a_picture_cut_anywhere_is_refused(kind: str) -> None:
    """However few bytes are missing at the end, the picture is not whole."""
    data = _sample(kind)
    for length in (*range(0, len(data) - 40, 41), *range(len(data) - 40, len(data))):
        with pytest.raises(InvalidImageError):
            read_picture(data[:length], _LIMITS)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_an_animation_cut_after_its_first_frame_is_refused(kind: str) -> None:
    """Later frames are not decoded, and still their absence is seen."""
    data = _animation(kind)
    for missing in (1, 2, 20, len(data) // 4):
        with pytest.raises(InvalidImageError):
            read_picture(data[:-missing], _LIMITS)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "AVIF"])
def test_the_thumbnail_of_an_animation_is_its_first_frame(kind: str) -> None:
    """A thumbnail stands still."""
    small = _thumbnail(_animation(kind))

    assert getattr(small, "n_frames", 1) == 1
    assert _near(small, (5, 5), _RED)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16"])
def test_every_opaque_kind_of_pixel_gets_a_thumbnail(mode: str) -> None:
    """Bits, greys, palettes and sixteen bits a pixel become plain colours."""
    image = Image.new("L", (700, 350), 255)
    data = _encoded(
        Image.new(mode, image.size, 2**16 - 1)
        if mode == "I;16"
        else image.convert(mode),
        "PNG",
    )

    small = _thumbnail(data)
    assert (small.mode, small.size) == ("RGB", (512, 256))
    assert _near(small, (100, 100), (255, 255, 255))


def test_sixteen_bits_a_pixel_keep_their_brightness() -> None:
    """The upper eight bits are shown."""
    small = _thumbnail(_encoded(Image.new("I;16", (20, 20), 0x8000), "PNG"))

    assert _near(small, (5, 5), (128, 128, 128))


def test_a_picture_in_printing_inks_gets_a_thumbnail_on_a_screen() -> None:
    """CMYK becomes RGB."""
    data = _encoded(Image.new("RGB", (40, 40), _RED).convert("CMYK"), "JPEG")

    assert _near(_thumbnail(data), (20, 20), _RED)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_kept(mode: str) -> None:
    """What was clear in the image is clear in the thumbnail."""
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((*_WHITE, 255), (0, 0, 50, 100))
    data = _encoded(image.quantize() if mode == "P" else image.convert(mode), "PNG")

    small = _thumbnail(data)
    assert small.mode == "RGBA"
    assert _opacity(small, (90, 50)) == 0
    assert _opacity(small, (10, 50)) == 255


def test_one_clear_colour_is_transparency_too() -> None:
    """A PNG may name one of its colours as the clear one."""
    image = Image.new("RGB", (40, 40), _RED)
    image.paste(_BLUE, (20, 0, 40, 40))

    small = _thumbnail(_encoded(image, "PNG", transparency=_BLUE))
    assert _opacity(small, (35, 20)) == 0
    assert _opacity(small, (5, 20)) == 255


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_is_turned_as_its_exif_data_say(kind: str, orientation: int) -> None:
    """Size and thumbnail are those that a person sees, as in any viewer."""
    seen = Image.new("RGB", (60, 40), _WHITE)
    seen.paste(_RED, (0, 0, 30, 20))
    seen.paste(_GREEN, (30, 0, 60, 20))
    # What a camera must store so that turning it gives `seen`.
    back: dict[int, list[Image.Transpose]] = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    stored = seen
    for turn in back[orientation]:
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    options: dict[str, object] = {"quality": 95} if kind in {"JPEG", "AVIF"} else {}
    data = _encoded(stored, kind, exif=exif, **options)

    picture = read_picture(data, _LIMITS)
    small = Image.open(io.BytesIO(picture.thumbnail)).convert("RGB")
    assert (picture.width, picture.height) == (60, 40) == small.size
    assert _near(small, (10, 8), _RED)
    assert _near(small, (50, 8), _GREEN)
    assert _near(small, (30, 32), _WHITE)


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"II",
        b"Exif\x00\x00MM\x00*\xff\xff\xff\xff",
        b"II*\x00\x08\x00\x00\x00\xff\xff" + bytes(30),
    ],
)
def test_broken_exif_data_are_no_reason_to_refuse_a_picture(exif: bytes) -> None:
    """Without a readable orientation a picture stands as it is."""
    data = _encoded(Image.new("RGB", (20, 10)), "WEBP", exif=exif)

    assert read_picture(data, _LIMITS).width == 20


@pytest.mark.parametrize(
    "profile, is_kept",
    [
        pytest.param(bytes(16) + b"RGB " + bytes(580), True, id="screen"),
        pytest.param(bytes(16) + b"CMYK" + bytes(580), False, id="ink"),
        pytest.param(bytes(16) + b"RGB " + bytes(2**19), False, id="huge"),
        pytest.param(b"?", False, id="absurd"),
    ],
)
def test_only_a_small_profile_for_screens_goes_into_the_thumbnail(
    profile: bytes, is_kept: bool
) -> None:
    """Colours stay right without a thumbnail that is mostly profile."""
    data = _encoded(Image.new("RGB", (20, 20), _RED), "PNG", icc_profile=profile)

    assert _thumbnail(data).info.get("icc_profile") == (profile if is_kept else None)


def test_a_thumbnail_carries_no_metadata() -> None:
    """A thumbnail does not tell where a photograph was taken."""
    exif = Image.Exif()
    exif[0x010E] = "at home"
    data = _encoded(Image.new("RGB", (20, 20)), "WEBP", exif=exif, xmp=b"<x/>")

    small = _thumbnail(data)
    assert "exif" not in small.info
    assert "xmp" not in small.info


@pytest.mark.parametrize(
    "size, expected",
    [
        ((2048, 1024), (512, 256)),
        ((513, 512), (512, 511)),
        ((1, 3000), (1, 512)),
        ((3000, 1), (512, 1)),
        ((512, 512), (512, 512)),
        ((3, 2), (3, 2)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_thumbnail_keeps_the_shape_and_never_grows(
    kind: str, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    """No edge has more than 512 pixels or none, and small pictures stay small."""
    small = _thumbnail(_encoded(Image.new("RGB", size), kind))

    assert small.format == "WEBP"
    assert small.size == expected


@given(data=st.binary(max_size=200))
def test_no_bytes_raise_anything_but_an_invalid_image(data: bytes) -> None:
    """Whatever comes, `InvalidImageError` is what a caller has to expect."""
    with pytest.raises(InvalidImageError):
        read_picture(data, _LIMITS)


@given(
    kind=st.sampled_from(_KINDS),
    tail=st.binary(max_size=200),
    kept=st.integers(min_value=4, max_value=60),
)
def test_no_tail_of_a_real_beginning_raises_anything_else(
    kind: str, tail: bytes, kept: int
) -> None:
    """A real header in front of nonsense leads to nothing else."""
    _read_or_refuse(_sample(kind)[:kept] + tail)


@given(
    kind=st.sampled_from(_KINDS),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)),
        min_size=1,
        max_size=8,
    ),
)
def test_no_damage_to_a_real_picture_raises_anything_else(
    kind: str, changes: list[tuple[float, int]]
) -> None:
    """Bytes that flipped on the way give a picture or `InvalidImageError`."""
    data = bytearray(_sample(kind))
    for place, value in changes:
        data[int(place * len(data))] = value
    _read_or_refuse(bytes(data))


def _read_or_refuse(data: bytes) -> None:
    # Few pixels: damage to the size must not make the test slow.
    try:
        picture = read_picture(data, PictureLimits(max_pixels=10**6))
    except InvalidImageError:
        return
    assert Image.open(io.BytesIO(picture.thumbnail)).format == "WEBP"


def _thumbnail(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(read_picture(data, _LIMITS).thumbnail))


@functools.cache
def _sample(kind: str) -> bytes:
    image = Image.radial_gradient("L").resize((60, 40)).convert("RGB")
    return _encoded(image, kind)


@functools.cache
def _animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (30, 30), each) for each in (_RED, _GREEN, _BLUE)]
    for number, frame in enumerate(frames[1:]):
        frame.paste(Image.radial_gradient("L").resize((20, 20)), (number, 3))
    return _encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _near(image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> bool:
    pixel = image.convert("RGB").crop((*place, place[0] + 1, place[1] + 1)).tobytes()
    return all(abs(one - other) < 30 for one, other in zip(pixel, colour, strict=True))


def _opacity(image: Image.Image, place: tuple[int, int]) -> int:
    return image.crop((*place, place[0] + 1, place[1] + 1)).tobytes()[3]


def _png(header: bytes, pixels: bytes, *others: tuple[bytes, bytes]) -> bytes:
    chunks = [
        (b"IHDR", header),
        *others,
        (b"IDAT", zlib.compress(pixels)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body))
        + kind
        + body
        + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
