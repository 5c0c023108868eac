"""The form in which `/object_info` describes a node, and the made-up model files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from comfy_assets.simulator._graph import JsonObject

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


def pixel_input(low: int, step: int) -> list[object]:
    """Return the entry of an input for a size in pixels."""
    return ["INT", {"default": 512, "min": low, "max": 16384, "step": step}]


def float_input(low: float, high: float, default: float = 1.0) -> list[object]:
    """Return the entry of an input for a fraction or strength."""
    return ["FLOAT", {"default": default, "min": low, "max": high, "step": 0.01}]


def model_input(folder: str) -> list[object]:
    """Return the entry of an input that chooses a file of a model folder."""
    return [list(MODEL_FOLDERS[folder])]


def describe_node(
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
) -> JsonObject:
    """Return a node's description in the form of `/object_info` (ComfyUI 0.33).

    Args:
        name: The class.
        display_name: Its title.
        category: Its place in menus.
        required: Inputs that must be there, by name: type or choices, then options.
        outputs: The type of each output.
        output_names: What the outputs are called; by their types without it.
        optional: Inputs that may be left out.
        hidden: Inputs that the server fills in.
        output_node: Whether a graph may end with it.
        python_module: Where the real node comes from.
    """
    inputs: JsonObject = {"required": dict(required)}
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
