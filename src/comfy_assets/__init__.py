"""Game art with ComfyUI on demand: portraits, sprites, backdrops and items.

Everything public stands here; modules below are private unless this page names them.
Names load when they are first used, so that importing the package costs next to
nothing: a host pays for httpx, websockets, sqlite3 or Pillow only if it uses them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from comfy_assets._homes import HOME_OF

if TYPE_CHECKING:
    from comfy_assets.adapters.comfyui._settings import ComfyUITimeouts
    from comfy_assets.adapters.comfyui.client import ComfyUIClient
    from comfy_assets.adapters.files import FileImageStore
    from comfy_assets.adapters.memory.images import MemoryImageStore
    from comfy_assets.adapters.memory.repository import MemoryAssetRepository
    from comfy_assets.adapters.neo4j._lineage import Lineage
    from comfy_assets.adapters.neo4j.repository import Neo4jAssetRepository
    from comfy_assets.adapters.sqlite.repository import SqliteAssetRepository
    from comfy_assets.domain.assets import AssetQuery, GalleryAsset, StoredImage
    from comfy_assets.domain.batch_status import BatchStatus
    from comfy_assets.domain.batches import (
        BatchFailure,
        BatchQuery,
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
    from comfy_assets.domain.workflows.analysis import (
        AnalyzedInput,
        AnalyzedNode,
        WorkflowAnalysis,
        analyze,
    )
    from comfy_assets.domain.workflows.catalogue import (
        Catalogue,
        InputDescription,
        NodeDescription,
    )
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
    from comfy_assets.domain.workflows.editing import (
        CarriedEntry,
        Carrying,
        ChangeKind,
        DraftChange,
        DraftFault,
        DraftField,
        DraftPart,
        FieldState,
        MappingPreview,
        SampleEntity,
        StyleChoice,
        WidgetKind,
        WorkflowDraft,
    )
    from comfy_assets.domain.workflows.graph import InputRef, Workflow
    from comfy_assets.domain.workflows.style import (
        StylePlace,
        StyleTarget,
        find_style_targets,
    )
    from comfy_assets.domain.workflows.validation import (
        Fault,
        FaultKind,
        Severity,
        validate,
        validate_document,
    )
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
        StaleWorkflowError,
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
    from comfy_assets.services.transfer import ImportMode, WorkflowImport
    from comfy_assets.services.trial import TRIAL_WORLD, WorkflowTrial
    from comfy_assets.system import AssetSystem

__all__ = [
    "TRIAL_WORLD",
    "AnalyzedInput",
    "AnalyzedNode",
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
    "CarriedEntry",
    "Carrying",
    "Catalogue",
    "ChangeKind",
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
    "DraftChange",
    "DraftFault",
    "DraftField",
    "DraftPart",
    "EntityRef",
    "Event",
    "EventHub",
    "EventSink",
    "ExecutionError",
    "ExecutionInterruptedError",
    "Explicit",
    "Fault",
    "FaultKind",
    "FieldState",
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
    "ImportMode",
    "InputDefault",
    "InputDescription",
    "InputRef",
    "InvalidImageError",
    "InvalidRequestError",
    "Lineage",
    "LockedInput",
    "LockedInputError",
    "MappingError",
    "MappingPreview",
    "MemoryAssetRepository",
    "MemoryImageStore",
    "Neo4jAssetRepository",
    "NoImagesError",
    "NodeDescription",
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
    "SampleEntity",
    "Severity",
    "SqliteAssetRepository",
    "StaleBatchError",
    "StaleWorkflowError",
    "StorageError",
    "StoredImage",
    "StyleChoice",
    "StylePlace",
    "StyleReferenceMapping",
    "StyleTarget",
    "Subscription",
    "SubscriptionOverflowError",
    "SystemClosedError",
    "WidgetKind",
    "Workflow",
    "WorkflowAnalysis",
    "WorkflowConfiguration",
    "WorkflowDraft",
    "WorkflowFormatError",
    "WorkflowId",
    "WorkflowImport",
    "WorkflowNotFoundError",
    "WorkflowRecords",
    "WorkflowRejectedError",
    "WorkflowSlot",
    "WorkflowTrial",
    "analyze",
    "find_style_targets",
    "open_repository",
    "validate",
    "validate_document",
    "workflow_slot",
]


def __getattr__(name: str) -> object:
    if name not in HOME_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(HOME_OF[name]), name)
    # Found once, it is an ordinary attribute.
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
