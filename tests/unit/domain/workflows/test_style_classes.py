"""Every class of style nodes: found by `comfy_assets.domain.workflows.style`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.style import (
    StylePlace,
    StyleTarget,
    find_style_target,
)
from comfy_assets.domain.workflows.style_nodes import STYLE_NODES
from tests.unit.domain.workflows.graphs import node

#: Class, image input, the input that weighs it.
PICTURES = [
    *(
        (class_type, "image", "weight")
        for class_type in (
            "IPAdapter",
            "IPAdapterAdvanced",
            "IPAdapterApply",
            "IPAdapterApplyFaceID",
            "IPAdapterBatch",
            "IPAdapterClipVisionEnhancer",
            "IPAdapterClipVisionEnhancerBatch",
            "IPAdapterEncoder",
            "IPAdapterFaceID",
            "IPAAdapterFaceIDBatch",
            "IPAdapterFaceIDKolors",
            "IPAdapterMS",
            "IPAdapterPreciseComposition",
            "IPAdapterPreciseCompositionBatch",
            "IPAdapterPreciseStyleTransfer",
            "IPAdapterPreciseStyleTransferBatch",
            "IPAdapterTiled",
            "IPAdapterTiledBatch",
            "IPAdapterTilesMasked",
        )
    ),
    ("IPAdapterRegionalConditioning", "image", "image_weight"),
    ("IPAdapterStyleComposition", "image_style", "weight_style"),
    ("IPAdapterStyleComposition", "image_composition", "weight_composition"),
    ("IPAdapterStyleCompositionBatch", "image_style", "weight_style"),
    ("IPAdapterStyleCompositionBatch", "image_composition", "weight_composition"),
    ("IPAdapterEncoder", "image_1", "weight_1"),
    ("IPAdapterEncoder", "image_2", "weight_2"),
    ("IPAdapterEncoder", "image_3", "weight_3"),
    ("IPAdapterEncoder", "image_4", "weight_4"),
    ("HiDreamO1ReferenceImages", "images.image_1", None),
    ("PhotoMakerEncode", "image", None),
    ("TextEncodeBooguEdit", "images.image_1", None),
    ("TextEncodeJoyImageEdit", "images.image0", None),
    ("TextEncodeMageFlowEdit", "images.image_1", None),
    ("TextEncodeQwenImageEdit", "image", None),
    ("TextEncodeQwenImageEditPlus", "image1", None),
    ("TextEncodeQwenImageEditPlus", "image2", None),
    ("TextEncodeQwenImageEditPlus", "image3", None),
    ("TextEncodeZImageOmni", "image1", None),
    ("Krea2StyleReferenceNode", "image", "strength"),
    ("LumaImageNode", "style_image", "style_image_weight"),
    ("MagnificImageStyleTransferNode", "reference_image", None),
    ("FluxProUltraImageNode", "image_prompt", "image_prompt_strength"),
    ("LumaReferenceNode", "image", "weight"),
    ("Flux2MaxImageNode", "images", None),
    ("Flux2ProImageNode", "images", None),
    ("FluxKontextMaxImageNode", "input_image", None),
    ("FluxKontextProImageNode", "input_image", None),
    ("GeminiImage2Node", "images", None),
    ("GeminiImageNode", "images", None),
    ("GeminiNanoBanana2", "images", None),
    ("KlingOmniProImageNode", "reference_images", None),
    ("RunwayTextToImageNode", "reference_image", None),
]
#: The same of those that take an image which another node encoded.
ENCODED = [
    ("IPAdapterApplyEncoded", "embeds", "weight", "IPAdapterEncoder", "image"),
    ("IPAdapterEmbeds", "pos_embed", "weight", "IPAdapterEncoder", "image"),
    ("IPAdapterEmbedsBatch", "pos_embed", "weight", "IPAdapterEncoder", "image"),
    *(
        (class_type, "clip_vision_output", strength, "CLIPVisionEncode", "image")
        for class_type, strength in (
            ("StyleModelApply", "strength"),
            ("unCLIPConditioning", "strength"),
            ("USOStyleReference", None),
        )
    ),
    ("ReferenceLatent", "latent", None, "VAEEncode", "pixels"),
]


def weighed(class_type: str, strength: str | None, **inputs: object) -> dict[str, Any]:
    """One style node with its strength."""
    weights = {} if strength is None else {strength: 1.0}
    return node(class_type, "Style", model=["4", 0], **weights, **inputs)


def test_the_tables_here_hold_all_style_nodes() -> None:
    """Nothing is known that no test looks at."""
    told = {row[0] for row in PICTURES} | {row[0] for row in ENCODED}
    # Its image is never free: only noise is made of it.
    assert told | {"IPAdapterNoise"} == set(STYLE_NODES)


@pytest.mark.parametrize("class_type, name, strength", PICTURES)
def test_each_class_is_found_with_its_loader(
    class_type: str, name: str, strength: str | None
) -> None:
    """The LoadImage stands behind nodes that prepare and crop the image."""
    graph = {
        "1": node("LoadImage", image="style.png"),
        "2": node("PrepImageForClipVision", image=["1", 0]),
        "5": node("ImageCrop", image=["2", 0], width=512),
        "3": weighed(class_type, strength, **{name: ["5", 0]}),
        "4": node("CheckpointLoaderSimple"),
    }
    assert find_style_target(Workflow.from_api(graph)) == StyleTarget(
        node_id="3",
        class_type=class_type,
        title="Style",
        input_name=name,
        load_image=InputRef("1", "image"),
        free_input=None,
        strength=InputRef("3", strength) if strength else None,
    )


@pytest.mark.parametrize("class_type, name, strength", PICTURES)
def test_each_picture_input_may_be_free(
    class_type: str, name: str, strength: str | None
) -> None:
    """Where nothing feeds it, a LoadImage can be put before it."""
    others = {
        row[1]: ["4", 0] for row in PICTURES if row[0] == class_type and row[1] != name
    }
    graph = {
        "3": weighed(class_type, strength, **others),
        "4": node("CheckpointLoaderSimple"),
    }
    found = find_style_target(Workflow.from_api(graph))
    assert found is not None
    assert found.place == StylePlace(
        image=InputRef("3", name),
        is_free=True,
        strength=InputRef("3", strength) if strength else None,
    )


@pytest.mark.parametrize("class_type, name, strength, encoder, picture", ENCODED)
def test_what_takes_encoded_images_is_found(
    class_type: str, name: str, strength: str | None, encoder: str, picture: str
) -> None:
    """The LoadImage stands behind the encoder, or can be put before it."""
    graph = {
        "3": weighed(class_type, strength, **{name: ["2", 0]}),
        "2": node(encoder, weight=1.0, **{picture: ["1", 0]}),
        "1": node("LoadImage", image="style.png"),
        "4": node("CheckpointLoaderSimple"),
    }
    found = find_style_target(Workflow.from_api(graph))
    assert found is not None
    assert (found.node_id, found.load_image) == ("3", InputRef("1", "image"))
    assert found.strength == (InputRef("3", strength) if strength else None)
    del graph["2"]["inputs"][picture]
    found = find_style_target(Workflow.from_api(graph))
    assert found is not None
    assert found.place is not None
    assert found.place.image == InputRef("2", picture)
    assert found.place.is_free
