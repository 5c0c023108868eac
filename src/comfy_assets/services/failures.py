"""Turns an error into the plain values that a failed batch keeps and tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from comfy_assets.domain.batches import BatchFailure
from comfy_assets.errors import ComfyAssetsError

if TYPE_CHECKING:
    from collections.abc import Mapping


def failure_of(error: Exception) -> BatchFailure:
    """Describe an error: our own by its sentence and attributes, a bug by its class."""
    if isinstance(error, ComfyAssetsError):
        return BatchFailure(
            message=str(error),
            error_type=type(error).__name__,
            details=_plain(vars(error)),
        )
    return BatchFailure(
        message=(
            f"An unexpected {type(error).__name__} ended the batch: this is a bug, "
            "and the log has its traceback. Retry the batch when it is mended."
        ),
        error_type=type(error).__name__,
    )


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in attributes.items()}


def _plain_value(value: Any) -> Any:  # noqa: ANN401 - any JSON value, in and out
    match value:
        case dict():
            return {str(key): _plain_value(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain_value(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)
