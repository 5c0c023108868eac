"""Which folder of ComfyUI's a model file belongs to, by the input that names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Which folder below ``models`` feeds an input; with a class before the name where one
# name means several things.
_MODEL_FOLDERS: Final[Mapping[str, str]] = {
    "AudioEncoderLoader.audio_encoder_name": "audio_encoders",
    "CLIPVisionLoader.clip_name": "clip_vision",
    "LatentUpscaleModelLoader.model_name": "latent_upscale_models",
    "ModelPatchLoader.name": "model_patches",
    "UpscaleModelLoader.model_name": "upscale_models",
    "ckpt_name": "checkpoints",
    "clip_name": "text_encoders",
    "clip_name1": "text_encoders",
    "clip_name2": "text_encoders",
    "clip_name3": "text_encoders",
    "clip_name4": "text_encoders",
    "control_net_name": "controlnet",
    "gligen_name": "gligen",
    "hypernetwork_name": "hypernetworks",
    "ipadapter_file": "ipadapter",
    "lora_name": "loras",
    "photomaker_model_name": "photomaker",
    "style_model_name": "style_models",
    "unet_name": "diffusion_models",
    "vae_name": "vae",
}


def model_folder(class_type: str, input_name: str) -> str | None:
    """Return the folder below ``models`` that feeds an input, if it is a known one."""
    name = input_name.rpartition(".")[2]
    return _MODEL_FOLDERS.get(f"{class_type}.{name}") or _MODEL_FOLDERS.get(name)
