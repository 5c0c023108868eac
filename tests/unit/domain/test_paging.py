"""Pages: cursors come back as they went, and strange ones are refused."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comfy_assets.domain.paging import MAX_PAGE, Page, PageKey, check_limit, cut
from comfy_assets.errors import InvalidRequestError, PayloadError
from comfy_assets.testing.samples import NOON, make_asset

offsets = st.integers(min_value=-1439, max_value=1439).map(
    lambda minutes: timezone(timedelta(minutes=minutes))
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def cursor_of(data: object) -> str:
    """Return plain data in the dress of a cursor."""
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode("ascii")


@given(st.datetimes(timezones=offsets), st.text())
def test_a_cursor_leads_back_to_its_key(created_at: datetime, identifier: str) -> None:
    """Any time and any id survive as a text that is safe in a URL."""
    key = PageKey(created_at, identifier)
    cursor = key.to_cursor()

    assert PageKey.from_cursor(cursor) == key
    assert re.fullmatch(r"[A-Za-z0-9_=-]+", cursor)


def read_or_refuse(cursor: str) -> None:
    """Check that a cursor gives a usable key, or the one error that it may."""
    try:
        key = PageKey.from_cursor(cursor)
    except PayloadError as error:
        assert error.what == "cursor"  # noqa: PT017 - both outcomes are fine
        return
    assert key.created_at.utcoffset() is not None
    key.id.encode()


@given(st.text(alphabet=st.characters()) | st.text(alphabet="ABab01+/-_="))
@example("\ud800")
@example("")
def test_any_text_is_a_cursor_or_refused(cursor: str) -> None:
    """No text that a client sends raises anything but `PayloadError`."""
    read_or_refuse(cursor)


@given(json_values)
def test_any_json_in_a_cursors_dress_is_read_or_refused(data: object) -> None:
    """A cursor that somebody forged gives a sound key or `PayloadError`."""
    read_or_refuse(cursor_of(data))


@pytest.mark.parametrize(
    "data",
    [
        [],
        ["2026-11-22T12:00:00+00:00"],
        ["2026-11-22T12:00:00+00:00", "id", "more"],
        ["2026-11-22T12:00:00", "no offset"],
        ["yesterday", "id"],
        [5, "id"],
        ["2026-11-22T12:00:00+00:00", 5],
        ["2026-11-22T12:00:00+00:00", None],
        ["2026-11-22T12:00:00+00:00", "half a pair \ud800"],
        None,
        "id",
        7,
    ],
)
def test_a_forged_cursor_is_refused(data: object) -> None:
    """Whatever `to_cursor` would not write is refused with what to do."""
    with pytest.raises(PayloadError, match="pass the 'next' of a page back"):
        PageKey.from_cursor(cursor_of(data))


def test_a_cursor_nested_without_end_is_refused() -> None:
    """Depth that would overrun the reader is refused like any other nonsense."""
    deep = base64.urlsafe_b64encode(b"[" * 200_000).decode("ascii")

    with pytest.raises(PayloadError):
        PageKey.from_cursor(deep)


@pytest.mark.parametrize("limit", [1, 50, MAX_PAGE])
def test_a_page_may_be_this_long(limit: int) -> None:
    """Both ends of the range are allowed."""
    check_limit(limit)


@pytest.mark.parametrize("limit", [0, -1, MAX_PAGE + 1, True, 1.5, "9", None])
def test_a_page_of_another_length_is_refused(limit: int) -> None:
    """What is no whole number in the range is refused by name."""
    with pytest.raises(InvalidRequestError, match="from 1 to 1000") as caught:
        check_limit(limit)

    assert caught.value.field == "limit"


def test_the_last_page_leads_nowhere() -> None:
    """A page has no next one unless it is told so."""
    assert Page((1, 2)).next is None
    assert Page((1,), PageKey(datetime.now(UTC), "a").to_cursor()).next is not None


def test_a_page_goes_on_where_one_value_more_was_found() -> None:
    """Its cursor is made out of its last item, not of the one beyond it."""
    assets = [make_asset(id=str(uuid4()), created_at=NOON) for _ in range(3)]

    page = cut(assets, 2)
    assert page.items == (assets[0], assets[1])
    assert page.next == PageKey(NOON, assets[1].id).to_cursor()
    assert cut(assets, 3) == Page(tuple(assets))
    assert cut([], 1) == Page(())
