"""Every error that comfy_assets raises on purpose; imports nothing of ours.

::

    ComfyAssetsError
    ├── NotFoundError (LookupError)
    │   ├── AssetNotFoundError
    │   ├── BatchNotFoundError
    │   ├── WorkflowNotFoundError
    │   └── ImageNotFoundError
    ├── InvalidRequestError (ValueError)
    │   ├── WorkflowFormatError
    │   ├── MappingError
    │   ├── LockedInputError
    │   ├── BatchStatusError
    │   └── PayloadError
    ├── ComfyUIError
    │   ├── ComfyUIUnavailableError
    │   │   ├── ComfyUITimeoutError
    │   │   └── CircuitOpenError
    │   ├── WorkflowRejectedError
    │   ├── ExecutionError
    │   ├── ExecutionInterruptedError
    │   └── NoImagesError
    ├── StorageError
    │   ├── RepositoryError
    │   ├── StaleBatchError
    │   ├── StaleWorkflowError
    │   ├── ImageStoreError
    │   └── InvalidImageError
    ├── SystemClosedError (RuntimeError)
    └── SubscriptionOverflowError

Attributes are plain values; the sentence for a person is made in ``__str__``.
``transient`` on the class says whether trying again later may help; nothing
else decides that.
"""

from __future__ import annotations

from comfy_assets.errors._comfyui import (
    CircuitOpenError,
    ComfyUIError,
    ComfyUITimeoutError,
    ComfyUIUnavailableError,
    ExecutionError,
    ExecutionInterruptedError,
    NoImagesError,
    WorkflowRejectedError,
)
from comfy_assets.errors._lookups import (
    AssetNotFoundError,
    BatchNotFoundError,
    ImageNotFoundError,
    NotFoundError,
    WorkflowNotFoundError,
)
from comfy_assets.errors._requests import (
    BatchStatusError,
    InvalidRequestError,
    LockedInputError,
    MappingError,
    PayloadError,
    WorkflowFormatError,
)
from comfy_assets.errors._storage import (
    ImageStoreError,
    InvalidImageError,
    RepositoryError,
    StaleBatchError,
    StaleWorkflowError,
    StorageError,
)
from comfy_assets.errors._tree import (
    ComfyAssetsError,
    SubscriptionOverflowError,
    SystemClosedError,
)

__all__ = [
    "AssetNotFoundError",
    "BatchNotFoundError",
    "BatchStatusError",
    "CircuitOpenError",
    "ComfyAssetsError",
    "ComfyUIError",
    "ComfyUITimeoutError",
    "ComfyUIUnavailableError",
    "ExecutionError",
    "ExecutionInterruptedError",
    "ImageNotFoundError",
    "ImageStoreError",
    "InvalidImageError",
    "InvalidRequestError",
    "LockedInputError",
    "MappingError",
    "NoImagesError",
    "NotFoundError",
    "PayloadError",
    "RepositoryError",
    "StaleBatchError",
    "StaleWorkflowError",
    "StorageError",
    "SubscriptionOverflowError",
    "SystemClosedError",
    "WorkflowFormatError",
    "WorkflowNotFoundError",
    "WorkflowRejectedError",
]
