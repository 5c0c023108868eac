"""Batches as nodes: their properties, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from comfy_assets.adapters.neo4j._properties import (
    age_key,
    damaged,
    from_json,
    from_seed,
    from_time,
    read_node,
    sortable,
    to_json,
    to_seed,
    to_time,
)
from comfy_assets.converters import unstructure
from comfy_assets.domain.batches import BatchStatus, GenerationBatch

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of the request as of the node.
_OF_REQUEST: Final = (
    "world_id",
    "asset_type",
    "prompt",
    "negative_prompt",
    "count",
    "style_reference_id",
)
#: Of the batch as of the node.
_OF_BATCH: Final = (
    "id",
    "status",
    "completed_count",
    "attempts",
    "priority",
    "position_key",
    "asset_ids",
    "completed_indexes",
    "version",
    "fence",
)
_TIMES: Final = ("created_at", "started_at", "finished_at")
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Priorities become whole numbers from 0 up, of which the lowest is first in line.
_PRIORITIES: Final = 2**63


def write_batch(batch: GenerationBatch) -> dict[str, Any]:
    """Return a batch as the properties of its node.

    Raises:
        PayloadError: When a field for JSON values holds something else, or a time is
            at the very ends of the calendar.
    """
    plain = unstructure(batch)
    request = plain["request"]
    failure = plain["failure"] or {}
    details = failure.get("details")
    claim = batch.claim
    return {
        **{name: plain[name] for name in _OF_BATCH},
        **{name: request[name] for name in _OF_REQUEST},
        **request["entity"],
        "workflow_slot": batch.request.workflow_slot,
        "requested_slot": batch.request.slot,
        "requested_priority": batch.request.priority,
        "requested_seed": to_seed(batch.request.seed),
        "overrides": to_json(request["overrides"]),
        "context": to_json(request["context"]),
        "seed": to_seed(batch.seed),
        "error_message": failure.get("message"),
        "error_type": failure.get("error_type"),
        "error_details": None if details is None else to_json(details),
        "created_at": to_time(batch.created_at),
        "started_at": to_time(batch.started_at),
        "finished_at": to_time(batch.finished_at),
        "owner": None if claim is None else claim.owner,
        "lease_until": None if claim is None else to_time(claim.lease_until),
        "claim_fence": None if claim is None else claim.fence,
        "age_key": age_key(batch.created_at, batch.id),
        **_place_in_line(batch),
    }


def read_batch(properties: Mapping[str, Any]) -> GenerationBatch:
    """Return the batch that a node is.

    Raises:
        RepositoryError: When something else changed the node.
    """
    get = properties.get
    try:
        plain = {
            **{name: get(name) for name in _OF_BATCH},
            **{name: from_time(get(name)) for name in _TIMES},
            "seed": from_seed(get("seed")),
            "request": {
                **{name: get(name) for name in _OF_REQUEST},
                "entity": {name: get(name) for name in ("entity_type", "entity_id")},
                "slot": get("requested_slot"),
                "priority": get("requested_priority"),
                "seed": from_seed(get("requested_seed")),
                "overrides": from_json(get("overrides")),
                "context": from_json(get("context")),
            },
            "failure": None
            if get("error_message") is None
            else {
                "message": get("error_message"),
                "error_type": get("error_type"),
                "details": from_json(get("error_details")),
            },
            "claim": None
            if get("owner") is None
            else {
                "owner": get("owner"),
                "lease_until": from_time(get("lease_until")),
                "fence": get("claim_fence"),
            },
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise damaged("GenerationBatch", properties, error) from error
    return read_node(properties, plain, GenerationBatch)


def _place_in_line(batch: GenerationBatch) -> dict[str, Any]:
    """Return where a batch is found by claims.

    ``place_key`` sorts as the line does. ``line_key`` is the same, on what waits
    unclaimed: the first of its index is next. ``takeover_at`` is on all other open
    batches, and says from when on anybody may claim them.
    """
    if batch.is_finished:
        return {"place_key": None, "line_key": None, "takeover_at": None}
    key = (
        f"{_PRIORITIES - batch.priority:016x}{sortable(batch.position_key)}"
        f"{age_key(batch.created_at, batch.id)}"
    )
    if batch.claim is not None:
        until = to_time(batch.claim.lease_until)
        return {"place_key": key, "line_key": None, "takeover_at": until}
    if batch.status is BatchStatus.QUEUED:
        return {"place_key": key, "line_key": key, "takeover_at": None}
    return {"place_key": key, "line_key": None, "takeover_at": _LONG_AGO}
