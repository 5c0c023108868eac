"""Small graphs for the tests of this folder; no tests live here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from comfy_assets.domain.identity import WorkflowId
from comfy_assets.domain.requests import (
    AssetType,
    EntityRef,
    GenerationRequest,
    workflow_slot,
)
from comfy_assets.domain.workflows.configuration import WorkflowConfiguration

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def node(
    class_type: str, title: str | None = None, /, **inputs: object
) -> dict[str, Any]:
    """One node in API format."""
    data: dict[str, Any] = {"class_type": class_type, "inputs": inputs}
    return data if title is None else {**data, "_meta": {"title": title}}


def text_to_image() -> dict[str, Any]:
    """The graph that ComfyUI opens with: text to image."""
    return {
        "3": node(
            "KSampler",
            seed=7,
            steps=20,
            cfg=8.0,
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
        ),
        "4": node("CheckpointLoaderSimple", ckpt_name="sd15.safetensors"),
        "5": node("EmptyLatentImage", width=512, height=512, batch_size=4),
        "6": node("CLIPTextEncode", "Portrait v1.5", text="a bottle", clip=["4", 1]),
        "7": node("CLIPTextEncode", "Bad things", text="blurry", clip=["4", 1]),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", filename_prefix="ComfyUI", images=["8", 0]),
    }


def with_ip_adapter() -> dict[str, Any]:
    """Text to image with an IPAdapter, its image scaled on the way."""
    graph = text_to_image()
    graph["3"]["inputs"]["model"] = ["20", 0]
    graph["20"] = node("IPAdapterAdvanced", model=["4", 0], image=["21", 0], weight=1.0)
    graph["21"] = node("PrepImageForClipVision", image=["22", 0], sharpening=0.0)
    graph["22"] = node("LoadImage", image="example.png")
    return graph


def configuration(
    workflow_json: dict[str, Any] | None = None,
    *,
    slot: str = "portrait",
    **fields: Any,
) -> WorkflowConfiguration:
    """A configuration of text to image, or of another graph."""
    return WorkflowConfiguration(
        id=WorkflowId("00000000-0000-4000-8000-000000000001"),
        slot=workflow_slot(slot),
        name="portraits",
        workflow_json=text_to_image() if workflow_json is None else workflow_json,
        created_at=NOW,
        updated_at=NOW,
        **fields,
    )


def request(prompt: str = "a grizzled bartender", **fields: Any) -> GenerationRequest:
    """A request for a portrait."""
    return GenerationRequest(
        world_id="vale",
        entity=EntityRef("Character", "marcus"),
        asset_type=AssetType.PORTRAIT,
        prompt=prompt,
        **fields,
    )


#: Any text that UTF-8 can carry.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)

#: Any value that `json.loads` can give, surrogates, NaN and infinity included.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text() | st.sampled_from(["class_type", "inputs", "_meta", "title"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
