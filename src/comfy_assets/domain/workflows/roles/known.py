"""What is known of ComfyUI's own classes without asking a server.

Only of those that analysis meets at every turn, and only what holds on every server:
types and ranges, no lists of files. As ``/object_info`` tells it (ComfyUI 0.33).
"""

from __future__ import annotations

from typing import Any, Final

from comfy_assets.domain.workflows.catalogue import Catalogue

_MAX_SEED: Final = 2**64 - 1


def _int(low: int, high: int, step: int = 1) -> list[Any]:
    return ["INT", {"min": low, "max": high, "step": step}]


def _float(low: float, high: float, step: float) -> list[Any]:
    return ["FLOAT", {"min": low, "max": high, "step": step}]


def _class(
    inputs: dict[str, Any], *outputs: str, is_output_node: bool = False
) -> dict[str, Any]:
    return {
        "input": {"required": inputs},
        "output": outputs,
        "output_node": is_output_node,
    }


_SEED: Final = _int(0, _MAX_SEED)
_STEPS: Final = _int(1, 10_000)
_CFG: Final = _float(0.0, 100.0, 0.1)
_DENOISE: Final = _float(0.0, 1.0, 0.01)
_TEXT: Final = ["STRING", {"multiline": True}]
# A list of names that differs by server: `remote` means that nobody told it here.
_NAME: Final = ["COMBO", {"remote": {}}]
_PICTURE: Final = ["COMBO", {"remote": {}, "image_upload": True}]
_LIMIT: Final = 2**63 - 1


def _size(step: int) -> dict[str, Any]:
    return {
        "width": _int(16, 16_384, step),
        "height": _int(16, 16_384, step),
        "batch_size": _int(1, 4_096),
    }


_SAMPLER: Final = {
    "model": ["MODEL"],
    "steps": _STEPS,
    "cfg": _CFG,
    "sampler_name": _NAME,
    "scheduler": _NAME,
    "positive": ["CONDITIONING"],
    "negative": ["CONDITIONING"],
    "latent_image": ["LATENT"],
}

#: ComfyUI's own classes, for graphs that no server's catalogue comes with.
CORE: Final = Catalogue.from_object_info(
    {
        "KSampler": _class({"seed": _SEED, **_SAMPLER, "denoise": _DENOISE}, "LATENT"),
        "KSamplerAdvanced": _class(
            {
                "add_noise": _NAME,
                "noise_seed": _SEED,
                **_SAMPLER,
                "start_at_step": _int(0, 10_000),
                "end_at_step": _int(0, 10_000),
                "return_with_leftover_noise": _NAME,
            },
            "LATENT",
        ),
        "SamplerCustom": _class(
            {
                "model": ["MODEL"],
                "add_noise": ["BOOLEAN"],
                "noise_seed": _SEED,
                "cfg": _CFG,
                "positive": ["CONDITIONING"],
                "negative": ["CONDITIONING"],
                "sampler": ["SAMPLER"],
                "sigmas": ["SIGMAS"],
                "latent_image": ["LATENT"],
            },
            "LATENT",
            "LATENT",
        ),
        "SamplerCustomAdvanced": _class(
            {
                "noise": ["NOISE"],
                "guider": ["GUIDER"],
                "sampler": ["SAMPLER"],
                "sigmas": ["SIGMAS"],
                "latent_image": ["LATENT"],
            },
            "LATENT",
            "LATENT",
        ),
        "RandomNoise": _class({"noise_seed": _SEED}, "NOISE"),
        "KSamplerSelect": _class({"sampler_name": _NAME}, "SAMPLER"),
        "BasicScheduler": _class(
            {
                "model": ["MODEL"],
                "scheduler": _NAME,
                "steps": _STEPS,
                "denoise": _DENOISE,
            },
            "SIGMAS",
        ),
        "BasicGuider": _class(
            {"model": ["MODEL"], "conditioning": ["CONDITIONING"]}, "GUIDER"
        ),
        "CFGGuider": _class(
            {
                "model": ["MODEL"],
                "positive": ["CONDITIONING"],
                "negative": ["CONDITIONING"],
                "cfg": _CFG,
            },
            "GUIDER",
        ),
        "FluxGuidance": _class(
            {"conditioning": ["CONDITIONING"], "guidance": _CFG}, "CONDITIONING"
        ),
        "CLIPTextEncode": _class({"text": _TEXT, "clip": ["CLIP"]}, "CONDITIONING"),
        "EmptyLatentImage": _class(_size(8), "LATENT"),
        "EmptySD3LatentImage": _class(_size(16), "LATENT"),
        "CheckpointLoaderSimple": _class({"ckpt_name": _NAME}, "MODEL", "CLIP", "VAE"),
        "UNETLoader": _class({"unet_name": _NAME, "weight_dtype": _NAME}, "MODEL"),
        "VAEDecode": _class({"samples": ["LATENT"], "vae": ["VAE"]}, "IMAGE"),
        "VAEEncode": _class({"pixels": ["IMAGE"], "vae": ["VAE"]}, "LATENT"),
        "LoadImage": _class({"image": _PICTURE}, "IMAGE", "MASK"),
        "LoadImageMask": _class({"image": _PICTURE, "channel": _NAME}, "MASK"),
        "PrimitiveInt": _class({"value": _int(-_LIMIT, _LIMIT)}, "INT"),
        "PrimitiveFloat": _class({"value": _float(-_LIMIT, _LIMIT, 0.1)}, "FLOAT"),
        "PrimitiveBoolean": _class({"value": ["BOOLEAN"]}, "BOOLEAN"),
        "PrimitiveString": _class({"value": ["STRING"]}, "STRING"),
        "PrimitiveStringMultiline": _class({"value": _TEXT}, "STRING"),
        "PreviewImage": _class({"images": ["IMAGE"]}, "IMAGE", is_output_node=True),
        "SaveImage": _class(
            {"images": ["IMAGE"], "filename_prefix": ["STRING"]},
            "IMAGE",
            is_output_node=True,
        ),
    }
)
