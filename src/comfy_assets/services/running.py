"""`RunningBatch`: a batch at work in this process, and what befell it."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
from attrs import define, field

from comfy_assets.errors import ComfyAssetsError, StaleBatchError
from comfy_assets.services.failures import failure_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from comfy_assets.domain.assets import GalleryAsset
    from comfy_assets.domain.batches import BatchFailure, GenerationBatch
    from comfy_assets.domain.identity import AssetId

_logger = logging.getLogger("comfy_assets.runner")


@define(eq=False, kw_only=True)
class KeptImage:
    """An image whose files are kept, for the batch to record."""

    index: int
    asset_ids: tuple[AssetId, ...]
    #: What of it is new to the gallery.
    assets: tuple[GalleryAsset, ...] = ()
    #: Why it could not be recorded.
    error: ComfyAssetsError | None = None


@define(eq=False, kw_only=True)
class RunningBatch:
    """A batch at work in this process, and what befell it."""

    #: The batch as it was last saved.
    batch: GenerationBatch
    #: Ends its runs.
    scope: anyio.CancelScope = field(factory=anyio.CancelScope)
    #: Set when each of its images has a place at a server, or none will.
    handed_out: anyio.Event = field(factory=anyio.Event)
    #: Set when its end is saved and told.
    ended: anyio.Event = field(factory=anyio.Event)
    #: One save at a time counts up the version.
    saving: anyio.Lock = field(factory=anyio.Lock)
    #: Its assets in image order, once it is saved as complete.
    assets: tuple[GalleryAsset, ...] = ()
    #: What waits for the save that is under way.
    unrecorded: list[KeptImage] = field(factory=list)
    #: The host wishes it cancelled.
    is_cancel_wished: bool = False
    #: Another worker took the batch over, or it was changed from outside.
    is_lost: bool = False
    #: Why it failed: the first fault of any of its images.
    failure: BatchFailure | None = None

    def cancel(self) -> None:
        """Note the host's wish and end the runs."""
        self.is_cancel_wished = True
        self.scope.cancel()

    def lose(self) -> None:
        """Note that the claim is lost and end the runs."""
        self.is_lost = True
        self.scope.cancel()

    def fail(self, failure: BatchFailure) -> None:
        """Note the first fault and end the other runs."""
        self.failure = self.failure or failure
        self.scope.cancel()

    @contextmanager
    def containing_faults(self) -> Iterator[None]:
        """Let a fault end the batch, never the worker."""
        try:
            yield
        except StaleBatchError:
            self.lose()
        except ComfyAssetsError as error:
            self.fail(failure_of(error))
        except Exception as bug:
            _logger.exception("Batch %s met a bug", self.batch.id)
            self.fail(failure_of(bug))
