"""Values as columns and documents, and back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.sqlite._documents import (
    from_document,
    from_microseconds,
    to_document,
    to_microseconds,
)
from comfy_assets.domain.assets import GalleryAsset
from comfy_assets.errors import RepositoryError
from comfy_assets.testing.samples import make_asset

# Lone surrogates too, which `st.text` leaves out unless it is told.
_ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=20)


@given(
    time=st.datetimes(
        timezones=st.integers(-720, 720).map(
            lambda minutes: timezone(timedelta(minutes=minutes))
        ),
        min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        max_value=datetime(9998, 12, 31),  # noqa: DTZ001 - as above
    )
)
def test_times_survive_to_the_microsecond(time: datetime) -> None:
    """Any aware time comes back as the same instant, in UTC."""
    back = from_microseconds(to_microseconds(time))
    assert back == time
    assert back.utcoffset() == timedelta(0)


@given(text=_ANY_TEXT)
def test_documents_are_ascii_and_hold_any_text(text: str) -> None:
    """A document is ASCII whatever it holds, so SQLite cannot stumble over it."""
    asset = make_asset(prompt=text)
    document = to_document(asset)
    assert document.isascii()
    assert from_document(document, GalleryAsset) == asset


@pytest.mark.parametrize("document", ["", "{", "[]", '{"id": 1}', "[" * 100_000])
def test_a_document_that_was_tampered_with_is_told(document: str) -> None:
    """What is no document of ours raises `RepositoryError`, with the cause."""
    with pytest.raises(RepositoryError) as caught:
        from_document(document, GalleryAsset)
    assert caught.value.__cause__ is not None
    assert "backup" in caught.value.problem
