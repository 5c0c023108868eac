"""Single values as properties: exact both ways, and keys that sort as they should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.neo4j._properties import (
    NEWEST,
    age_key,
    from_json,
    from_seed,
    from_time,
    sortable,
    to_json,
    to_seed,
    to_time,
)
from comfy_assets.errors import PayloadError
from comfy_assets.testing.strategies import json_values, seeds, texts, times

_PARTS = st.tuples(texts(), texts())


@given(value=json_values())
def test_json_comes_back_equal(value: object) -> None:
    """Whatever JSON holds survives as text."""
    assert from_json(to_json(value)) == value


@given(seed=st.none() | seeds())
def test_seeds_come_back_equal(seed: int | None) -> None:
    """Seeds beyond Neo4j's numbers keep their digits."""
    assert from_seed(to_seed(seed)) == seed


def test_nothing_stays_nothing() -> None:
    """A property that is not there is ``None``."""
    assert from_json(None) is None
    assert from_time(None) is None
    assert to_time(None) is None


@given(one=_PARTS, other=_PARTS)
def test_keys_of_texts_sort_as_the_pairs_do(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    """By the first text, then by the second, whatever letters they hold."""
    keys = [sortable(first) + second for first, second in (one, other)]
    assert (keys[0] < keys[1]) == (one < other)


@given(
    one=st.tuples(times(), st.uuids().map(str)),
    other=st.tuples(times(), st.uuids().map(str)),
)
def test_age_keys_sort_by_age_then_by_id(
    one: tuple[datetime, str], other: tuple[datetime, str]
) -> None:
    """To the microsecond, and before the key that stands for the newest."""
    keys = age_key(*one), age_key(*other)
    assert (keys[0] < keys[1]) == (one < other)
    assert max(keys) < NEWEST


def test_a_time_is_stored_in_utc() -> None:
    """Times of any zone are the same moment."""
    east = timezone(timedelta(hours=9))
    stored = to_time(datetime(2026, 11, 22, 9, tzinfo=east))
    assert stored == datetime(2026, 11, 22, tzinfo=UTC)
    assert stored is not None
    assert stored.tzinfo is UTC


def test_a_time_beyond_the_calendar_is_refused() -> None:
    """What is in the year 0 in UTC is no time to any database."""
    east = timezone(timedelta(hours=9))
    with pytest.raises(PayloadError):
        to_time(datetime.min.replace(tzinfo=east))
