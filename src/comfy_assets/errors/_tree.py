"""The root of the error tree, and the errors of the running system itself."""

from __future__ import annotations

from typing import ClassVar


class ComfyAssetsError(Exception):
    """Base of every error that comfy_assets raises on purpose."""

    #: Whether the same call may succeed later without a change by the caller.
    transient: ClassVar[bool] = False


class SystemClosedError(ComfyAssetsError, RuntimeError):
    """The asset system is not running."""

    def __str__(self) -> str:
        return (
            "The asset system is not running: use it inside "
            "'async with AssetSystem(...) as system'."
        )


class SubscriptionOverflowError(ComfyAssetsError):
    """A subscriber left more events unread than its buffer holds."""

    def __init__(self, max_unread: int) -> None:
        super().__init__(max_unread)
        #: The limit that was passed.
        self.max_unread = max_unread

    def __str__(self) -> str:
        return (
            f"More than {self.max_unread} events were left unread and the "
            "subscription ended: read faster, or subscribe to fewer kinds."
        )
