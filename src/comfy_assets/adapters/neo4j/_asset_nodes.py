"""Assets as nodes: their properties, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import fields

from comfy_assets.adapters.neo4j._properties import (
    age_key,
    damaged,
    from_json,
    from_seed,
    from_time,
    read_node,
    to_json,
    to_seed,
    to_time,
)
from comfy_assets.converters import unstructure
from comfy_assets.domain.assets import GalleryAsset

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAMES: Final = frozenset(field.name for field in fields(GalleryAsset)) - {"entity"}


def place_of(world_id: str, entity_type: str, entity_id: str, asset_type: str) -> str:
    """Return the one text for where at most one asset is active."""
    return to_json([world_id, entity_type, entity_id, asset_type])


def write_asset(asset: GalleryAsset) -> dict[str, Any]:
    """Return an asset as the properties of its node.

    Raises:
        PayloadError: When a field for JSON values holds something else, or a time is
            at the very ends of the calendar.
    """
    plain = unstructure(asset)
    entity = plain.pop("entity")
    place = place_of(
        asset.world_id,
        asset.entity.entity_type,
        asset.entity.entity_id,
        asset.asset_type.value,
    )
    return {
        **plain,
        **entity,
        "overrides": to_json(plain["overrides"]),
        "seed": to_seed(asset.seed),
        "created_at": to_time(asset.created_at),
        "age_key": age_key(asset.created_at, asset.id),
        "place": place,
        "active_place": place if asset.is_active else None,
    }


def read_asset(properties: Mapping[str, Any]) -> GalleryAsset:
    """Return the asset that a node is.

    Raises:
        RepositoryError: When something else changed the node.
    """
    plain: dict[str, Any] = {name: properties.get(name) for name in _NAMES}
    plain["entity"] = {
        name: properties.get(name) for name in ("entity_type", "entity_id")
    }
    try:
        plain["overrides"] = from_json(properties.get("overrides"))
        plain["seed"] = from_seed(properties.get("seed"))
        plain["created_at"] = from_time(properties.get("created_at"))
    except (ValueError, TypeError, AttributeError) as error:
        raise damaged("GalleryAsset", properties, error) from error
    return read_node(properties, plain, GalleryAsset)
