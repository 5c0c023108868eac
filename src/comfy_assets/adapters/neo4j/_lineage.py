"""Whose style an asset took, and who took its own, all the way in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from comfy_assets.adapters.neo4j._asset_nodes import read_asset
from comfy_assets.errors import AssetNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.adapters.neo4j._session import Server
    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.identity import AssetId

# Each asset has one style reference at most, so each follower is reached on one way.
LINEAGE: Final = """
MATCH (a:GalleryAsset {id: $id})
CALL (a) {
    MATCH way = (a)-[:STYLED_BY*1..]->(style:GalleryAsset)
    WHERE style <> a
    WITH style, min(length(way)) AS distance ORDER BY distance
    RETURN collect(properties(style)) AS styles
}
CALL (a) {
    MATCH way = (a)<-[:STYLED_BY*1..]-(follower:GalleryAsset)
    WHERE follower <> a
    WITH follower, min(length(way)) AS distance
    ORDER BY distance, follower.age_key
    RETURN collect(properties(follower)) AS followers
}
RETURN styles, followers
"""


@frozen(kw_only=True)
class Lineage:
    """The styles that led to an asset, and what came of it."""

    #: The asset's style reference, that one's own, and so on.
    styles: tuple[GalleryAsset, ...]
    #: The assets that took its style, then those that took theirs, and so on; those
    #: of one generation by age.
    followers: tuple[GalleryAsset, ...]


async def read_lineage(server: Server, asset_id: AssetId) -> Lineage:
    """Return the lineage of an asset.

    Raises:
        AssetNotFoundError: When no asset has the id.
    """

    def take(rows: Sequence[Mapping[str, Any]]) -> Lineage:
        if not rows:
            raise AssetNotFoundError(asset_id)
        return Lineage(
            styles=tuple(read_asset(node) for node in rows[0]["styles"]),
            followers=tuple(read_asset(node) for node in rows[0]["followers"]),
        )

    operation = f"find the lineage of asset {asset_id}"
    return await server.read(operation, LINEAGE, {"id": asset_id}, take)
