"""Descriptions of the nodes that load models, take words and sample."""

# ruff: noqa: SIM905 - a list of plain words reads better as a line of them

from __future__ import annotations

from comfy_assets.simulator._node_form import (
    describe_node,
    float_input,
    model_input,
    pixel_input,
)

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
_SAMPLING_LINKS = {
    "positive": ["CONDITIONING"],
    "negative": ["CONDITIONING"],
    "latent_image": ["LATENT"],
}
#: From the checkpoint to the decoded picture.
DIFFUSION_NODES = (
    describe_node(
        "CheckpointLoaderSimple",
        "Load Checkpoint",
        "model/loaders",
        required={"ckpt_name": model_input("checkpoints")},
        outputs=("MODEL", "CLIP", "VAE"),
    ),
    describe_node(
        "VAELoader",
        "Load VAE",
        "model/loaders",
        required={"vae_name": model_input("vae")},
        outputs=("VAE",),
    ),
    describe_node(
        "LoraLoader",
        "Load LoRA (Model and CLIP)",
        "model/loaders",
        required={
            "model": ["MODEL"],
            "clip": ["CLIP"],
            "lora_name": model_input("loras"),
            "strength_model": float_input(-100.0, 100.0),
            "strength_clip": float_input(-100.0, 100.0),
        },
        outputs=("MODEL", "CLIP"),
    ),
    describe_node(
        "CLIPVisionLoader",
        "Load CLIP Vision",
        "model/loaders",
        required={"clip_name": model_input("clip_vision")},
        outputs=("CLIP_VISION",),
    ),
    describe_node(
        "IPAdapterModelLoader",
        "IPAdapter Model Loader",
        "ipadapter/loaders",
        required={"ipadapter_file": model_input("ipadapter")},
        outputs=("IPADAPTER",),
        python_module="custom_nodes.ComfyUI_IPAdapter_plus",
    ),
    describe_node(
        "IPAdapterAdvanced",
        "IPAdapter Advanced",
        "ipadapter",
        required={
            "model": ["MODEL"],
            "ipadapter": ["IPADAPTER"],
            "image": ["IMAGE"],
            "weight": float_input(-1.0, 5.0),
            "weight_type": [["linear", "ease in", "ease out", "style transfer"]],
            "combine_embeds": [["concat", "add", "subtract", "average"]],
            "start_at": float_input(0.0, 1.0, 0.0),
            "end_at": float_input(0.0, 1.0),
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
    describe_node(
        "CLIPTextEncode",
        "CLIP Text Encode (Prompt)",
        "model/conditioning",
        required={
            "text": ["STRING", {"multiline": True, "dynamicPrompts": True}],
            "clip": ["CLIP"],
        },
        outputs=("CONDITIONING",),
    ),
    describe_node(
        "EmptyLatentImage",
        "Empty Latent Image",
        "model/latent",
        required={
            "width": pixel_input(16, 8),
            "height": pixel_input(16, 8),
            "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}],
        },
        outputs=("LATENT",),
    ),
    describe_node(
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
            "denoise": float_input(0.0, 1.0),
        },
        outputs=("LATENT",),
    ),
    describe_node(
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
    describe_node(
        "VAEDecode",
        "VAE Decode",
        "model/latent",
        required={"samples": ["LATENT"], "vae": ["VAE"]},
        outputs=("IMAGE",),
    ),
    describe_node(
        "VAEEncode",
        "VAE Encode",
        "model/latent",
        required={"pixels": ["IMAGE"], "vae": ["VAE"]},
        outputs=("LATENT",),
    ),
)
