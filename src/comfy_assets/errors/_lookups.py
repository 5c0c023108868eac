"""Errors for ids and paths under which nothing is stored."""

from __future__ import annotations

from comfy_assets.errors._tree import ComfyAssetsError


class NotFoundError(ComfyAssetsError, LookupError):
    """Nothing is stored under the given id."""


class AssetNotFoundError(NotFoundError):
    """No asset has this id."""

    def __init__(self, asset_id: str) -> None:
        super().__init__(asset_id)
        #: The id that was asked for.
        self.asset_id = asset_id

    def __str__(self) -> str:
        return (
            f"No asset has the id {self.asset_id!r}: it was deleted, "
            "or the id belongs to another repository."
        )


class BatchNotFoundError(NotFoundError):
    """No generation batch has this id."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(batch_id)
        #: The id that was asked for.
        self.batch_id = batch_id

    def __str__(self) -> str:
        return (
            f"No generation batch has the id {self.batch_id!r}: it was cleared, "
            "or the id belongs to another repository."
        )


class WorkflowNotFoundError(NotFoundError):
    """No workflow is configured for this slot."""

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        #: The slot that was asked for.
        self.slot = slot

    def __str__(self) -> str:
        return (
            f"No workflow is configured for the slot {self.slot!r}: "
            "store one with workflows.put(slot, source)."
        )


class ImageNotFoundError(NotFoundError):
    """The image store holds nothing under this path."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        #: The path that was asked for, relative to the store's root.
        self.path = path

    def __str__(self) -> str:
        return (
            f"The image store holds no image {self.path!r}: the file was removed "
            "by hand, or the store points to another folder."
        )
