"""The tables, and the steps that lead from each version of them to the next.

What is asked for has a column; the rest of a value lies beside it as one JSON
document, so that a new field needs no new column. What changes without the
document is in columns alone: whether an asset is active, and a batch's claim, fence
and version. Times are whole microseconds since 1970, UTC.
"""

from __future__ import annotations

from typing import Final

#: Marks a file as ours (``PRAGMA application_id``): ``cfas`` in ASCII.
APPLICATION_ID: Final = 0x63666173

_FIRST: Final = (
    """
    CREATE TABLE assets (
        id TEXT PRIMARY KEY NOT NULL,
        world_id TEXT NOT NULL,
        entity_type TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        asset_type TEXT NOT NULL,
        workflow_slot TEXT NOT NULL,
        is_active INTEGER NOT NULL,
        batch_id TEXT,
        style_reference_id TEXT,
        created_at INTEGER NOT NULL,
        document TEXT NOT NULL
    )
    """,
    # The rule itself: one active asset a place, whoever writes.
    """
    CREATE UNIQUE INDEX assets_one_active
    ON assets (world_id, entity_type, entity_id, asset_type) WHERE is_active = 1
    """,
    # Each of the following ends in the order of a listing: a page is one stretch of
    # one index, wherever it lies.
    "CREATE INDEX assets_by_age ON assets (created_at, id)",
    "CREATE INDEX assets_by_world ON assets (world_id, created_at, id)",
    """
    CREATE INDEX assets_by_world_and_type
    ON assets (world_id, asset_type, created_at, id)
    """,
    """
    CREATE INDEX assets_by_entity
    ON assets (entity_type, entity_id, created_at, id)
    """,
    """
    CREATE INDEX assets_by_world_and_entity
    ON assets (world_id, entity_type, entity_id, created_at, id)
    """,
    """
    CREATE INDEX assets_by_place
    ON assets (world_id, entity_type, entity_id, asset_type, created_at, id)
    """,
    "CREATE INDEX assets_by_type ON assets (asset_type, created_at, id)",
    "CREATE INDEX assets_by_slot ON assets (workflow_slot, created_at, id)",
    "CREATE INDEX assets_by_activity ON assets (is_active, created_at, id)",
    """
    CREATE INDEX assets_by_batch
    ON assets (batch_id, created_at, id) WHERE batch_id IS NOT NULL
    """,
    """
    CREATE INDEX assets_by_style_reference
    ON assets (style_reference_id, created_at, id)
    WHERE style_reference_id IS NOT NULL
    """,
    # Apart from the gallery, so that no listing has to step over them.
    """
    CREATE TABLE discarded_assets (
        id TEXT PRIMARY KEY NOT NULL,
        is_active INTEGER NOT NULL,
        document TEXT NOT NULL
    )
    """,
    # `place` is the priority negated: the line is then ascending in all its columns,
    # and what stands before a batch is one stretch of an index.
    """
    CREATE TABLE batches (
        id TEXT PRIMARY KEY NOT NULL,
        world_id TEXT NOT NULL,
        entity_type TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        status TEXT NOT NULL,
        place INTEGER NOT NULL,
        position_key TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        owner TEXT,
        lease_until INTEGER,
        claim_fence INTEGER,
        fence INTEGER NOT NULL,
        version INTEGER NOT NULL,
        document TEXT NOT NULL
    )
    """,
    # Holds no finished batch: claiming costs the same after a million of them.
    """
    CREATE INDEX batches_line
    ON batches (place, position_key, created_at, id, status, lease_until)
    WHERE status IN ('queued', 'processing')
    """,
    "CREATE INDEX batches_by_status ON batches (status, created_at, id)",
    """
    CREATE INDEX batches_by_world
    ON batches (world_id, status, created_at, id)
    """,
    """
    CREATE INDEX batches_by_entity
    ON batches (entity_type, entity_id, status, created_at, id)
    """,
    """
    CREATE INDEX batches_by_owner
    ON batches (owner, status, created_at, id) WHERE owner IS NOT NULL
    """,
    """
    CREATE TABLE workflow_configurations (
        slot TEXT PRIMARY KEY NOT NULL,
        document TEXT NOT NULL
    )
    """,
)

#: The statements of each step; after step n ``PRAGMA user_version`` is n, from 1.
#: A step that was released is never changed: a new one is put behind it.
MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (_FIRST,)
