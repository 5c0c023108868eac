"""What a character looks like, read out of words; the rest is left to chance.

Portraits and sprites draw the same character.
"""

# ruff: noqa: SIM905 - plain words read best as a line of them
# ruff: noqa: PLR2004 - places and odds are plain numbers

from __future__ import annotations

import random

from attrs import frozen

from comfy_assets.simulator.painting._colours import (
    GOLD,
    LEATHER,
    NAMED,
    STEEL,
    Colour,
    Palette,
    colour_before,
    darker,
    hsv,
)

_SKINS: tuple[Colour, ...] = (
    (248, 212, 186),
    (238, 194, 160),
    (214, 162, 124),
    (172, 118, 82),
    (124, 82, 58),
)
_HAIRS: tuple[Colour, ...] = (
    (52, 38, 36),
    (94, 60, 38),
    (142, 88, 46),
    (206, 164, 92),
    (162, 66, 36),
    (36, 34, 44),
)
_GINGER: Colour = (172, 82, 40)
_GREY: Colour = (158, 158, 166)
_IRISES: tuple[Colour, ...] = (
    (76, 116, 160),
    (88, 128, 82),
    (112, 76, 46),
    (134, 142, 150),
)
_FEMALE = set(
    "woman women female girl lady queen princess witch priestess sorceress she her "
    "barmaid mother daughter huntress empress duchess sister".split()
)
_MALE = set(
    "man men male boy lord king prince he his him father son dwarf emperor duke "
    "brother sir monk bearded beard grizzled bartender blacksmith".split()
)
_OLD = set("old elderly grizzled aged ancient grandmother grandfather wizened".split())
_ARMOURED = set(
    "knight paladin guard soldier warrior armor armour armored plate".split()
)
_ROBED = set(
    "wizard mage sorcerer sorceress witch warlock priest priestess druid".split()
)


@frozen(kw_only=True)
class Character:
    """How somebody looks."""

    #: Colours of skin, hair, eyes, clothes and their trimmings.
    skin: Colour
    hair: Colour
    iris: Colour
    cloth: Colour
    trim: Colour
    #: Whether drawn as a woman; narrower, without a beard.
    is_female: bool
    #: `short`, `long`, `curly`, `bun`, `bald` or `spiky`.
    hairdo: str
    #: `none`, `full`, `short` or `moustache`.
    beard: str
    #: `none`, `wizard`, `hood`, `crown`, `helmet`, `cap`, `pirate` or `circlet`.
    hat: str
    #: `round`, `pointed` or `long`.
    ears: str
    #: `tunic`, `armour`, `robe` or `apron`.
    outfit: str
    #: `none`, `sword`, `staff`, `axe`, `bow` or `mug`.
    held: str
    #: Further marks.
    has_scar: bool
    has_horns: bool
    has_tusks: bool
    has_eye_patch: bool
    has_glasses: bool


def read_character(
    words: list[str], chance: random.Random, palette: Palette
) -> Character:
    """Make a character out of the words of a prompt."""
    told = set(words)
    is_female = bool(told & _FEMALE) or (not told & _MALE and chance.random() < 0.5)
    is_old = bool(told & _OLD)
    hair = colour_before(words, "hair", "haired", "beard", "bearded", "braids")
    if hair is None and "blonde" in told | {"blonde" if "blond" in told else ""}:
        hair = _HAIRS[3]
    hair = hair or (_GREY if is_old else chance.choice(_HAIRS))
    # Nobody's hair is red as paint is.
    hair = _GINGER if hair == NAMED["red"] else hair
    cloth = colour_before(
        words, "robe", "robes", "cloak", "dress", "tunic", "armor", "armour", "coat"
    )
    outfit = _outfit(told)
    if cloth is None:
        cloth = STEEL if outfit == "armour" else palette.main
    return Character(
        skin=_skin(told, chance),
        hair=hair,
        iris=colour_before(words, "eyes", "eyed") or chance.choice(_IRISES),
        cloth=cloth,
        trim=palette.accent if palette.is_reference else chance.choice((GOLD, LEATHER)),
        is_female=is_female,
        hairdo=_hairdo(told, chance, is_female=is_female),
        beard="none" if is_female else _beard(told, chance),
        hat=_hat(told, chance),
        ears=_ears(told),
        outfit=outfit,
        held=_held(told, chance),
        has_scar=bool(told & {"scar", "scarred"}) or chance.random() < 0.08,
        has_horns=bool(told & {"horns", "horned", "demon", "tiefling", "devil"}),
        has_tusks=bool(told & {"orc", "orcish", "troll", "tusks"}),
        has_eye_patch=bool(told & {"eyepatch", "patch", "pirate"}),
        has_glasses=bool(told & {"glasses", "spectacles", "scholar", "librarian"}),
    )


