"""The line in SQL: who is next, who holds what, who stands before whom.

Each query reads a stretch of the index ``batches_line``, which holds the batches that
are not finished. It is named in the queries, as the planner prefers others that read
the whole history; and the terms on `status` are written as the index has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.adapters.sqlite._batch_rows import COLUMNS, read_row
from comfy_assets.adapters.sqlite._documents import to_microseconds
from comfy_assets.domain.batches import BatchStatus
from comfy_assets.errors import BatchNotFoundError, BatchStatusError

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from comfy_assets.domain.batches import Claim, GenerationBatch
    from comfy_assets.domain.identity import BatchId

_LINE: Final = "batches INDEXED BY batches_line"
_OPEN: Final = "status IN ('queued', 'processing')"
_UNCLAIMED: Final = "(lease_until IS NULL OR lease_until <= :now)"
_ORDER: Final = "ORDER BY place, position_key, created_at, id LIMIT :limit"

#: Parameters: ``owner lease_until now limit``.
CLAIM: Final = f"""
UPDATE batches SET
    owner = :owner, lease_until = :lease_until, claim_fence = fence + 1,
    fence = fence + 1, version = version + 1
WHERE id = (SELECT id FROM {_LINE} WHERE {_OPEN} AND {_UNCLAIMED} {_ORDER})
RETURNING {COLUMNS}
"""  # noqa: S608 - made of our own words; values are parameters

#: Parameters: ``id owner fence lease_until``.
RENEW: Final = f"""
UPDATE batches SET lease_until = :lease_until
WHERE id = :id AND owner = :owner AND claim_fence = :fence AND {_OPEN}
"""  # noqa: S608 - as above

_PLACE: Final = """
SELECT status, place, position_key, created_at FROM batches WHERE id = ?
"""

#: Parameters: ``place position_key created_at id now``.
COUNT_BEFORE: Final = f"""
SELECT count(*) FROM {_LINE}
WHERE {_OPEN} AND status = 'queued' AND {_UNCLAIMED}
AND (place, position_key, created_at, id) < (:place, :position_key, :created_at, :id)
"""  # noqa: S608 - as above

#: Parameters: ``now limit``.
FIRST_WAITING: Final = f"""
SELECT {COLUMNS} FROM {_LINE}
WHERE {_OPEN} AND status = 'queued' AND {_UNCLAIMED} {_ORDER}
"""  # noqa: S608 - as above


def claim_next(
    sql: sqlite3.Connection, owner: str, *, now: datetime, lease_until: datetime
) -> GenerationBatch | None:
    """Claim the first batch that is up for it and return it, or ``None``."""
    # All rows are fetched, though there is one at most: the update is done with the
    # last one.
    rows = sql.execute(
        CLAIM,
        {
            "owner": owner,
            "lease_until": to_microseconds(lease_until),
            "now": to_microseconds(now),
            "limit": 1,
        },
    ).fetchall()
    return read_row(rows[0]) if rows else None


def renew(
    sql: sqlite3.Connection, batch_id: BatchId, claim: Claim, *, lease_until: datetime
) -> bool:
    """Let a claim hold until then, and return whether it was the stored one."""
    changed = sql.execute(
        RENEW,
        {
            "id": batch_id,
            "owner": claim.owner,
            "fence": claim.fence,
            "lease_until": to_microseconds(lease_until),
        },
    ).rowcount
    return changed == 1


def count_before(sql: sqlite3.Connection, batch_id: BatchId, *, now: datetime) -> int:
    """Return how many queued, unclaimed batches stand before this one.

    Raises:
        BatchNotFoundError: When no batch has the id.
        BatchStatusError: When the batch is not queued.
    """
    # Its columns tell all: the document beside them need not be read.
    row = sql.execute(_PLACE, [batch_id]).fetchone()
    if row is None:
        raise BatchNotFoundError(batch_id)
    status, place, position_key, created_at = row
    if status != BatchStatus.QUEUED:
        hint = "Only queued batches stand in line."
        raise BatchStatusError(batch_id, BatchStatus(status), "find the place of", hint)
    number: int = sql.execute(
        COUNT_BEFORE,
        {
            "place": place,
            "position_key": position_key,
            "created_at": created_at,
            "id": batch_id,
            "now": to_microseconds(now),
        },
    ).fetchone()[0]
    return number


def first_waiting(
    sql: sqlite3.Connection, *, now: datetime, limit: int
) -> list[GenerationBatch]:
    """Return the first queued, unclaimed batches in the order of the line."""
    parameters = {"now": to_microseconds(now), "limit": limit}
    return [read_row(row) for row in sql.execute(FIRST_WAITING, parameters)]
