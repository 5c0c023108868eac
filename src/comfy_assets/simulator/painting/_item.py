"""Draw an item: one thing on soft light, as for an inventory."""

from __future__ import annotations

import random

from comfy_assets.simulator.painting._canvas import Canvas
from comfy_assets.simulator.painting._colours import WHITE, Palette, darker
from comfy_assets.simulator.painting._images import Picture
from comfy_assets.simulator.painting._things import THINGS

#: What a thing may be called.
_NOUNS = {
    **{name: name for name in THINGS},
    **dict.fromkeys(("dagger", "blade", "longsword", "knife", "rapier"), "sword"),
    **dict.fromkeys(("hatchet", "hammer", "mace", "battleaxe"), "axe"),
    **dict.fromkeys(("flask", "elixir", "bottle", "vial", "poison", "ale"), "potion"),
    **dict.fromkeys(("amulet", "necklace", "signet", "bracelet"), "ring"),
    **dict.fromkeys(("tome", "grimoire", "spellbook", "journal", "diary"), "book"),
    **dict.fromkeys(("buckler", "armor", "armour"), "shield"),
    **dict.fromkeys(("wand", "rod", "sceptre", "scepter", "spear", "bow"), "staff"),
    **dict.fromkeys(("jewel", "crystal", "ruby", "diamond", "sapphire", "coin"), "gem"),
    **dict.fromkeys(("letter", "map", "parchment", "contract"), "scroll"),
    **dict.fromkeys(("tiara", "diadem", "helmet", "circlet"), "crown"),
}


def paint_item(
    canvas: Canvas, words: list[str], chance: random.Random, palette: Palette
) -> Picture:
    """Draw an item by words and chance."""
    canvas.gradient(darker(palette.deep, 0.2), palette.mid, darker(palette.deep, 0.1))
    canvas.glow((50, 48), 56, palette.light, 0.85)
    for _ in range(10):
        spot = (chance.uniform(8, 92), chance.uniform(8, 70))
        canvas.glow(spot, chance.uniform(0.8, 2.4), WHITE, chance.uniform(0.2, 0.6))
    canvas.glow((50, 86), 34, darker(palette.deep, 0.6), 0.9, flat=0.2)
    painters = [THINGS[_NOUNS[word]] for word in words if word in _NOUNS]
    painter = painters[0] if painters else chance.choice(list(THINGS.values()))
    painter(canvas, palette)
    return canvas.finish(darker(palette.deep, 0.6), 0.7)
