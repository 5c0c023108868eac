"""What the demo paints: a small tavern, and the workflows that paint it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from comfy_assets.domain.requests import AssetType, EntityRef, GenerationRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The world that the demo's images belong to.
WORLD: Final = "The Gilded Tankard"


@frozen(kw_only=True)
class Piece:
    """Some images of one entity."""

    #: Whom or what they show.
    entity: EntityRef
    #: What they are for.
    asset_type: AssetType
    #: Its name for people.
    name: str
    #: What they show.
    prompt: str
    #: How many.
    count: int = 1
    #: For workflows that cannot read: colours in place of words, one set an image.
    colours: tuple[Mapping[str, Any], ...] = ({},)


#: Everything that the demo paints.
PIECES: Final = (
    Piece(
        entity=EntityRef("Character", "marcus"),
        asset_type=AssetType.PORTRAIT,
        name="Marcus the Bartender",
        prompt=(
            "portrait of a grizzled bartender with grey hair and a full beard, "
            "warm candle light"
        ),
        count=4,
        colours=(
            {"@Coat.color": 0x7A3B2E, "@Hair.color": 0x8C8C88},
            {"@Coat.color": 0x35506B, "@Hair.color": 0x6F6A63},
            {"@Coat.color": 0x4F6B3A, "@Hair.color": 0xA8A49A},
            {"@Coat.color": 0x6B4A7A, "@Hair.color": 0x545250},
        ),
    ),
    Piece(
        entity=EntityRef("Character", "brynn"),
        asset_type=AssetType.SPRITE,
        name="Brynn the Bard",
        prompt="full body sprite of a bard with red hair and a green cloak",
    ),
    Piece(
        entity=EntityRef("Location", "taproom"),
        asset_type=AssetType.BACKDROP,
        name="The taproom",
        prompt="the taproom of an old tavern in the evening, a fire in the hearth",
    ),
    Piece(
        entity=EntityRef("Item", "dragon-ale"),
        asset_type=AssetType.ITEM,
        name="Dragon's breath ale",
        prompt="a bottle of glowing amber ale, sealed with red wax",
    ),
)

#: The slots that the demo gives workflows.
SLOTS: Final = tuple(piece.asset_type for piece in PIECES)


def workflow_of(slot: AssetType, *, reads: bool) -> bytes:
    """Return the workflow that paints a slot of the demo, as JSON.

    Args:
        slot: One of `SLOTS`.
        reads: Whether the one that follows the prompt; the other needs no model.
    """
    kind = "words" if reads else "colours"
    folder = files("comfy_assets.cli") / "demo_workflows"
    return (folder / f"{kind}-{slot}.json").read_bytes()


def requests_for(piece: Piece, *, have: int, reads: bool) -> list[GenerationRequest]:
    """Return the requests that paint what is missing of a piece.

    Args:
        piece: The piece.
        have: How many of its images are there, or on their way.
        reads: Whether the workflows follow the prompt. If so one request asks for all
            images; if not each image needs its own, with colours of its own.
    """
    if have >= piece.count:
        return []
    if reads:
        return [_request(piece, piece.name, piece.count - have, {})]
    if piece.count == 1:
        return [_request(piece, piece.name, 1, piece.colours[0])]
    return [
        _request(piece, f"{piece.name} {number}", 1, piece.colours[number - 1])
        for number in range(have + 1, piece.count + 1)
    ]


def _request(
    piece: Piece, name: str, count: int, overrides: Mapping[str, Any]
) -> GenerationRequest:
    return GenerationRequest(
        world_id=WORLD,
        entity=piece.entity,
        asset_type=piece.asset_type,
        prompt=piece.prompt,
        negative_prompt="blurry, watermark",
        count=count,
        overrides=overrides,
        context={"name": name},
    )
