"""Every listing is one stretch of an index: no sorting, no reading of whole tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from comfy_assets.adapters.sqlite import _line, assets
from comfy_assets.adapters.sqlite._batch_rows import page_statement
from comfy_assets.adapters.sqlite._opening import open_database
from comfy_assets.domain.assets import AssetQuery
from comfy_assets.domain.batches import BatchQuery, BatchStatus
from comfy_assets.domain.identity import AssetId, BatchId
from comfy_assets.domain.paging import PageKey
from comfy_assets.domain.requests import AssetType, WorkflowSlot
from comfy_assets.testing.samples import MARCUS, NOON

if TYPE_CHECKING:
    from comfy_assets.adapters.sqlite._pages import SqlValue

_CURSOR = PageKey(NOON, "m").to_cursor()

#: The queries whose pages cost the same wherever they lie, and the index of each.
_ASSET_QUERIES = {
    "assets_by_age": AssetQuery(),
    "assets_by_world": AssetQuery(world_id="vale"),
    "assets_by_entity": AssetQuery(entity=MARCUS),
    "assets_by_world_and_entity": AssetQuery(world_id="vale", entity=MARCUS),
    "assets_by_place": AssetQuery(
        world_id="vale", entity=MARCUS, asset_type=AssetType.PORTRAIT
    ),
    "assets_by_world_and_type": AssetQuery(
        world_id="vale", asset_type=AssetType.PORTRAIT
    ),
    "assets_by_type": AssetQuery(asset_type=AssetType.PORTRAIT),
    "assets_by_activity": AssetQuery(is_active=True),
    "assets_by_slot": AssetQuery(workflow_slot=WorkflowSlot("portrait")),
    "assets_by_batch": AssetQuery(batch_id=BatchId("b")),
    "assets_by_style_reference": AssetQuery(style_reference_id=AssetId("a")),
}
_BATCH_QUERIES = {
    "batches_by_status": BatchQuery(),
    "batches_by_status ": BatchQuery(statuses=[BatchStatus.QUEUED]),
    "batches_by_world": BatchQuery(world_id="vale"),
    "batches_by_world ": BatchQuery(
        world_id="vale", statuses=[BatchStatus.FAILED, BatchStatus.CANCELLED]
    ),
    "batches_by_entity": BatchQuery(entity=MARCUS),
    "batches_by_owner": BatchQuery(owner="worker"),
}
_LINE_QUERIES = {
    "claim": _line.CLAIM,
    "count before": _line.COUNT_BEFORE,
    "first waiting": _line.FIRST_WAITING,
}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Open an empty database."""
    connection = open_database(tmp_path / "plans.db")
    yield connection
    connection.close()


@pytest.mark.parametrize("after", [None, _CURSOR], ids=["first", "later"])
@pytest.mark.parametrize("index", _ASSET_QUERIES)
def test_a_page_of_assets_is_read_from_one_index(
    connection: sqlite3.Connection, index: str, after: str | None
) -> None:
    """A page is found by its index, in order, and not by stepping over others."""
    query = _ASSET_QUERIES[index]
    plan = _plan(connection, *assets.page_statement(query, limit=50, after=after))
    assert len(plan) == 1
    assert f"USING INDEX {index} (" in f"{plan[0]} ("
    _assert_cheap(plan, whole_index=after is None)


@pytest.mark.parametrize("after", [None, _CURSOR], ids=["first", "later"])
@pytest.mark.parametrize("index", _BATCH_QUERIES)
def test_a_page_of_batches_is_read_from_indexes(
    connection: sqlite3.Connection, index: str, after: str | None
) -> None:
    """A page is merged from one stretch of an index a status."""
    query = _BATCH_QUERIES[index]
    plan = _plan(connection, *page_statement(query, limit=50, after=after))
    statuses = len(query.statuses or BatchStatus)
    assert sum(f"USING INDEX {index.strip()} (" in step for step in plan) == statuses
    _assert_cheap(plan, whole_index=False)


@pytest.mark.parametrize("statement", _LINE_QUERIES.values(), ids=_LINE_QUERIES)
def test_the_line_reads_no_finished_batch(
    connection: sqlite3.Connection, statement: str
) -> None:
    """Claims and positions use the index that only unfinished batches are in."""
    parameters = dict.fromkeys(
        ["owner", "lease_until", "now", "place", "position_key", "created_at", "id"], 0
    )
    plan = _plan(connection, statement, {**parameters, "limit": 1})
    assert any("INDEX batches_line" in step for step in plan)
    _assert_cheap(plan, whole_index=True)


def test_the_place_of_a_batch_is_a_range_of_the_line(
    connection: sqlite3.Connection,
) -> None:
    """Only what stands before a batch is counted, and the index alone is read."""
    parameters = dict.fromkeys(["now", "place", "position_key", "created_at", "id"], 0)
    plan = _plan(connection, _line.COUNT_BEFORE, parameters)
    assert len(plan) == 1
    assert plan[0].startswith("SEARCH batches USING COVERING INDEX batches_line")


@pytest.mark.parametrize("last", ["", "a"])
def test_a_page_of_discarded_assets_is_a_range_of_ids(
    connection: sqlite3.Connection, last: str
) -> None:
    """A page is found by the ids, in order, wherever it lies."""
    plan = _plan(connection, assets.DISCARDED, (last, 51))
    assert len(plan) == 1
    assert plan[0].startswith("SEARCH discarded_assets USING INDEX")


def _plan(
    connection: sqlite3.Connection,
    statement: str,
    parameters: tuple[SqlValue, ...] | dict[str, int],
) -> list[str]:
    rows = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    return [row[3] for row in rows]


def _assert_cheap(plan: list[str], *, whole_index: bool) -> None:
    for step in plan:
        assert "TEMP B-TREE" not in step
        if "SCAN" in step:
            # The first page of all begins at the index's end and stops after a page.
            assert whole_index
            assert "INDEX" in step
