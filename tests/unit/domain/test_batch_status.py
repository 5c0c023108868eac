"""Statuses: how they are spelt, which are ends, and which steps they allow."""

from __future__ import annotations

import pytest

from comfy_assets.domain.batch_status import ALLOWED_STEPS, BatchStatus, check_step
from comfy_assets.domain.identity import BatchId
from comfy_assets.errors import BatchStatusError

ID = BatchId("3f2a5b1c-0000-4000-8000-000000000001")


def test_the_values_of_statuses_are_lower_case() -> None:
    """Stored statuses read as the documentation spells them."""
    assert list(BatchStatus) == [
        "queued",
        "processing",
        "complete",
        "failed",
        "cancelled",
    ]


@pytest.mark.parametrize(
    "status, is_final",
    [
        (BatchStatus.QUEUED, False),
        (BatchStatus.PROCESSING, False),
        (BatchStatus.COMPLETE, True),
        (BatchStatus.FAILED, True),
        (BatchStatus.CANCELLED, True),
    ],
)
def test_a_status_is_final_when_no_worker_will_touch_the_batch(
    status: BatchStatus, is_final: bool
) -> None:
    """Complete, failed and cancelled are ends; the others are not."""
    assert status.is_final is is_final


@pytest.mark.parametrize("step", ALLOWED_STEPS)
def test_out_of_an_end_only_a_retry_leads(step: str) -> None:
    """What is complete stays so; a final status allows no other step."""
    ends = {status for status in ALLOWED_STEPS[step] if status.is_final}
    assert BatchStatus.COMPLETE not in ends
    assert not ends or step == "retry"


@pytest.mark.parametrize("status", BatchStatus)
@pytest.mark.parametrize("step", ALLOWED_STEPS)
def test_a_step_outside_the_table_is_refused(step: str, status: BatchStatus) -> None:
    """The error tells batch, status and step; a step of the table passes."""
    if status in ALLOWED_STEPS[step]:
        check_step(ID, status, step)
        return
    with pytest.raises(BatchStatusError, match=f"cannot {step} it") as caught:
        check_step(ID, status, step)
    assert (caught.value.batch_id, caught.value.status, caught.value.step) == (
        ID,
        status,
        step,
    )


@pytest.mark.parametrize(
    "step, status, hint",
    [
        ("retry", BatchStatus.COMPLETE, "Only failed and cancelled batches"),
        ("cancel", BatchStatus.COMPLETE, "Only queued and processing batches"),
        ("move", BatchStatus.PROCESSING, "Only batches that still wait"),
    ],
)
def test_a_refused_wish_of_the_host_says_what_is_possible(
    step: str, status: BatchStatus, hint: str
) -> None:
    """What a host may ask for by mistake is refused with a hint."""
    with pytest.raises(BatchStatusError, match=hint):
        check_step(ID, status, step)
