"""Names of things: ids, and how the ids of runs and assets follow from a batch's.

Derived ids are what makes retries safe: the same image of the same attempt has the
same ``prompt_id`` wherever and however often it is submitted, and the same asset id
wherever and however often it is stored.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NewType
from uuid import UUID, uuid4, uuid5

from comfy_assets.errors import InvalidRequestError

#: Id of a `GenerationBatch`: a UUID in canonical lower-case form.
BatchId = NewType("BatchId", str)
#: Id of a `GalleryAsset`: a UUID in canonical lower-case form.
AssetId = NewType("AssetId", str)
#: Id of a `WorkflowConfiguration`: a UUID in canonical lower-case form.
WorkflowId = NewType("WorkflowId", str)
#: ComfyUI's id of one run: a UUID in canonical lower-case form, as ComfyUI asks
#: for since 0.25 (``POST /prompt``, ``invalid_prompt_id``).
PromptId = NewType("PromptId", str)


def new_batch_id() -> BatchId:
    """Draw the id of a new batch."""
    return BatchId(str(uuid4()))


def new_workflow_id() -> WorkflowId:
    """Draw the id of a new workflow configuration."""
    return WorkflowId(str(uuid4()))


def prompt_id_of(batch_id: BatchId, *, attempt: int, index: int) -> PromptId:
    """Return the id of the run that paints image `index` in the given attempt."""
    return PromptId(str(uuid5(UUID(batch_id), f"{attempt}/{index}")))


# Asked for each image of a batch at each of its steps; a batch has few.
@lru_cache(maxsize=4096)
def asset_id_of(batch_id: BatchId, *, index: int, extra: int = 0) -> AssetId:
    """Return the id of the asset that image `index` of a batch becomes.

    Args:
        extra: 0 for the run's first image; 1, 2, … where a locked ``batch_size`` or
            several output nodes make one run leave more than one.
    """
    name = str(index) if extra == 0 else f"{index}/{extra}"
    return AssetId(str(uuid5(UUID(batch_id), name)))


def require_uuid(field: str, value: str) -> None:
    """Check that an id is a canonical UUID.

    Raises:
        InvalidRequestError: When it is not.
    """
    try:
        canonical: str | None = str(UUID(value))
    except (ValueError, AttributeError, TypeError):
        canonical = None
    if canonical is None or canonical != value:
        problem = f"{value!r} is no UUID in canonical lower-case form"
        raise InvalidRequestError(field, problem)
