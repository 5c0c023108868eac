"""Which node classes take a style reference, and through which inputs; no walking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from attrs import frozen


class StyleRank(IntEnum):
    """How readily a place is taken where a workflow offers several; 0 is first."""

    #: The image gives style and nothing else is expected there: IPAdapter, Redux.
    STYLE = 0
    #: The image is encoded for another style node, which has the say on its weight.
    ENCODER = 1
    #: The image is something to go by, such as one that is edited or a composition.
    REFERENCE = 2
    #: Only noise is made of it.
    NOISE = 3


@frozen(kw_only=True)
class ImageInput:
    """An input of a node class through which a style reference may come."""

    #: Its name.
    name: str
    #: The number input that weighs this image; ``None`` where the class has none.
    strength: str | None = None
    #: How readily it is taken.
    rank: StyleRank = StyleRank.STYLE
    #: Whether it takes a picture, so that a LoadImage fits; not an embedding or latent.
    is_picture: bool = True


def _row(prefix: str, count: int, *, first: int = 1) -> tuple[ImageInput, ...]:
    return _references(*(f"{prefix}{i}" for i in range(first, first + count)))


def _references(*names: str) -> tuple[ImageInput, ...]:
    return tuple(ImageInput(name=name, rank=StyleRank.REFERENCE) for name in names)


# ComfyUI_IPAdapter_plus of its whole life, read in its source: up to March 2024
# (``IPAdapterApply…``, ``IPAdapterTilesMasked``) and since.
_WEIGHED: Final = (
    "IPAdapter",
    "IPAdapterAdvanced",
    "IPAdapterApply",
    "IPAdapterApplyFaceID",
    "IPAdapterBatch",
    "IPAdapterClipVisionEnhancer",
    "IPAdapterClipVisionEnhancerBatch",
    "IPAdapterFaceID",
    # So spelled by its author.
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
_STYLE_AND_COMPOSITION: Final = (
    ImageInput(name="image_style", strength="weight_style"),
    ImageInput(
        name="image_composition",
        strength="weight_composition",
        rank=StyleRank.REFERENCE,
    ),
)
_IP_ADAPTER: Final[dict[str, tuple[ImageInput, ...]]] = {
    **dict.fromkeys(_WEIGHED, (ImageInput(name="image", strength="weight"),)),
    "IPAdapterRegionalConditioning": (
        ImageInput(name="image", strength="image_weight"),
    ),
    "IPAdapterStyleComposition": _STYLE_AND_COMPOSITION,
    "IPAdapterStyleCompositionBatch": _STYLE_AND_COMPOSITION,
    # They take no image themselves: the encoder before them does.
    "IPAdapterApplyEncoded": (
        ImageInput(name="embeds", strength="weight", is_picture=False),
    ),
    "IPAdapterEmbeds": (
        ImageInput(name="pos_embed", strength="weight", is_picture=False),
    ),
    "IPAdapterEmbedsBatch": (
        ImageInput(name="pos_embed", strength="weight", is_picture=False),
    ),
    # ``image`` since March 2024, the others before.
    "IPAdapterEncoder": (
        ImageInput(name="image", strength="weight", rank=StyleRank.ENCODER),
        *(
            ImageInput(
                name=f"image_{i}", strength=f"weight_{i}", rank=StyleRank.ENCODER
            )
            for i in range(1, 5)
        ),
    ),
    "IPAdapterNoise": (ImageInput(name="image_optional", rank=StyleRank.NOISE),),
}

# ``/object_info`` of ComfyUI 0.3.75 and 0.33.
_CORE: Final[dict[str, tuple[ImageInput, ...]]] = {
    **dict.fromkeys(
        ("StyleModelApply", "unCLIPConditioning"),
        (ImageInput(name="clip_vision_output", strength="strength", is_picture=False),),
    ),
    "USOStyleReference": (ImageInput(name="clip_vision_output", is_picture=False),),
    # Kontext, Qwen, Flux 2: the model looks at an image that was encoded by the VAE.
    "ReferenceLatent": (
        ImageInput(name="latent", rank=StyleRank.REFERENCE, is_picture=False),
    ),
    "HiDreamO1ReferenceImages": _row("images.image_", 10),
    "PhotoMakerEncode": _references("image"),
    "TextEncodeBooguEdit": _row("images.image_", 16),
    "TextEncodeJoyImageEdit": _row("images.image", 6, first=0),
    "TextEncodeMageFlowEdit": _row("images.image_", 16),
    "TextEncodeQwenImageEdit": _references("image"),
    "TextEncodeQwenImageEditPlus": _row("image", 3),
    "TextEncodeZImageOmni": _row("image", 3),
}

# Nodes of ComfyUI 0.33 that let a partner paint (``/object_info``): paid, by key.
_PARTNERS: Final[dict[str, tuple[ImageInput, ...]]] = {
    "Krea2StyleReferenceNode": (ImageInput(name="image", strength="strength"),),
    "LumaImageNode": (ImageInput(name="style_image", strength="style_image_weight"),),
    # Its style_strength counts percents: no strength in our sense.
    "MagnificImageStyleTransferNode": (ImageInput(name="reference_image"),),
    "FluxProUltraImageNode": (
        ImageInput(
            name="image_prompt",
            strength="image_prompt_strength",
            rank=StyleRank.REFERENCE,
        ),
    ),
    "LumaReferenceNode": (
        ImageInput(name="image", strength="weight", rank=StyleRank.REFERENCE),
    ),
    "Flux2MaxImageNode": _references("images"),
    "Flux2ProImageNode": _references("images"),
    "FluxKontextMaxImageNode": _references("input_image"),
    "FluxKontextProImageNode": _references("input_image"),
    "GeminiImage2Node": _references("images"),
    "GeminiImageNode": _references("images"),
    "GeminiNanoBanana2": _references("images"),
    "KlingOmniProImageNode": _references("reference_images"),
    "RunwayTextToImageNode": _references("reference_image"),
}

#: The image inputs of style nodes, by class, best first. Loaders, weights and
#: combiners are none.
STYLE_NODES: Final[Mapping[str, Sequence[ImageInput]]] = MappingProxyType(
    {**_IP_ADAPTER, **_CORE, **_PARTNERS}
)

#: The picture input of nodes that stand between a LoadImage and a style node.
PREPARING_NODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CLIPVisionEncode": "image",
        "FluxKontextImageScale": "image",
        "ImageCrop": "image",
        "ImageScale": "image",
        "ImageScaleBy": "image",
        "ImageScaleToMaxDimension": "image",
        "ImageScaleToTotalPixels": "image",
        "PrepImageForClipVision": "image",
        "PrepImageForInsightFace": "image",
        "VAEEncode": "pixels",
        "VAEEncodeTiled": "pixels",
    }
)
