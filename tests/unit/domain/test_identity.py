"""Ids: what is drawn is a UUID, and derived ids depend on nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.identity import (
    BatchId,
    asset_id_of,
    new_batch_id,
    new_workflow_id,
    prompt_id_of,
    require_uuid,
)
from comfy_assets.errors import InvalidRequestError

BATCH = BatchId("3f2a5b1c-0000-4000-8000-000000000001")
batch_ids = st.uuids().map(lambda uuid: BatchId(str(uuid)))
numbers = st.integers(min_value=0, max_value=10_000)


def test_new_ids_are_canonical_uuids_and_all_different() -> None:
    """No two new ids are equal, and each is a UUID in canonical form."""
    drawn = [*(new_batch_id() for _ in range(50)), *(new_workflow_id() for _ in [1, 2])]

    assert len(set(drawn)) == len(drawn)
    for each in drawn:
        require_uuid("id", each)


def test_derived_ids_never_change_between_releases() -> None:
    """Ids of runs and assets of old batches stay what they were when stored."""
    assert prompt_id_of(BATCH, attempt=1, index=0) == (
        "814f98fa-d9b7-5f45-b743-3eafe0f2ec25"
    )
    assert asset_id_of(BATCH, index=0) == "3e14710c-8b76-5d16-9bac-4cecd2f5bc3a"
    assert asset_id_of(BATCH, index=0, extra=2) == (
        "93d3b61a-100c-5070-8943-d43ca8e22908"
    )


@given(batch_ids, numbers, numbers)
def test_derived_ids_are_uuids_and_repeat(
    batch_id: BatchId, attempt: int, index: int
) -> None:
    """The same image of the same attempt gets the same canonical ids again."""
    for derive in (
        lambda: prompt_id_of(batch_id, attempt=attempt, index=index),
        lambda: asset_id_of(batch_id, index=index, extra=attempt),
    ):
        assert derive() == derive()
        require_uuid("id", derive())


@given(
    batch_ids,
    st.lists(st.tuples(numbers, numbers), min_size=2, max_size=20, unique=True),
)
def test_different_images_get_different_ids(
    batch_id: BatchId, pairs: list[tuple[int, int]]
) -> None:
    """No two runs and no two assets of a batch share an id."""
    runs = {prompt_id_of(batch_id, attempt=a, index=i) for a, i in pairs}
    assets = {asset_id_of(batch_id, index=i, extra=a) for a, i in pairs}

    assert len(runs) == len(assets) == len(pairs)


def test_asset_ids_survive_a_new_attempt() -> None:
    """A retry stores an image under the id that it had before, under a new run."""
    first, second = (prompt_id_of(BATCH, attempt=a, index=3) for a in (1, 2))

    assert first != second
    assert asset_id_of(BATCH, index=3) == asset_id_of(BATCH, index=3, extra=0)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "marcus",
        BATCH.upper(),
        BATCH.replace("-", ""),
        f"{{{BATCH}}}",
        f"urn:uuid:{BATCH}",
        f"{BATCH}\n",
        None,
        7,
        UUID(BATCH),
    ],
)
def test_what_is_no_canonical_uuid_is_refused(value: str) -> None:
    """An id is refused unless it is the one canonical spelling of a UUID."""
    with pytest.raises(InvalidRequestError, match="no UUID") as caught:
        require_uuid("id", value)

    assert caught.value.field == "id"
