"""`AssetService`: the host's verbs on the gallery."""

from __future__ import annotations

import pytest

import comfy_assets as ca
from tests.studio import MARCUS, open_studio

pytestmark = pytest.mark.anyio

NOBODY = ca.AssetId("33333333-3333-4333-8333-333333333333")


async def test_one_asset_of_an_entity_and_type_is_active() -> None:
    """Activating tells the host which field of its entity to set."""
    async with open_studio() as studio:
        assets = studio.system.assets
        first, second = await studio.painted(count=2)
        async with studio.system.events.subscribe(ca.AssetActivated) as events:
            await assets.activate(first.id)
            activated = await assets.activate(second.id)
            told = events.poll()
        assert [(e.asset_id, e.asset_type.entity_field) for e in told] == [
            (first.id, "portrait_asset"),
            (second.id, "portrait_asset"),
        ]
        assert activated.is_active
        portrait = ca.AssetType.PORTRAIT
        assert await assets.active_for("vale", MARCUS, portrait) == activated
        assert not (await assets.get(first.id)).is_active


async def test_an_entity_may_have_no_active_asset() -> None:
    """Nothing is active before the first, and after deactivating."""
    async with open_studio() as studio:
        assets, portrait = studio.system.assets, ca.AssetType.PORTRAIT
        (asset,) = await studio.painted()
        assert await assets.active_for("vale", MARCUS, portrait) is None
        await assets.activate(asset.id)
        assert not (await assets.deactivate(asset.id)).is_active
        assert await assets.active_for("vale", MARCUS, portrait) is None


async def test_find_and_count_take_the_same_query() -> None:
    """Without a query all assets are meant; pages come newest first."""
    async with open_studio() as studio:
        assets = studio.system.assets
        painted = await studio.painted(count=3)
        await studio.painted(world_id="moor")
        query = ca.AssetQuery(world_id="vale")
        page = await assets.find(query, limit=2)
        rest = await assets.find(query, limit=2, after=page.next)
        assert {a.id for a in (*page.items, *rest.items)} == {a.id for a in painted}
        assert (await assets.count(query), await assets.count()) == (3, 4)
        assert len((await assets.find()).items) == 4


async def test_image_and_thumbnail_can_be_read() -> None:
    """The image as it came; the thumbnail as WebP."""
    async with open_studio() as studio:
        (asset,) = await studio.painted()
        image = await studio.system.assets.open_image(asset.id)
        thumbnail = await studio.system.assets.open_thumbnail(asset.id)
    assert image.startswith(b"\x89PNG")
    assert thumbnail[8:12] == b"WEBP"


async def test_deleting_is_told() -> None:
    """Who shows the asset learns that it is gone."""
    async with open_studio() as studio:
        (asset,) = await studio.painted()
        async with studio.system.events.subscribe(ca.AssetDeleted) as events:
            await studio.system.assets.delete(asset.id)
            told = events.poll()
    assert [(e.asset_id, e.entity) for e in told] == [(asset.id, MARCUS)]


@pytest.mark.parametrize(
    "verb",
    ["get", "activate", "deactivate", "delete", "open_image", "open_thumbnail"],
)
async def test_every_verb_names_the_asset_that_is_not_there(verb: str) -> None:
    """An unknown id is told as such."""
    async with open_studio() as studio:
        with pytest.raises(ca.AssetNotFoundError, match=NOBODY):
            await getattr(studio.system.assets, verb)(NOBODY)
