"""The gallery's entity, and where its image lies in an image store."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from comfy_assets.domain.requests import AssetType, frozen_overrides
from comfy_assets.domain.times import aware

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from comfy_assets.domain.identity import AssetId, BatchId
    from comfy_assets.domain.requests import EntityRef, WorkflowSlot

_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH = 32


@frozen(kw_only=True)
class StoredImage:
    """What an image store kept of one image; paths are relative, with ``/``."""

    #: Path of the image itself, as it came.
    file_path: str
    #: Path of the thumbnail.
    thumbnail_path: str
    #: Width in pixels.
    width: int
    #: Height in pixels.
    height: int
    #: Such as ``"image/png"``.
    media_type: str
    #: Size of the image file in bytes.
    size_bytes: int
    #: Hash of the image file, 64 hex digits.
    sha256: str


@frozen(kw_only=True)
class GalleryAsset:
    """One image of the gallery and how it came to be; an immutable value.

    At most one asset per world, entity and asset type is active.
    """

    #: Its id, `asset_id_of` the batch for what the library painted.
    id: AssetId
    #: The world of the request.
    world_id: str
    #: Whom or what it shows.
    entity: EntityRef
    #: What it is for.
    asset_type: AssetType
    #: Path of the image in the image store.
    file_path: str
    #: Path of its thumbnail in the image store.
    thumbnail_path: str
    #: The text that it was painted from.
    prompt: str
    #: What it should not show.
    negative_prompt: str = ""
    #: The slot whose workflow painted it.
    workflow_slot: WorkflowSlot
    #: Whether the host shows this one for its entity.
    is_active: bool = False
    #: When it was stored; aware, UTC.
    created_at: datetime = field(validator=aware)
    #: The batch that it comes from, or ``None`` for what was not painted here.
    batch_id: BatchId | None = None
    #: Which image of the batch it is, from 0.
    index: int = 0
    #: The seed that painted it, 0 to 2^64-1; ``None`` where the workflow has none.
    seed: int | None = None
    #: Width in pixels.
    width: int
    #: Height in pixels.
    height: int
    #: Such as ``"image/png"``.
    media_type: str
    #: Size of the image file in bytes.
    size_bytes: int
    #: Hash of the image file, 64 hex digits.
    sha256: str
    #: The asset whose style it took.
    style_reference_id: AssetId | None = None
    #: The request's overrides, by address.
    overrides: Mapping[str, Any] = field(
        factory=dict[str, Any], converter=frozen_overrides
    )
    #: A name that a person gave it.
    label: str | None = None

    @property
    def image_key(self) -> str:
        """The key under which the image store keeps image and thumbnail."""
        return self.file_path.rpartition(".")[0]


@frozen(kw_only=True)
class AssetQuery:
    """Which assets to find; ``None`` leaves a field open."""

    #: Of this world.
    world_id: str | None = None
    #: Of this entity.
    entity: EntityRef | None = None
    #: Of this type.
    asset_type: AssetType | None = None
    #: Active ones or the others.
    is_active: bool | None = None
    #: Painted by this slot's workflow.
    workflow_slot: WorkflowSlot | None = None
    #: Of this batch.
    batch_id: BatchId | None = None
    #: Generated from this style reference.
    style_reference_id: AssetId | None = None


def image_key(asset_type: AssetType, entity: EntityRef, asset_id: AssetId) -> str:
    """Return the image store key for an asset: readable, safe, and its own.

    The form is ``portrait/3f/marcus-3f2a…``: the type, two digits of the id so that
    no folder grows without end, a plain form of the entity's id for a person's eye,
    and the asset's id. Nothing of it needs escaping on any file system.

    Args:
        asset_id: A UUID, so that no two assets share a key.
    """
    ascii_text = (
        unicodedata.normalize("NFKD", entity.entity_id)
        .encode("ascii", "ignore")
        .decode("ascii")
    )
    slug = _NOT_PLAIN.sub("-", ascii_text.lower()).strip("-")[:_SLUG_LENGTH].strip("-")
    name = f"{slug}-{asset_id}" if slug else str(asset_id)
    return f"{asset_type.value}/{asset_id[:2]}/{name}"
