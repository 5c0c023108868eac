"""Places in line: every key sorts as text, and there is one between any two."""

from __future__ import annotations

import bisect
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from uuid import UUID

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from comfy_assets.domain.identity import BatchId
from comfy_assets.domain.line import (
    moved_between,
    position_key_at,
    position_key_between,
)
from comfy_assets.errors import BatchStatusError
from comfy_assets.testing.samples import make_batch

BATCH = BatchId("3f2a5b1c-0000-4000-8000-000000000001")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

times = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone
batch_ids = st.uuids().map(lambda uuid: BatchId(str(uuid)))
# What both functions write: hexadecimal, not ending in 0.
keys = st.from_regex(r"[0-9a-f]{0,12}[1-9a-f]", fullmatch=True)


@given(times, times, batch_ids, batch_ids)
def test_who_comes_later_stands_behind(
    first: datetime, second: datetime, a: BatchId, b: BatchId
) -> None:
    """Keys of different moments sort as the moments do, whatever the batches."""
    assume(first < second)

    assert position_key_at(first, a) < position_key_at(second, b)


@given(times, batch_ids, batch_ids)
def test_neighbouring_microseconds_have_their_order(
    now: datetime, a: BatchId, b: BatchId
) -> None:
    """The least difference that a clock can show is seen in the keys."""
    assume(now < datetime.max.replace(tzinfo=UTC))

    assert position_key_at(now, a) < position_key_at(now + timedelta(microseconds=1), b)


def test_a_tie_is_settled_by_the_batch() -> None:
    """Two batches of one moment have different places, so one can go between."""
    other = BatchId(str(UUID(int=7)))
    low, high = sorted([position_key_at(NOW, BATCH), position_key_at(NOW, other)])

    assert low < position_key_between(low, high) < high


def test_the_place_depends_on_the_moment_and_not_on_its_zone() -> None:
    """The same instant told in another zone is the same place."""
    elsewhere = NOW.astimezone(timezone(timedelta(hours=9)))

    assert position_key_at(NOW, BATCH) == position_key_at(elsewhere, BATCH)


@given(keys, keys)
def test_there_is_a_place_between_any_two(one: str, other: str) -> None:
    """The key between sorts strictly between, and can be a neighbour itself."""
    assume(one != other)
    low, high = sorted([one, other])

    between = position_key_between(low, high)

    assert low < between < high
    assert not between.endswith("0")


@given(keys)
def test_there_is_a_place_at_either_end(key: str) -> None:
    """A batch can go before the first and behind the last."""
    assert position_key_between(None, key) < key < position_key_between(key, None)


def test_an_empty_line_has_a_place() -> None:
    """The first batch of all has room on both sides."""
    key = position_key_between(None, None)

    assert position_key_between(None, key) < key < position_key_between(key, None)


@settings(max_examples=20)  # of 300 moves each
@given(st.integers())
def test_thousands_of_moves_keep_the_line_in_order(seed: int) -> None:
    """However batches are moved about, all keys stay different and in order."""
    rng = Random(seed)
    line = [position_key_at(NOW, BATCH)]
    for _ in range(300):
        place = rng.choice([0, rng.randint(0, len(line)), len(line), 1])
        low = line[place - 1] if place > 0 else None
        high = line[place] if place < len(line) else None
        line.insert(place, position_key_between(low, high))

    assert line == sorted(set(line))


def test_one_spot_takes_thousands_of_moves() -> None:
    """Going always to the same spot still finds room, from either side."""
    low, high = (
        position_key_at(NOW, BATCH),
        position_key_between(position_key_at(NOW, BATCH), None),
    )
    for turn in range(2000):
        between = position_key_between(low, high)
        assert low < between < high
        low, high = (between, high) if turn % 3 else (low, between)


def test_a_moved_batch_stands_where_it_was_put() -> None:
    """Databases sort the keys as text, as `bisect` does here."""
    line = sorted(
        position_key_at(NOW + timedelta(seconds=second), BATCH) for second in range(9)
    )

    assert bisect.bisect(line, position_key_between(line[3], line[4])) == 4


@pytest.mark.parametrize(
    "low, high",
    [("8", "8"), ("9", "8"), ("8", "80"), (None, "0"), (None, "000"), ("g", None)],
)
def test_where_nothing_fits_is_told(low: str | None, high: str | None) -> None:
    """Keys out of order, without room, or of another make are refused."""
    with pytest.raises(ValueError, match=r"sort before|no place|not found"):
        position_key_between(low, high)


def test_behind_the_last_is_before_all_that_come_later() -> None:
    """A batch moved to the end of its stretch stands there, not behind newcomers."""
    last = position_key_at(NOW, BATCH)
    newcomer = position_key_at(NOW + timedelta(microseconds=1), BATCH)

    assert last < position_key_between(last, None) < newcomer


def test_a_batch_moved_between_two_takes_their_priority() -> None:
    """Between two of one priority, the batch is of theirs and its key between."""
    ahead = make_batch(priority=3, position_key="18")
    behind = make_batch(priority=3, position_key="28")

    moved = moved_between(make_batch(priority=0), ahead, behind)

    assert moved.priority == 3
    assert "18" < moved.position_key < "28"


def test_a_batch_moved_to_the_front_stands_before_the_first() -> None:
    """With none ahead, priority and place are those before the one behind."""
    behind = make_batch(priority=5, position_key="28")

    moved = moved_between(make_batch(priority=0), None, behind)

    assert moved.priority == 5
    assert moved.position_key < "28"


def test_a_batch_moved_between_two_priorities_ends_the_higher_ones_stretch() -> None:
    """Where the neighbours differ, the batch follows the one ahead, with its priority.

    The key of the one behind does not count there: it may even sort first.
    """
    ahead = make_batch(priority=5, position_key="58")
    behind = make_batch(priority=1, position_key="18")

    moved = moved_between(make_batch(priority=0), ahead, behind)

    assert moved.priority == 5
    assert moved.position_key > "58"


def test_a_batch_moved_to_the_end_stands_behind_the_last() -> None:
    """With none behind, priority and place are those after the one ahead."""
    ahead = make_batch(priority=-2, position_key="58")

    moved = moved_between(make_batch(priority=0), ahead, None)

    assert moved.priority == -2
    assert moved.position_key > "58"


def test_a_batch_without_neighbours_stays_as_it_is() -> None:
    """The only batch of a line has nowhere else to go."""
    batch = make_batch(priority=4)

    assert moved_between(batch, None, None) == batch


def test_a_batch_out_of_the_line_cannot_be_moved() -> None:
    """Only what waits can be given another place."""
    running = make_batch().start(NOW)

    with pytest.raises(BatchStatusError, match="still wait in line"):
        moved_between(running, None, make_batch())
