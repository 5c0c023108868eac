"""Where a batch stands, and the table of the steps that it may take from there."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from comfy_assets.errors import BatchStatusError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.domain.identity import BatchId


class BatchStatus(StrEnum):
    """Where a batch stands."""

    #: Waits in line.
    QUEUED = "queued"
    #: A worker paints its images.
    PROCESSING = "processing"
    #: Every image is in the gallery.
    COMPLETE = "complete"
    #: An image could not be painted; those finished before are in the gallery.
    FAILED = "failed"
    #: The host called it off; finished images are in the gallery.
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether no worker will touch the batch again unless it is retried."""
        return self not in _OPEN


_OPEN: Final = frozenset({BatchStatus.QUEUED, BatchStatus.PROCESSING})

#: The statuses from which each step may be taken: the one table of allowed steps.
ALLOWED_STEPS: Final[Mapping[str, frozenset[BatchStatus]]] = MappingProxyType(
    {
        "start": frozenset({BatchStatus.QUEUED}),
        "record_image": frozenset({BatchStatus.PROCESSING}),
        "complete": frozenset({BatchStatus.PROCESSING}),
        "fail": _OPEN,
        "cancel": _OPEN,
        "requeue": _OPEN,
        "move": frozenset({BatchStatus.QUEUED}),
        "retry": frozenset({BatchStatus.FAILED, BatchStatus.CANCELLED}),
    }
)

_HINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "retry": "Only failed and cancelled batches can be retried.",
        "cancel": "Only queued and processing batches can be cancelled.",
        "move": "Only batches that still wait in line can be moved.",
    }
)


def check_step(batch_id: BatchId, status: BatchStatus, step: str) -> None:
    """Check that a batch may take a step.

    Args:
        batch_id: The batch, for the sentence of the error.
        status: Where it stands.
        step: A key of `ALLOWED_STEPS`.

    Raises:
        BatchStatusError: When the table does not allow the step from there.
    """
    if status not in ALLOWED_STEPS[step]:
        raise BatchStatusError(batch_id, status, step, _HINTS.get(step, ""))
