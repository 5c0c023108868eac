"""The gallery's entity, and keys that are safe on every file system."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import example, given
from hypothesis import strategies as st

from comfy_assets.domain.assets import AssetQuery, GalleryAsset, image_key
from comfy_assets.domain.identity import AssetId
from comfy_assets.domain.requests import AssetType, EntityRef, WorkflowSlot

ASSET = AssetId("3f2a5b1c-0000-4000-8000-000000000001")
# What needs no escaping on any file system, in parts that begin with no dot.
SAFE_KEY = re.compile(r"[a-z]+/[0-9a-f]{2}/[a-z0-9]+(-[a-z0-9]+)*")

asset_types = st.sampled_from(AssetType)
asset_ids = st.uuids().map(lambda uuid: AssetId(str(uuid)))


def make_asset(**changes: Any) -> GalleryAsset:
    """Return an asset with only what an asset must have."""
    fields: dict[str, Any] = {
        "id": ASSET,
        "world_id": "vale",
        "entity": EntityRef("Character", "marcus"),
        "asset_type": AssetType.PORTRAIT,
        "file_path": f"portrait/3f/marcus-{ASSET}.png",
        "thumbnail_path": f"portrait/3f/marcus-{ASSET}.thumb.webp",
        "prompt": "a grizzled bartender",
        "workflow_slot": WorkflowSlot("portrait"),
        "created_at": datetime(2026, 11, 22, tzinfo=UTC),
        "width": 512,
        "height": 512,
        "media_type": "image/png",
        "size_bytes": 1000,
        "sha256": "0" * 64,
    }
    return GalleryAsset(**(fields | changes))


def test_a_key_tells_a_person_what_lies_there() -> None:
    """The key holds the type, the start of the id, the entity and the id."""
    key = image_key(AssetType.PORTRAIT, EntityRef("Character", "Marcus"), ASSET)

    assert key == f"portrait/3f/marcus-{ASSET}"


@pytest.mark.parametrize(
    "entity_id, slug",
    [
        ("Señor Çelik", "senor-celik-"),
        ("../../etc/passwd", "etc-passwd-"),
        ("C:\\Windows\\CON", "c-windows-con-"),
        ("a" * 100, "a" * 32 + "-"),
        ("x" * 31 + " y", "x" * 31 + "-"),
        ("マーカス", ""),
        ("\0\n", ""),
    ],
)
def test_the_entitys_id_is_made_plain(entity_id: str, slug: str) -> None:
    """Of the host's id only plain letters and digits are kept, 32 at most."""
    key = image_key(AssetType.ITEM, EntityRef("Item", entity_id), ASSET)

    assert key == f"item/3f/{slug}{ASSET}"


@given(asset_types, st.text(min_size=1), asset_ids)
@example(AssetType.CUSTOM, "...", ASSET)
@example(AssetType.CUSTOM, "-", ASSET)
@example(AssetType.CUSTOM, "ﬁ\u0130", ASSET)
def test_a_key_is_safe_for_any_entity(
    asset_type: AssetType, entity_id: str, asset_id: AssetId
) -> None:
    """Any entity id gives a short key of plain characters, the same each time."""
    key = image_key(asset_type, EntityRef("Any", entity_id), asset_id)

    assert SAFE_KEY.fullmatch(key)
    assert len(key) <= len("backdrop/3f/") + 32 + 1 + 36
    assert key == image_key(asset_type, EntityRef("Other", entity_id), asset_id)


@given(st.text(min_size=1), st.lists(asset_ids, min_size=2, unique=True))
def test_no_two_assets_share_a_key(entity_id: str, ids: list[AssetId]) -> None:
    """Assets of one entity lie apart, for the id is part of the key."""
    entity = EntityRef("Character", entity_id)
    keys = {image_key(AssetType.SPRITE, entity, asset_id) for asset_id in ids}

    assert len(keys) == len(ids)


def test_an_asset_knows_its_key() -> None:
    """The key is the image's path without its suffix, dots before it or not."""
    assert make_asset().image_key == f"portrait/3f/marcus-{ASSET}"
    assert make_asset(file_path="a.b/c.d.png").image_key == "a.b/c.d"


def test_an_asset_is_inactive_and_unnamed_unless_told() -> None:
    """What nobody says of an asset has the documented defaults."""
    asset = make_asset()

    assert not asset.is_active
    assert asset.batch_id is None
    assert asset.index == 0
    assert asset.seed is None
    assert asset.style_reference_id is None
    assert asset.label is None
    assert asset.overrides == {}


def test_nobody_can_change_an_asset() -> None:
    """An asset is a value, its overrides too."""
    overrides = {"3.steps": 20}
    asset = make_asset(overrides=overrides)

    overrides["3.steps"] = 30
    with pytest.raises(FrozenInstanceError):
        asset.label = "best"  # type: ignore[misc] # that is the point
    with pytest.raises(TypeError):
        asset.overrides["3.steps"] = 30  # type: ignore[index] # that is the point

    assert asset.overrides == {"3.steps": 20}


def test_a_query_that_says_nothing_leaves_all_open() -> None:
    """Every field of a query is ``None`` by default."""
    values = attrs.asdict(AssetQuery()).values()

    assert set(values) == {None}