def _skin(told: set[str], chance: random.Random) -> Colour:
    if told & {"orc", "orcish", "goblin", "troll"}:
        return (118, 150, 86)
    if told & {"demon", "tiefling", "devil"}:
        return hsv(0.98, 0.5, 0.68)
    if told & {"ghost", "undead", "vampire", "pale"}:
        return (222, 222, 226)
    if told & {"dark", "ebony"} and "skinned" in told | {
        "skinned" if "skin" in told else ""
    }:
        return _SKINS[-1]
    return chance.choice(_SKINS)


def _hairdo(told: set[str], chance: random.Random, *, is_female: bool) -> str:
    for word, hairdo in (
        ("bald", "bald"),
        ("curly", "curly"),
        ("bun", "bun"),
        ("spiky", "spiky"),
    ):
        if word in told:
            return hairdo
    if "long" in told and told & {"hair", "haired"}:
        return "long"
    if is_female:
        return chance.choice(("long", "long", "bun", "curly"))
    return chance.choice(("short", "short", "spiky", "long", "bald", "curly"))


def _beard(told: set[str], chance: random.Random) -> str:
    if "beardless" in told or "shaven" in told or told & {"elf", "boy"}:
        return "none"
    if told & {"beard", "bearded", "dwarf", "dwarven", "wizard"}:
        return "full"
    if told & {"moustache", "mustache"}:
        return "moustache"
    if told & {"grizzled", "bartender", "innkeeper"}:
        return "short"
    return chance.choice(("none", "none", "short", "moustache", "full"))


def _hat(told: set[str], chance: random.Random) -> str:
    for hat, signs in (
        ("crown", {"king", "queen", "crown", "emperor", "empress"}),
        ("wizard", {"wizard", "witch", "warlock"}),
        ("hood", {"hood", "hooded", "rogue", "thief", "assassin", "druid", "ranger"}),
        ("helmet", {"helmet", "knight", "guard", "soldier"}),
        ("pirate", {"pirate", "corsair", "captain"}),
        ("cap", {"hat", "cap", "cook", "baker", "merchant"}),
        ("circlet", {"princess", "prince", "priestess", "elf", "elven"}),
    ):
        if told & signs:
            return hat
    return "cap" if chance.random() < 0.08 else "none"


def _ears(told: set[str]) -> str:
    if told & {"elf", "elven", "elvish", "tiefling"}:
        return "pointed"
    return "long" if told & {"goblin", "orc", "orcish", "troll"} else "round"


def _outfit(told: set[str]) -> str:
    if told & _ARMOURED:
        return "armour"
    if told & _ROBED:
        return "robe"
    if told & {
        "bartender",
        "innkeeper",
        "cook",
        "baker",
        "blacksmith",
        "smith",
        "barmaid",
    }:
        return "apron"
    return "tunic"


def _held(told: set[str], chance: random.Random) -> str:
    for held, signs in (
        ("staff", _ROBED | {"staff"}),
        ("axe", {"axe", "dwarf", "barbarian", "viking"}),
        ("bow", {"bow", "archer", "ranger", "hunter", "huntress"}),
        ("mug", {"bartender", "innkeeper", "barmaid", "mug"}),
        ("sword", _ARMOURED | {"sword", "rogue", "pirate"}),
    ):
        if told & signs:
            return held
    return chance.choice(("none", "none", "sword", "staff"))


def shade_of(colour: Colour) -> Colour:
    """Return the colour of a thing's shadow side."""
    return darker(colour, 0.28)
