"""Makes an error again from the plain values that a failed batch keeps of it."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING

from comfy_assets import errors

if TYPE_CHECKING:
    from comfy_assets.domain.batches import BatchFailure


def error_of(failure: BatchFailure) -> errors.ComfyAssetsError | None:
    """Return the error of ours that `failure_of` described.

    ``None`` where it was a bug, or where an error of another release wants what was
    not kept.
    """
    if failure.error_type not in errors.__all__:
        return None
    kind: type[errors.ComfyAssetsError] = getattr(errors, failure.error_type)
    # Attributes bear the names of the arguments that they came from.
    wanted = signature(kind.__init__).parameters
    kept = {name: item for name, item in failure.details.items() if name in wanted}
    try:
        return kind(**kept)
    except TypeError:
        return None
