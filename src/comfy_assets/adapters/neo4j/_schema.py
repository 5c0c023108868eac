"""Constraints and indexes, and the steps that lead from each version to the next.

Only what the Community Edition has: uniqueness and range indexes. Beside the
properties of ARCHITECTURE a node bears some of ours, which exist to be indexed:
`age_key`, `place`, `active_place` on assets, `age_key`, `place_key`, `line_key`,
`takeover_at` on batches.
"""

from __future__ import annotations

from typing import Final

#: Every name of ours in the database begins so.
PREFIX: Final = "comfy_assets_"

#: The properties of an index that lists assets, without ``age_key`` at its end.
ASSET_LISTINGS: Final[tuple[tuple[str, ...], ...]] = (
    (),
    ("world_id",),
    ("world_id", "asset_type"),
    ("entity_type", "entity_id"),
    ("place",),
    ("asset_type",),
    ("workflow_slot",),
    ("is_active",),
    ("batch_id",),
    ("style_reference_id",),
)
#: As `ASSET_LISTINGS`, for batches.
BATCH_LISTINGS: Final[tuple[tuple[str, ...], ...]] = (
    ("status",),
    ("world_id", "status"),
    ("entity_type", "entity_id", "status"),
    ("owner", "status"),
)


#: Labels and the properties that are unique among their nodes.
UNIQUE: Final[tuple[tuple[str, str], ...]] = (
    ("ComfyAssetsSchema", "name"),
    ("ComfyAssetsLock", "name"),
    ("GalleryAsset", "id"),
    # The rule itself: one active asset a place, whoever writes.
    ("GalleryAsset", "active_place"),
    ("DiscardedAsset", "id"),
    ("GenerationBatch", "id"),
    ("WorkflowConfiguration", "slot"),
)


def constraint_name(label: str, name: str) -> str:
    """Return what the constraint is called that makes a property unique."""
    return f"{PREFIX}{label.lower()}_{name}"


def _unique(label: str, name: str) -> str:
    return (
        f"CREATE CONSTRAINT {constraint_name(label, name)} IF NOT EXISTS "
        f"FOR (n:{label}) REQUIRE n.{name} IS UNIQUE"
    )


def _index(label: str, *names: str) -> str:
    properties = ", ".join(f"n.{name}" for name in names)
    return (
        f"CREATE RANGE INDEX {PREFIX}{label.lower()}_{'_'.join(names)} IF NOT EXISTS "
        f"FOR (n:{label}) ON ({properties})"
    )


_FIRST: Final = (
    *(_unique(label, name) for label, name in UNIQUE),
    # Each ends in the order of a listing: a page is one stretch of one index,
    # wherever it lies.
    *(_index("GalleryAsset", *names, "age_key") for names in ASSET_LISTINGS),
    *(_index("GenerationBatch", *names, "age_key") for names in BATCH_LISTINGS),
    # Both hold no finished batch: claiming costs the same after a million of them.
    _index("GenerationBatch", "line_key"),
    _index("GenerationBatch", "takeover_at"),
)

#: The statements of each step; after step n the stored version is n, from 1.
#: A step that was released is never changed: a new one is put behind it.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST,)
