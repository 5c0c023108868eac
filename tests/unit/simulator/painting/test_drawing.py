"""Drawings follow from what is asked, and look like their kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.simulator.painting import (
    KINDS,
    Picture,
    Subject,
    paint,
    solid,
    to_png,
)


def _subject(kind: str, prompt: str = "a bartender", **more: object) -> Subject:
    values = {"negative_prompt": "", "seed": 1, "width": 64, "height": 64} | more
    return Subject(kind=kind, prompt=prompt, **values)  # type: ignore[arg-type]


def _bytes(picture: Picture) -> bytes:
    return to_png(picture, {})


@pytest.mark.parametrize("kind", KINDS)
def test_equal_subjects_give_equal_bytes(kind: str) -> None:
    """A drawing depends on nothing but its subject."""
    assert _bytes(paint(_subject(kind))) == _bytes(paint(_subject(kind)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"negative_prompt": "blur"}, {"prompt": "a red-haired elf"}]
)
def test_each_part_of_a_subject_changes_the_drawing(
    kind: str, change: dict[str, object]
) -> None:
    """Another seed, prompt or negative prompt gives another drawing."""
    words = change.get("prompt", "a bartender")
    others = {key: value for key, value in change.items() if key != "prompt"}
    assert _bytes(paint(_subject(kind))) != _bytes(
        paint(_subject(kind, str(words), **others))
    )


def test_kinds_look_different() -> None:
    """No two kinds draw the same picture of one prompt."""
    assert len({_bytes(paint(_subject(kind))) for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (16, 24), (96, 64), (48, 200), (640, 360)])
def test_pictures_have_the_size_that_is_asked(kind: str, size: tuple[int, int]) -> None:
    """Any size works, however small or long."""
    picture = paint(_subject(kind, width=size[0], height=size[1]))
    assert picture.size == size


@pytest.mark.parametrize("size", [24, 64, 100])
def test_sprites_stand_on_transparent_ground(size: int) -> None:
    """A sprite has alpha, clear corners and an opaque middle."""
    sprite = paint(_subject("sprite", width=size, height=size))
    assert sprite.mode == "RGBA"
    alpha = sprite.getchannel("A")
    for corner in ((0, 0), (size - 1, 0), (0, size - 1)):
        assert alpha.getpixel(corner) == 0
    assert alpha.getpixel((size // 2, size * 2 // 3)) == 255


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "sprite"])
def test_other_kinds_are_opaque(kind: str) -> None:
    """Portraits, backdrops and items fill their picture."""
    assert paint(_subject(kind)).mode == "RGB"


@pytest.mark.parametrize(
    "prompt, kind",
    [
        ("a pixel art knight", "sprite"),
        ("a village at dusk", "backdrop"),
        ("an enchanted sword", "item"),
        ("Marcus the bartender", "portrait"),
        ("", "portrait"),
    ],
)
def test_words_tell_the_kind_where_no_folder_does(prompt: str, kind: str) -> None:
    """Without a kind, the first telling word decides; else it is a portrait."""
    told, given_kind = paint(_subject("", prompt)), paint(_subject(kind, prompt))
    assert _bytes(told) == _bytes(given_kind)


def test_a_style_brings_its_colours() -> None:
    """A reference picture changes the colours, and two references differ."""
    subject = _subject("backdrop", "a meadow")
    plain = _bytes(paint(subject))
    red = _bytes(paint(subject, style=solid(8, 8, 0xC03020)))
    blue = _bytes(paint(subject, style=solid(8, 8, 0x2030C0)))
    assert len({plain, red, blue}) == 3


@given(kind=st.sampled_from(KINDS), prompt=st.text(max_size=60), seed=st.integers())
def test_any_words_and_seeds_can_be_drawn(kind: str, prompt: str, seed: int) -> None:
    """No prompt and no seed is too odd to draw."""
    assert paint(_subject(kind, prompt, seed=seed)).size == (64, 64)


_WORDS = (
    *("old wizard", "young witch", "knight", "pirate", "king", "princess", "elf"),
    *("orc", "demon", "dwarf", "hooded rogue", "scholar", "bald monk", "goblin"),
    *("curly hair", "hair in a bun", "spiky hair", "long hair", "moustache", "scar"),
    *("village", "castle", "lake", "desert", "snow", "autumn", "night", "dawn"),
    *("dusk", "tavern", "library", "dungeon", "sword", "axe", "potion", "ring"),
    *("book", "shield", "staff", "gem", "key", "scroll", "crown", "archer", "cook"),
)


@pytest.mark.parametrize("word", _WORDS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_known_word_can_be_drawn(kind: str, word: str) -> None:
    """Each thing a painter knows is drawn without a fault, for some seeds."""
    for seed in range(2):
        paint(_subject(kind, f"a {word}", seed=seed, width=40, height=40))
