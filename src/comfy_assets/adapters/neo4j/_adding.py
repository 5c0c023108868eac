"""New assets in Cypher, and what to do when their ids are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from comfy_assets.adapters.neo4j._asset_nodes import read_asset, write_asset
from comfy_assets.adapters.neo4j._locks import LOCK_PLACES, lock
from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.adapters.neo4j._hosts import HostEntities
    from comfy_assets.adapters.neo4j._session import Server, TakenError
    from comfy_assets.domain.assets import GalleryAsset

# An asset and its batch, or its style, may come in any order: both ends tie.
_TIE_BATCH: Final = f"""
CALL (a) {{
    MATCH (b:GenerationBatch {{id: a.batch_id}})
    {lock("b")}
    CREATE (b)-[:PRODUCED {{index: a.index}}]->(a)
}}
"""
_TIE_STYLE: Final = f"""
CALL (a) {{
    MATCH (style:GalleryAsset {{id: a.style_reference_id}})
    {lock("style")}
    CREATE (a)-[:STYLED_BY]->(style)
}}
"""
_TIE_FOLLOWERS: Final = f"""
CALL (a) {{
    MATCH (follower:GalleryAsset)
    USING INDEX SEEK follower:GalleryAsset(style_reference_id, age_key)
    WHERE follower.style_reference_id = a.id AND follower.age_key < '~'
        AND follower <> a
    WITH a, follower ORDER BY follower.id
    {lock("follower")}
    CREATE (follower)-[:STYLED_BY]->(a)
}}
"""
#: After batch and style were tied, for they are locked before other assets are.
TAKE_PLACE: Final = """
CALL (a) {
    MATCH (old:GalleryAsset {active_place: a.place}) WHERE old <> a
    SET old.is_active = false REMOVE old.active_place
}
SET a.is_active = true, a.active_place = a.place
"""
_TAKE_PLACE_IF_ACTIVE: Final = f"""
CALL (a, is_active) {{
    WITH a, is_active WHERE is_active
    {TAKE_PLACE}
}}
"""
# Asked after the id was taken: then nobody can discard an asset of this id any more.
_WAS_DISCARDED: Final = """
CALL (a) {
    OPTIONAL MATCH (d:DiscardedAsset {id: a.id})
    RETURN d IS NOT NULL AS was_discarded
}
"""
GET: Final = "MATCH (a:GalleryAsset {id: $id}) RETURN properties(a) AS node"


def locks_for(assets: Sequence[GalleryAsset]) -> str:
    """Return how a statement begins that makes these assets."""
    return f"{LOCK_PLACES} WITH places" if any(it.is_active for it in assets) else ""


def creation(
    assets: Sequence[GalleryAsset], hosts: HostEntities, *, rows: str = "$assets"
) -> str:
    """Return the part of a statement that makes these assets, each as ``a``.

    What follows it finds ``was_discarded`` beside ``a``, which undoes the transaction.
    Each row takes its locks in the right order. Of many rows with different styles or
    entities two transactions may meet in a deadlock, and the driver begins one again;
    the images of one batch have them alike.

    Args:
        assets: What none of them needs is left out.
        hosts: The nodes of the host's to tie to.
        rows: The rows of `parameters_of`, as Cypher.
    """
    parts = [
        f"UNWIND {rows} AS row CREATE (a:GalleryAsset) SET a = row.properties",
        "WITH a, row.is_active AS is_active",
    ]
    if any(asset.batch_id is not None for asset in assets):
        parts.append(_TIE_BATCH)
    if any(asset.style_reference_id is not None for asset in assets):
        parts.append(_TIE_STYLE)
    parts.append(_TIE_FOLLOWERS)
    if any(asset.is_active for asset in assets):
        parts.append(_TAKE_PLACE_IF_ACTIVE)
    return " ".join([*parts, hosts.tie(), _WAS_DISCARDED])


def parameters_of(
    assets: Sequence[GalleryAsset], hosts: HostEntities
) -> dict[str, Any]:
    """Return the parameters of `creation`.

    Raises:
        PayloadError: When a field for JSON values holds something else, or a time is
            at the very ends of the calendar.
    """
    rows = [
        {
            "properties": write_asset(evolve(asset, is_active=False)),
            "is_active": asset.is_active,
        }
        for asset in assets
    ]
    return {"assets": rows, **hosts.parameters}


def check_none_discarded(discarded: Sequence[str], operation: str) -> None:
    """Check that no asset that was made has the id of a discarded one.

    Raises:
        RepositoryError: When one has.
    """
    if discarded:
        raise RepositoryError(operation, f"asset {discarded[0]} was deleted")


async def leave_out_stored(
    server: Server,
    assets: Sequence[GalleryAsset],
    operation: str,
    error: TakenError,
) -> list[GalleryAsset]:
    """Return the assets whose ids are free, after some were found to be taken.

    Raises:
        RepositoryError: When an id belongs to another value.
    """
    free = []
    for asset in assets:
        stored = await server.read(operation, GET, {"id": asset.id}, _first)
        if stored is None:
            free.append(asset)
        elif evolve(stored, is_active=asset.is_active) != asset:
            problem = f"another asset has the id {asset.id}"
            raise RepositoryError(operation, problem) from error
    if len(free) == len(assets):
        problem = "an asset that was in the way is gone again; try again"
        raise RepositoryError(operation, problem) from error
    return free


def _first(rows: Sequence[Mapping[str, Any]]) -> GalleryAsset | None:
    return read_asset(rows[0]["node"]) if rows else None
