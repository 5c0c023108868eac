"""Generation batches as rows, and the queries for a listing of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from attrs import evolve

from comfy_assets.adapters.sqlite._documents import (
    from_document,
    from_microseconds,
    to_document,
    to_microseconds,
)
from comfy_assets.adapters.sqlite._pages import NEWEST_FIRST, Conditions
from comfy_assets.domain.batches import BatchStatus, Claim, GenerationBatch
from comfy_assets.errors import BatchNotFoundError

if TYPE_CHECKING:
    import sqlite3

    from comfy_assets.adapters.sqlite._pages import SqlValue
    from comfy_assets.domain.batches import BatchQuery
    from comfy_assets.domain.identity import BatchId

    _BatchRow: TypeAlias = tuple[str, str | None, int | None, int | None, int, int]

#: The columns that `read_row` takes, in its order.
COLUMNS = "document, owner, lease_until, claim_fence, fence, version"

_GET = f"SELECT {COLUMNS} FROM batches WHERE id = ?"  # noqa: S608 - our own words


def write_row(batch: GenerationBatch) -> dict[str, SqlValue]:
    """Return a batch as the named parameters of an insert or update.

    Raises:
        PayloadError: When it holds a time that is not aware.
    """
    claim = batch.claim
    return {
        "id": batch.id,
        "world_id": batch.request.world_id,
        "entity_type": batch.request.entity.entity_type,
        "entity_id": batch.request.entity.entity_id,
        "status": batch.status.value,
        "place": -batch.priority,
        "position_key": batch.position_key,
        "created_at": to_microseconds(batch.created_at),
        "owner": None if claim is None else claim.owner,
        "lease_until": None if claim is None else to_microseconds(claim.lease_until),
        "claim_fence": None if claim is None else claim.fence,
        "fence": batch.fence,
        "version": batch.version,
        # Claim, fence and version change without the document: columns alone tell.
        "document": to_document(without_claim(batch)),
    }


def read_row(row: _BatchRow) -> GenerationBatch:
    """Return the batch of a row with `COLUMNS`.

    Raises:
        RepositoryError: When the document was changed by something else.
    """
    document, owner, lease_until, claim_fence, fence, version = row
    claim = None
    if owner is not None and lease_until is not None and claim_fence is not None:
        claim = Claim(
            owner=owner,
            lease_until=from_microseconds(lease_until),
            fence=claim_fence,
        )
    batch = from_document(document, GenerationBatch)
    return evolve(batch, claim=claim, fence=fence, version=version)


def without_claim(batch: GenerationBatch) -> GenerationBatch:
    """Return what a batch is, whoever works on it and however often it was saved."""
    return evolve(batch, version=0, fence=0, claim=None)


def get_batch(sql: sqlite3.Connection, batch_id: BatchId) -> GenerationBatch | None:
    """Return a batch, or ``None`` when there is none."""
    row = sql.execute(_GET, [batch_id]).fetchone()
    return None if row is None else read_row(row)


def require_batch(sql: sqlite3.Connection, batch_id: BatchId) -> GenerationBatch:
    """Return a batch.

    Raises:
        BatchNotFoundError: When no batch has the id.
    """
    batch = get_batch(sql, batch_id)
    if batch is None:
        raise BatchNotFoundError(batch_id)
    return batch


def page_statement(
    query: BatchQuery, *, limit: int, after: str | None
) -> tuple[str, tuple[SqlValue, ...]]:
    """Return the SQL for a page and one row beyond it, and its parameters.

    Raises:
        PayloadError: When `after` is no cursor.
    """
    conditions = Conditions().equal("world_id", query.world_id)
    if query.entity is not None:
        conditions = conditions.equal("entity_type", query.entity.entity_type).equal(
            "entity_id", query.entity.entity_id
        )
    conditions = conditions.equal("owner", query.owner).before(after)
    statuses = BatchStatus if query.statuses is None else query.statuses
    if not statuses:
        conditions = conditions.and_("FALSE")
    # One query a status, merged: each reads its own stretch of an index that goes by
    # status, so that few waiting batches are found at once among many finished ones.
    parts = [conditions.equal("status", status.value) for status in sorted(statuses)]
    parts = parts or [conditions]
    columns = f"{COLUMNS}, created_at, id"
    merged = " UNION ALL ".join(part.select(columns, "batches") for part in parts)
    parameters = tuple(value for part in parts for value in part.parameters)
    return f"{merged} {NEWEST_FIRST}", (*parameters, limit + 1)
