"""Game art with ComfyUI on demand: portraits, sprites, backdrops and items.

Everything public stands here; modules below are private unless this page names them.
Names load when they are first used, so that importing the package costs next to
nothing: a host pays for httpx, websockets, sqlite3 or Pillow only if it uses them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from comfy_assets.adapters.comfyui._settings import ComfyUITimeouts
    from comfy_assets.adapters.comfyui.client import ComfyUIClient
    from comfy_assets.adapters.files import FileImageStore
    from comfy_assets.adapters.memory.images import MemoryImageStore
    from comfy_assets.adapters.memory.repository import MemoryAssetRepository
    from comfy_assets.adapters.neo4j.repository import Neo4jAssetRepository
    from comfy_assets.adapters.sqlite.repository import SqliteAssetRepository
    from comfy_assets.domain.assets import AssetQuery, GalleryAsset, StoredImage
    from comfy_assets.domain.batches import (
        BatchFailure,
        BatchQuery,
        BatchStatus,
        Claim,
        GenerationBatch,
    )
    from comfy_assets.domain.events import (
        AnyEvent,
        AssetActivated,
        AssetDeleted,
        BatchEvent,
        ComfyUIState,
        ComfyUIStateChanged,
        Event,
        GenerationCancelled,
        GenerationComplete,
        GenerationFailed,
        GenerationPreview,
        GenerationProgress,
        GenerationQueued,
    )
    from comfy_assets.domain.identity import AssetId, BatchId, PromptId, WorkflowId
    from comfy_assets.domain.paging import Page
    from comfy_assets.domain.requests import (
        AssetType,
        EntityRef,
        GenerationRequest,
        WorkflowSlot,
        workflow_slot,
    )
    from comfy_assets.domain.resilience import CircuitBreaker, RetryPolicy
    from comfy_assets.domain.workflows.configuration import (
        AutoDetect,
        Disabled,
        Explicit,
        InputDefault,
        LockedInput,
        PromptInjection,
        PromptMapping,
        StyleReferenceMapping,
        WorkflowConfiguration,
    )
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.errors import (
        AssetNotFoundError,
        BatchNotFoundError,
        BatchStatusError,
        CircuitOpenError,
        ComfyAssetsError,
        ComfyUIError,
        ComfyUITimeoutError,
        ComfyUIUnavailableError,
        ExecutionError,
        ExecutionInterruptedError,
        ImageNotFoundError,
        ImageStoreError,
        InvalidImageError,
        InvalidRequestError,
        LockedInputError,
        MappingError,
        NoImagesError,
        NotFoundError,
        PayloadError,
        RepositoryError,
        StaleBatchError,
        StorageError,
        SubscriptionOverflowError,
        SystemClosedError,
        WorkflowFormatError,
        WorkflowNotFoundError,
        WorkflowRejectedError,
    )
    from comfy_assets.opening import open_repository
    from comfy_assets.ports.asset_records import AssetRecords
    from comfy_assets.ports.batch_records import BatchRecords
    from comfy_assets.ports.comfy import (
        ComfyClient,
        ComfyUIHealth,
        OutputImage,
        RunPreview,
        RunProgress,
    )
    from comfy_assets.ports.events import EventSink
    from comfy_assets.ports.images import ImageStore
    from comfy_assets.ports.repository import AssetRepository
    from comfy_assets.ports.workflow_records import WorkflowRecords
    from comfy_assets.services.events import EventHub, Subscription
    from comfy_assets.system import AssetSystem

#: Where each public name lives; a test holds it against the imports above.
_HOMES: Final = {
    "comfy_assets.adapters.comfyui._settings": ("ComfyUITimeouts",),
    "comfy_assets.adapters.comfyui.client": ("ComfyUIClient",),
    "comfy_assets.adapters.files": ("FileImageStore",),
    "comfy_assets.adapters.memory.images": ("MemoryImageStore",),
    "comfy_assets.adapters.memory.repository": ("MemoryAssetRepository",),
    "comfy_assets.adapters.neo4j.repository": ("Neo4jAssetRepository",),
    "comfy_assets.adapters.sqlite.repository": ("SqliteAssetRepository",),
    "comfy_assets.domain.assets": (
        "AssetQuery",
        "GalleryAsset",
        "StoredImage",
    ),
    "comfy_assets.domain.batches": (
        "BatchFailure",
        "BatchQuery",
        "BatchStatus",
        "Claim",
        "GenerationBatch",
    ),
    "comfy_assets.domain.events": (
        "AnyEvent",
        "AssetActivated",
        "AssetDeleted",
        "BatchEvent",
        "ComfyUIState",
        "ComfyUIStateChanged",
        "Event",
        "GenerationCancelled",
        "GenerationComplete",
        "GenerationFailed",
        "GenerationPreview",
        "GenerationProgress",
        "GenerationQueued",
    ),
    "comfy_assets.domain.identity": (
        "AssetId",
        "BatchId",
        "PromptId",
        "WorkflowId",
    ),
    "comfy_assets.domain.paging": ("Page",),
    "comfy_assets.domain.requests": (
        "AssetType",
        "EntityRef",
        "GenerationRequest",
        "WorkflowSlot",
        "workflow_slot",
    ),
    "comfy_assets.domain.resilience": (
        "CircuitBreaker",
        "RetryPolicy",
    ),
    "comfy_assets.domain.workflows.configuration": (
        "AutoDetect",
        "Disabled",
        "Explicit",
        "InputDefault",
        "LockedInput",
        "PromptInjection",
        "PromptMapping",
        "StyleReferenceMapping",
        "WorkflowConfiguration",
    ),
    "comfy_assets.domain.workflows.graph": ("Workflow",),
    "comfy_assets.errors": (
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
        "StorageError",
        "SubscriptionOverflowError",
        "SystemClosedError",
        "WorkflowFormatError",
        "WorkflowNotFoundError",
        "WorkflowRejectedError",
    ),
    "comfy_assets.opening": ("open_repository",),
    "comfy_assets.ports.asset_records": ("AssetRecords",),
    "comfy_assets.ports.batch_records": ("BatchRecords",),
    "comfy_assets.ports.comfy": (
        "ComfyClient",
        "ComfyUIHealth",
        "OutputImage",
        "RunPreview",
        "RunProgress",
    ),
    "comfy_assets.ports.events": ("EventSink",),
    "comfy_assets.ports.images": ("ImageStore",),
    "comfy_assets.ports.repository": ("AssetRepository",),
    "comfy_assets.ports.workflow_records": ("WorkflowRecords",),
    "comfy_assets.services.events": (
        "EventHub",
        "Subscription",
    ),
    "comfy_assets.system": ("AssetSystem",),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AnyEvent",
    "AssetActivated",
    "AssetDeleted",
    "AssetId",
    "AssetNotFoundError",
    "AssetQuery",
    "AssetRecords",
    "AssetRepository",
    "AssetSystem",
    "AssetType",
    "AutoDetect",
    "BatchEvent",
    "BatchFailure",
    "BatchId",
    "BatchNotFoundError",
    "BatchQuery",
    "BatchRecords",
    "BatchStatus",
    "BatchStatusError",
    "CircuitBreaker",
    "CircuitOpenError",
    "Claim",
    "ComfyAssetsError",
    "ComfyClient",
    "ComfyUIClient",
    "ComfyUIError",
    "ComfyUIHealth",
    "ComfyUIState",
    "ComfyUIStateChanged",
    "ComfyUITimeoutError",
    "ComfyUITimeouts",
    "ComfyUIUnavailableError",
    "Disabled",
    "EntityRef",
    "Event",
    "EventHub",
    "EventSink",
    "ExecutionError",
    "ExecutionInterruptedError",
    "Explicit",
    "FileImageStore",
    "GalleryAsset",
    "GenerationBatch",
    "GenerationCancelled",
    "GenerationComplete",
    "GenerationFailed",
    "GenerationPreview",
    "GenerationProgress",
    "GenerationQueued",
    "GenerationRequest",
    "ImageNotFoundError",
    "ImageStore",
    "ImageStoreError",
    "InputDefault",
    "InvalidImageError",
    "InvalidRequestError",
    "LockedInput",
    "LockedInputError",
    "MappingError",
    "MemoryAssetRepository",
    "MemoryImageStore",
    "Neo4jAssetRepository",
    "NoImagesError",
    "NotFoundError",
    "OutputImage",
    "Page",
    "PayloadError",
    "PromptId",
    "PromptInjection",
    "PromptMapping",
    "RepositoryError",
    "RetryPolicy",
    "RunPreview",
    "RunProgress",
    "SqliteAssetRepository",
    "StaleBatchError",
    "StorageError",
    "StoredImage",
    "StyleReferenceMapping",
    "Subscription",
    "SubscriptionOverflowError",
    "SystemClosedError",
    "Workflow",
    "WorkflowConfiguration",
    "WorkflowFormatError",
    "WorkflowId",
    "WorkflowNotFoundError",
    "WorkflowRecords",
    "WorkflowRejectedError",
    "WorkflowSlot",
    "open_repository",
    "workflow_slot",
]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_HOME_OF[name]), name)
    # Found once, it is an ordinary attribute.
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
