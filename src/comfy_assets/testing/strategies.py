"""Hypothesis strategies that draw values of ours with every field filled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from comfy_assets.domain.assets import GalleryAsset
from comfy_assets.domain.batches import (
    BatchFailure,
    BatchStatus,
    Claim,
    GenerationBatch,
)
from comfy_assets.domain.identity import AssetId, BatchId, WorkflowId
from comfy_assets.domain.line import position_key_at
from comfy_assets.domain.requests import (
    MAX_SEED,
    AssetType,
    EntityRef,
    GenerationRequest,
    WorkflowSlot,
)
from comfy_assets.domain.workflows.configuration import (
    AutoDetect,
    Disabled,
    Explicit,
    InputDefault,
    LockedInput,
    PromptInjection,
    PromptMapping,
    WorkflowConfiguration,
)
from comfy_assets.testing.samples import GRAPH


def texts(*, min_size: int = 0) -> st.SearchStrategy[str]:
    """Draw any text that UTF-8 can carry, NUL and the odd planes included."""
    odd = st.sampled_from(
        [
            "\x00",
            "a\x00b",
            "'; DROP TABLE assets; --",
            "\\u0000",
            "酒場 🍺 \U0010ffff",
            "e\u0301 \u202e\ufeff",
            "\r\n\t ",
        ]
    )
    return st.text(min_size=min_size, max_size=24) | odd


def times() -> st.SearchStrategy[datetime]:
    """Draw aware UTC times of any year that a game could have."""
    return st.datetimes(
        min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - the strategy adds the zone
        max_value=datetime(2999, 12, 31),  # noqa: DTZ001 - as above
        timezones=st.just(UTC),
    )


def seeds() -> st.SearchStrategy[int]:
    """Draw seeds from 0 to 2^64-1, the ends often."""
    ends = st.sampled_from([0, 2**63 - 1, 2**63, MAX_SEED])
    return st.integers(0, MAX_SEED) | ends


def json_values() -> st.SearchStrategy[Any]:
    """Draw JSON values, a few levels deep."""
    plain = (
        st.none()
        | st.booleans()
        | st.integers(-MAX_SEED, MAX_SEED)
        | st.floats(allow_nan=False, allow_infinity=False)
        | texts()
    )
    return st.recursive(
        plain,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3)
        ),
        max_leaves=4,
    )


def slots() -> st.SearchStrategy[WorkflowSlot]:
    """Draw names of slots, built-in and custom ones."""
    built_in = st.sampled_from([kind.value for kind in AssetType])
    custom = st.from_regex(r"custom:[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
    return (built_in | custom).map(WorkflowSlot)


def entities() -> st.SearchStrategy[EntityRef]:
    """Draw entities with any names."""
    return st.builds(EntityRef, texts(min_size=1), texts(min_size=1))


def requests() -> st.SearchStrategy[GenerationRequest]:
    """Draw requests with every field filled."""
    return st.builds(
        GenerationRequest,
        world_id=texts(min_size=1),
        entity=entities(),
        asset_type=st.sampled_from(AssetType),
        prompt=texts(),
        negative_prompt=texts(),
        count=st.integers(1, 64),
        slot=st.none() | slots(),
        seed=st.none() | seeds(),
        style_reference_id=st.none() | _ids().map(AssetId),
        overrides=_json_mappings(),
        context=st.dictionaries(texts(), texts(), max_size=3),
        priority=st.integers(-1000, 1000),
    )


def batches() -> st.SearchStrategy[GenerationBatch]:
    """Draw batches with every field filled, whether or not steps lead there."""
    counts = st.integers(0, 2**31)
    return st.builds(
        GenerationBatch,
        id=_ids().map(BatchId),
        request=requests(),
        status=st.sampled_from(BatchStatus),
        seed=seeds(),
        completed_count=st.integers(0, 64),
        failure=st.none()
        | st.builds(
            BatchFailure, message=texts(), error_type=texts(), details=_json_mappings()
        ),
        attempts=counts,
        priority=st.integers(-1000, 1000),
        position_key=st.builds(position_key_at, times(), _ids().map(BatchId)),
        created_at=times(),
        started_at=st.none() | times(),
        finished_at=st.none() | times(),
        asset_ids=st.lists(_ids().map(AssetId), max_size=3).map(tuple),
        completed_indexes=st.lists(st.integers(0, 63), max_size=3).map(tuple),
        fence=counts,
        claim=st.none()
        | st.builds(Claim, owner=texts(min_size=1), lease_until=times(), fence=counts),
    )


def assets() -> st.SearchStrategy[GalleryAsset]:
    """Draw assets with every field filled."""
    return st.builds(
        GalleryAsset,
        id=_ids().map(AssetId),
        world_id=texts(min_size=1),
        entity=entities(),
        asset_type=st.sampled_from(AssetType),
        file_path=texts(),
        thumbnail_path=texts(),
        prompt=texts(),
        negative_prompt=texts(),
        workflow_slot=slots(),
        is_active=st.booleans(),
        created_at=times(),
        batch_id=st.none() | _ids().map(BatchId),
        index=st.integers(0, 63),
        seed=st.none() | seeds(),
        width=st.integers(1, 2**31),
        height=st.integers(1, 2**31),
        media_type=texts(),
        size_bytes=st.integers(0, 2**53),
        sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True),
        style_reference_id=st.none() | _ids().map(AssetId),
        overrides=_json_mappings(),
        label=st.none() | texts(),
    )


def configurations() -> st.SearchStrategy[WorkflowConfiguration]:
    """Draw configurations with every field filled."""
    return st.builds(
        WorkflowConfiguration,
        id=_ids().map(WorkflowId),
        slot=slots(),
        name=texts(),
        workflow_json=_graphs(),
        prompt_mappings=_several(
            st.builds(
                PromptMapping,
                target=texts(),
                source=texts(),
                template=st.none() | texts(),
            )
        ),
        input_defaults=_several(
            st.builds(InputDefault, target=texts(), value=json_values())
        ),
        locked_inputs=_several(
            st.builds(LockedInput, target=texts(), value=json_values())
        ),
        style_reference_mapping=st.sampled_from([PromptInjection(), Disabled()])
        | st.builds(AutoDetect, strength=_strengths())
        | st.builds(Explicit, target=texts(), strength=_strengths()),
        created_at=times(),
        updated_at=times(),
    )


def _strengths() -> st.SearchStrategy[float | None]:
    return st.none() | st.floats(allow_nan=False, allow_infinity=False)


def _graphs() -> st.SearchStrategy[dict[str, Any]]:
    return texts().map(
        lambda text: {
            **GRAPH,
            "6": {
                "class_type": "CLIPTextEncode",
                "inputs": {"text": text, "clip": ["4", 1]},
                "_meta": {"title": text},
            },
        }
    )


def _ids() -> st.SearchStrategy[str]:
    return st.uuids().map(str)


def _json_mappings() -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(texts(), json_values(), max_size=3)


def _several(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(items, max_size=2)
