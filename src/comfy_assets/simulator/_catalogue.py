"""The nodes this server knows, described as ComfyUI's `/object_info` does.

What the nodes *do* lives in `_nodes`, what a graph may ask of them in `_validation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: The file names each model folder pretends to hold (`GET /models/{folder}`).
MODEL_FOLDERS: Mapping[str, tuple[str, ...]] = {
    "checkpoints": ("simulated-sd15.safetensors", "simulated-sdxl.safetensors"),
    "clip_vision": ("simulated-clip-vision.safetensors",),
    "controlnet": (),
    "diffusion_models": (),
    "embeddings": (),
    "ipadapter": ("simulated-ipadapter.safetensors",),
    "loras": ("simulated-style.safetensors",),
    "text_encoders": (),
    "upscale_models": (),
    "vae": ("simulated-vae.safetensors",),
}

_SAMPLERS = (
    "euler euler_cfg_pp euler_ancestral euler_ancestral_cfg_pp heun heunpp2 dpm_2 "
    "dpm_2_ancestral lms dpm_fast dpm_adaptive dpmpp_2s_ancestral dpmpp_sde "
    "dpmpp_sde_gpu dpmpp_2m dpmpp_2m_sde dpmpp_2m_sde_gpu dpmpp_3m_sde ddpm lcm "
    "ipndm deis res_multistep er_sde ddim uni_pc uni_pc_bh2"
).split()
_SCHEDULERS = (
    "simple sgm_uniform karras exponential ddim_uniform beta normal "
    "linear_quadratic kl_optimal"
).split()
_SEED = [
    "INT",
    {"default": 0, "min": 0, "max": 2**64 - 1, "control_after_generate": True},
]
_STEPS = ["INT", {"default": 20, "min": 1, "max": 10000}]
_CFG = [
    "FLOAT",
    {"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1, "round": 0.01},
]
_HIDDEN = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}


def _pixels(low: int, step: int) -> list[object]:
    return ["INT", {"default": 512, "min": low, "max": 16384, "step": step}]


def _strength(low: float, high: float, default: float = 1.0) -> list[object]:
    return ["FLOAT", {"default": default, "min": low, "max": high, "step": 0.01}]


def _models(folder: str) -> list[object]:
    return [list(MODEL_FOLDERS[folder])]


def _node(
    name: str,
    display_name: str,
    category: str,
    *,
    required: Mapping[str, object],
    outputs: Sequence[str],
    output_names: Sequence[str] | None = None,
    optional: Mapping[str, object] | None = None,
    hidden: Mapping[str, object] | None = None,
    output_node: bool = False,
    python_module: str = "nodes",
) -> dict[str, Any]:
    inputs: dict[str, Any] = {"required": dict(required)}
    for section, content in (("optional", optional), ("hidden", hidden)):
        if content is not None:
            inputs[section] = dict(content)
    return {
        "input": inputs,
        "input_order": {section: list(names) for section, names in inputs.items()},
        "is_input_list": False,
        "output": list(outputs),
        "output_is_list": [False] * len(outputs),
        "output_name": list(output_names or outputs),
        "name": name,
        "display_name": display_name,
        "description": "",
        "python_module": python_module,
        "category": category,
        "output_node": output_node,
        "has_intermediate_output": False,
        "search_aliases": [],
    }


_SAMPLING_LINKS = {
    "positive": ["CONDITIONING"],
    "negative": ["CONDITIONING"],
    "latent_image": ["LATENT"],
}
_NODES = (
    _node(
        "CheckpointLoaderSimple",
        "Load Checkpoint",
        "model/loaders",
        required={"ckpt_name": _models("checkpoints")},
        outputs=("MODEL", "CLIP", "VAE"),
    ),
    _node(
        "VAELoader",
        "Load VAE",
        "model/loaders",
        required={"vae_name": _models("vae")},
        outputs=("VAE",),
    ),
    _node(
        "LoraLoader",
        "Load LoRA (Model and CLIP)",
        "model/loaders",
        required={
            "model": ["MODEL"],
            "clip": ["CLIP"],
            "lora_name": _models("loras"),
            "strength_model": _strength(-100.0, 100.0),
            "strength_clip": _strength(-100.0, 100.0),
        },
        outputs=("MODEL", "CLIP"),
    ),
    _node(
        "CLIPVisionLoader",
        "Load CLIP Vision",
        "model/loaders",
        required={"clip_name": _models("clip_vision")},
        outputs=("CLIP_VISION",),
    ),
    _node(
        "IPAdapterModelLoader",
        "IPAdapter Model Loader",
        "ipadapter/loaders",
        required={"ipadapter_file": _models("ipadapter")},
        outputs=("IPADAPTER",),
        python_module="custom_nodes.ComfyUI_IPAdapter_plus",
    ),
    _node(
        "IPAdapterAdvanced",
        "IPAdapter Advanced",
        "ipadapter",
        required={
            "model": ["MODEL"],
            "ipadapter": ["IPADAPTER"],
            "image": ["IMAGE"],
            "weight": _strength(-1.0, 5.0),
            "weight_type": [["linear", "ease in", "ease out", "style transfer"]],
            "combine_embeds": [["concat", "add", "subtract", "average"]],
            "start_at": _strength(0.0, 1.0, 0.0),
            "end_at": _strength(0.0, 1.0),
            "embeds_scaling": [["V only", "K+V", "K+V w/ C penalty"]],
        },
        optional={
            "image_negative": ["IMAGE"],
            "attn_mask": ["MASK"],
            "clip_vision": ["CLIP_VISION"],
        },
        outputs=("MODEL",),
        python_module="custom_nodes.ComfyUI_IPAdapter_plus",
    ),
    _node(
        "CLIPTextEncode",
        "CLIP Text Encode (Prompt)",
        "model/conditioning",
        required={
            "text": ["STRING", {"multiline": True, "dynamicPrompts": True}],
            "clip": ["CLIP"],
        },
        outputs=("CONDITIONING",),
    ),
    _node(
        "EmptyLatentImage",
        "Empty Latent Image",
        "model/latent",
        required={
            "width": _pixels(16, 8),
            "height": _pixels(16, 8),
            "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}],
        },
        outputs=("LATENT",),
    ),
    _node(
        "KSampler",
        "KSampler",
        "model/sampling",
        required={
            "model": ["MODEL"],
            "seed": _SEED,
            "steps": _STEPS,
            "cfg": _CFG,
            "sampler_name": [_SAMPLERS],
            "scheduler": [_SCHEDULERS],
            **_SAMPLING_LINKS,
            "denoise": _strength(0.0, 1.0),
        },
        outputs=("LATENT",),
    ),
    _node(
        "KSamplerAdvanced",
        "KSampler (Advanced)",
        "model/sampling",
        required={
            "model": ["MODEL"],
            "add_noise": [["enable", "disable"], {"advanced": True}],
            "noise_seed": _SEED,
            "steps": _STEPS,
            "cfg": _CFG,
            "sampler_name": [_SAMPLERS],
            "scheduler": [_SCHEDULERS],
            **_SAMPLING_LINKS,
            "start_at_step": ["INT", {"default": 0, "min": 0, "max": 10000}],
            "end_at_step": ["INT", {"default": 10000, "min": 0, "max": 10000}],
            "return_with_leftover_noise": [["disable", "enable"]],
        },
        outputs=("LATENT",),
    ),
    _node(
        "VAEDecode",
        "VAE Decode",
        "model/latent",
        required={"samples": ["LATENT"], "vae": ["VAE"]},
        outputs=("IMAGE",),
    ),
    _node(
        "VAEEncode",
        "VAE Encode",
        "model/latent",
        required={"pixels": ["IMAGE"], "vae": ["VAE"]},
        outputs=("LATENT",),
    ),
    _node(
        "LoadImage",
        "Load Image",
        "image",
        required={"image": [[], {"image_upload": True}]},
        outputs=("IMAGE", "MASK"),
    ),
    _node(
        "SaveImage",
        "Save Image",
        "image",
        required={
            "images": ["IMAGE", {"tooltip": "The images to save."}],
            "filename_prefix": ["STRING", {"default": "ComfyUI"}],
        },
        hidden=_HIDDEN,
        outputs=("IMAGE",),
        output_names=("images",),
        output_node=True,
    ),
    _node(
        "PreviewImage",
        "Preview Image",
        "image",
        required={"images": ["IMAGE"]},
        hidden=_HIDDEN,
        outputs=("IMAGE",),
        output_names=("images",),
        output_node=True,
    ),
    _node(
        "SaveImageWebsocket",
        "Save Image (Websocket)",
        "image",
        required={"images": ["IMAGE"]},
        outputs=(),
        output_node=True,
        python_module="custom_nodes.websocket_image_save",
    ),
    _node(
        "EmptyImage",
        "Empty Image",
        "image",
        required={
            "width": _pixels(1, 1),
            "height": _pixels(1, 1),
            "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}],
            "color": [
                "INT",
                {"default": 0, "min": 0, "max": 0xFFFFFF, "step": 1, "display": "color"},
            ],
        },
        outputs=("IMAGE",),
    ),
    _node(
        "ImageInvert",
        "Invert Image Colors",
        "image/color",
        required={"image": ["IMAGE"]},
        outputs=("IMAGE",),
    ),
    _node(
        "ImageScale",
        "Upscale Image",
        "image/upscaling",
        required={
            "image": ["IMAGE"],
            "upscale_method": [
                ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
            ],
            "width": _pixels(0, 1),
            "height": _pixels(0, 1),
            "crop": [["disabled", "center"]],
        },
        outputs=("IMAGE",),
    ),
    _node(
        "ImageBlur",
        "Blur Image",
        "image/filters",
        required={
            "image": ["IMAGE", {}],
            "blur_radius": ["INT", {"default": 1, "min": 1, "max": 31, "step": 1}],
            "sigma": ["FLOAT", {"default": 1.0, "min": 0.1, "max": 10.0, "step": 0.1}],
        },
        outputs=("IMAGE",),
        python_module="comfy_extras.nodes_post_processing",
    ),
    _node(
        "ImageBatch",
        "Batch Images",
        "image/batch",
        required={"image1": ["IMAGE"], "image2": ["IMAGE"]},
        outputs=("IMAGE",),
    ),
)

#: Every node by its class, as `/object_info` gives it; `LoadImage` with no choices.
NODES: Mapping[str, dict[str, Any]] = {node["name"]: node for node in _NODES}


def object_info(input_files: Sequence[str]) -> dict[str, Any]:
    """Return the answer of `GET /object_info` (ComfyUI 0.33).

    Args:
        input_files: Names in the folder `input`, the choices of `LoadImage`.
    """
    load_image = dict(NODES["LoadImage"])
    load_image["input"] = {
        "required": {"image": [sorted(input_files), {"image_upload": True}]}
    }
    return {**NODES, "LoadImage": load_image}
