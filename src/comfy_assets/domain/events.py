"""What the library tells its host: frozen values of plain fields and ids.

`AnyEvent` is the closed union of them all, for ``match`` with ``assert_never``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import field, frozen

from comfy_assets.domain.requests import frozen_mapping
from comfy_assets.domain.times import aware

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.identity import AssetId, BatchId
    from comfy_assets.domain.requests import AssetType, EntityRef


def _utc_now() -> datetime:
    return datetime.now(UTC)


@frozen(kw_only=True)
class Event:
    """Base of all events; subscribe to it to get every kind."""

    #: When it happened; aware, UTC.
    occurred_at: datetime = field(factory=_utc_now, validator=aware)


@frozen(kw_only=True)
class BatchEvent(Event):
    """Base of the events about one batch."""

    #: The batch.
    batch_id: BatchId


@frozen(kw_only=True)
class GenerationQueued(BatchEvent):
    """A batch waits in line; told again when its place changes.

    A place beyond the first hundred is told once, at submission, and again when the
    batch comes within them. A newer one replaces an unread older one of the batch.
    """

    #: How many batches run before it, from 0.
    position: int
    #: Whom or what the images will show.
    entity: EntityRef
    #: What they are for.
    asset_type: AssetType


@frozen(kw_only=True)
class GenerationProgress(BatchEvent):
    """How far a batch is: a snapshot that replaces an unread older one of the batch.

    Nobody may count these events. `fraction` never falls within an attempt.
    """

    #: Images that are stored.
    completed: int
    #: Images that were asked for.
    total: int
    #: 0.0 to 1.0 over the whole batch.
    fraction: float
    #: Step of the sampler that runs, from 0; ``None`` where no sampler tells.
    step: int | None = None
    #: Steps that it will take.
    steps: int | None = None
    #: Estimated seconds to the batch's end; ``None`` before there is ground for one.
    eta_seconds: float | None = None


@frozen(kw_only=True)
class GenerationPreview(BatchEvent):
    """An image in the making; told only where a subscriber asked for this kind.

    A newer one replaces an unread older one of the same batch and index.
    """

    #: Which image of the batch, from 0.
    index: int
    #: The encoded picture.
    data: bytes = field(repr=False)
    #: ``"image/jpeg"`` or ``"image/png"``.
    media_type: str


@frozen(kw_only=True)
class GenerationComplete(BatchEvent):
    """Every image of a batch is in the gallery."""

    #: The assets, in the order of the images.
    assets: tuple[GalleryAsset, ...]


@frozen(kw_only=True)
class GenerationFailed(BatchEvent):
    """A batch ended because an image could not be painted; finished images stay."""

    #: A sentence for a person.
    error: str
    #: The error's class, such as ``"WorkflowRejectedError"``.
    error_type: str
    #: What the error knows beyond that; JSON values.
    details: Mapping[str, Any] = field(factory=dict[str, Any], converter=frozen_mapping)
    #: Attempts made so far, from 1.
    attempts: int


@frozen(kw_only=True)
class GenerationCancelled(BatchEvent):
    """A batch ended because the host wished so; finished images stay."""


@frozen(kw_only=True)
class AssetActivated(Event):
    """An asset is now the one that the host shows for its entity."""

    #: The asset.
    asset_id: AssetId
    #: Whose it is; `AssetType.entity_field` names the field to set.
    entity: EntityRef
    #: What it is for.
    asset_type: AssetType


@frozen(kw_only=True)
class AssetDeleted(Event):
    """An asset, its image and its thumbnail are gone."""

    #: The asset that was.
    asset_id: AssetId
    #: Whose it was.
    entity: EntityRef
    #: What it was for.
    asset_type: AssetType


class ComfyUIState(StrEnum):
    """How a ComfyUI server stands with us."""

    #: HTTP and WebSocket work.
    CONNECTED = "connected"
    #: HTTP works, the WebSocket does not: runs go on, followed by polling.
    DEGRADED = "degraded"
    #: HTTP does not answer.
    DISCONNECTED = "disconnected"
    #: It failed repeatedly and is left alone for a while.
    CIRCUIT_OPEN = "circuit_open"


@frozen(kw_only=True)
class ComfyUIStateChanged(Event):
    """A ComfyUI server stands otherwise than before."""

    #: Its address without credentials.
    server: str
    #: How it stands now.
    state: ComfyUIState
    #: A sentence for a person.
    message: str
    #: Seconds until it is tried again; ``None`` where nothing is waited for.
    retry_in: float | None = None


AnyEvent: TypeAlias = (
    GenerationQueued
    | GenerationProgress
    | GenerationPreview
    | GenerationComplete
    | GenerationFailed
    | GenerationCancelled
    | AssetActivated
    | AssetDeleted
    | ComfyUIStateChanged
)
