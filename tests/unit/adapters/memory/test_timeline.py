"""Pages cut out of a timeline."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.memory._timeline import Timeline
from comfy_assets.testing.samples import NOON, make_asset


@given(
    moments=st.lists(st.integers(0, 3), max_size=12),
    removed=st.sets(st.integers(0, 11)),
    limit=st.integers(1, 4),
)
def test_pages_hold_what_is_left_in_order(
    moments: list[int], removed: set[int], limit: int
) -> None:
    """After any inserts and removals the pages hold the rest, newest first."""
    timeline = Timeline()
    values = [
        make_asset(id=f"{n:02}", created_at=NOON + timedelta(seconds=moment))
        for n, moment in enumerate(moments)
    ]
    for value in values:
        timeline.insert(value)
    left = [value for n, value in enumerate(values) if n not in removed]
    for value in values:
        if value not in left:
            timeline.remove(value)
    by_id = {str(value.id): value for value in left}
    pages = [timeline.page(by_id, lambda _: True, limit=limit, after=None)]
    while (cursor := pages[-1].next) is not None:
        pages.append(timeline.page(by_id, lambda _: True, limit=limit, after=cursor))
    found = [value for page in pages for value in page.items]
    assert found == sorted(left, key=lambda it: (it.created_at, it.id), reverse=True)
