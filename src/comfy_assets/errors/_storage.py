"""Errors of repositories and image stores."""

from __future__ import annotations

from comfy_assets.errors._tree import ComfyAssetsError


class StorageError(ComfyAssetsError):
    """A repository or an image store could not do its work."""


class RepositoryError(StorageError):
    """The repository could not read or write."""

    def __init__(self, operation: str, problem: str) -> None:
        super().__init__(operation, problem)
        #: What was tried, such as ``"open game.db"``.
        self.operation = operation
        #: What went wrong and what to do about it.
        self.problem = problem

    def __str__(self) -> str:
        return f"The repository could not {self.operation}: {self.problem}"


class StaleBatchError(StorageError):
    """A batch was changed by someone else since it was read, or its claim is lost."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(batch_id)
        #: The batch whose stored version is newer.
        self.batch_id = batch_id

    def __str__(self) -> str:
        return (
            f"Batch {self.batch_id} was changed by someone else since it was read: "
            "read it again and repeat the step."
        )


class StaleWorkflowError(StorageError):
    """A slot's workflow was changed or removed by someone else since it was read."""

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        #: The slot whose configuration is another one by now.
        self.slot = slot

    def __str__(self) -> str:
        return (
            f"The workflow of the slot {self.slot!r} was changed or deleted by someone "
            "else since it was read: open it anew and repeat the changes."
        )


class ImageStoreError(StorageError):
    """The image store could not read or write."""

    def __init__(self, operation: str, problem: str) -> None:
        super().__init__(operation, problem)
        #: What was tried, such as ``"save portrait/3f/marcus"``.
        self.operation = operation
        #: What went wrong and what to do about it.
        self.problem = problem

    def __str__(self) -> str:
        return f"The image store could not {self.operation}: {self.problem}"


class InvalidImageError(StorageError):
    """Bytes are no picture, or one beyond the store's limits."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        #: What is wrong with the bytes.
        self.problem = problem

    def __str__(self) -> str:
        return f"This is no image that can be kept: {self.problem}"
