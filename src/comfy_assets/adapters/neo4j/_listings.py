"""Pages of a listing: which index is read, and the statement for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from comfy_assets.adapters.neo4j._asset_nodes import place_of
from comfy_assets.adapters.neo4j._properties import NEWEST, age_key
from comfy_assets.domain.batches import BatchStatus
from comfy_assets.domain.paging import PageKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.domain.assets import AssetQuery
    from comfy_assets.domain.batches import BatchQuery

# Those that leave the fewest assets over come first.
_ASSET_INDEXES: Final[tuple[tuple[str, ...], ...]] = (
    ("active_place",),
    ("batch_id",),
    ("place",),
    ("style_reference_id",),
    ("entity_type", "entity_id"),
    ("world_id", "asset_type"),
    ("workflow_slot",),
    ("is_active",),
    ("world_id",),
    ("asset_type",),
    (),
)
_BATCH_INDEXES: Final[tuple[tuple[str, ...], ...]] = (
    ("owner", "status"),
    ("entity_type", "entity_id", "status"),
    ("world_id", "status"),
    ("status",),
)


@frozen(kw_only=True)
class Statement:
    """Cypher and its parameters."""

    #: Made of our own words only.
    text: str
    #: The values, by name.
    parameters: Mapping[str, Any]


def asset_page(query: AssetQuery, *, limit: int, after: str | None) -> Statement:
    """Return the statement for a page and one asset beyond it.

    Raises:
        PayloadError: When `after` is no cursor.
    """
    wanted = _wanted_of_asset(query)
    index = _choose(_ASSET_INDEXES, wanted)
    rest = f"RETURN properties(n) AS node {_newest_first(index)} LIMIT $limit"
    return Statement(
        text=f"{_match('GalleryAsset', index, wanted)} {rest}",
        parameters={**wanted, "before": _before(after), "limit": limit + 1},
    )


def asset_count(query: AssetQuery) -> Statement:
    """Return the statement that counts the matching assets."""
    wanted = _wanted_of_asset(query)
    index = _choose(_ASSET_INDEXES, wanted)
    return Statement(
        text=f"{_match('GalleryAsset', index, wanted)} RETURN count(*) AS number",
        parameters={**wanted, "before": NEWEST},
    )


def batch_page(query: BatchQuery, *, limit: int, after: str | None) -> Statement:
    """Return the statement for a page and one batch beyond it.

    One stretch of an index a status, merged: so few waiting batches are found at once
    among many finished ones.

    Raises:
        PayloadError: When `after` is no cursor.
    """
    entity = query.entity
    wanted = _given(
        world_id=query.world_id,
        entity_type=None if entity is None else entity.entity_type,
        entity_id=None if entity is None else entity.entity_id,
        owner=query.owner,
    )
    index = _choose(_BATCH_INDEXES, {**wanted, "status": None})
    statuses = BatchStatus if query.statuses is None else query.statuses
    match = _match("GenerationBatch", index, {**wanted, "status": None})
    text = (
        "UNWIND $statuses AS status CALL (status) { "
        f"{match} RETURN n {_newest_first(index)} LIMIT $limit }} "
        "RETURN properties(n) AS node ORDER BY n.age_key DESC LIMIT $limit"
    )
    # The status comes out of the list, not out of the parameters.
    return Statement(
        text=text.replace("$status ", "status "),
        parameters={
            **wanted,
            "statuses": sorted(status.value for status in statuses),
            "before": _before(after),
            "limit": limit + 1,
        },
    )


def _wanted_of_asset(query: AssetQuery) -> dict[str, Any]:
    entity, kind = query.entity, query.asset_type
    wanted = _given(
        world_id=query.world_id,
        entity_type=None if entity is None else entity.entity_type,
        entity_id=None if entity is None else entity.entity_id,
        asset_type=None if kind is None else kind.value,
        is_active=query.is_active,
        workflow_slot=query.workflow_slot,
        batch_id=query.batch_id,
        style_reference_id=query.style_reference_id,
    )
    if query.world_id is not None and entity is not None and kind is not None:
        place = place_of(
            query.world_id, entity.entity_type, entity.entity_id, kind.value
        )
        wanted["active_place" if query.is_active else "place"] = place
    return wanted


def _given(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _choose(
    indexes: Sequence[tuple[str, ...]], wanted: Mapping[str, Any]
) -> tuple[str, ...]:
    return next(index for index in indexes if wanted.keys() >= set(index))


def _match(label: str, index: tuple[str, ...], wanted: Mapping[str, Any]) -> str:
    # The planner is told what to read: by itself it prefers a scan while few nodes
    # are there, and keeps it when they are many.
    columns = ", ".join(_columns(index))
    terms = [f"n.{name} = ${name} " for name in wanted]
    terms.append("n.age_key < $before ")
    return (
        f"MATCH (n:{label}) USING INDEX SEEK n:{label}({columns}) "
        f"WHERE {'AND '.join(terms)}"
    )


def _newest_first(index: tuple[str, ...]) -> str:
    # All columns of the index, though but the last are equal: this is how the planner
    # sees that what it reads is in order already.
    columns = ", ".join(f"n.{name} DESC" for name in _columns(index))
    return f"ORDER BY {columns}"


def _columns(index: tuple[str, ...]) -> tuple[str, ...]:
    return index if index == ("active_place",) else (*index, "age_key")


def _before(cursor: str | None) -> str:
    if cursor is None:
        return NEWEST
    key = PageKey.from_cursor(cursor)
    return age_key(key.created_at, key.id)
