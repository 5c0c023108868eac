"""The nodes this server knows, as ComfyUI's `/object_info` tells of them.

What the nodes *do* lives in `_nodes`, what a graph may ask of them in `_validation`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from comfy_assets.simulator._diffusion_nodes import DIFFUSION_NODES
from comfy_assets.simulator._graph import JsonObject
from comfy_assets.simulator._image_nodes import IMAGE_NODES

#: Every node by its class, as `/object_info` gives it; `LoadImage` with no choices.
NODES: Mapping[str, JsonObject] = {
    node["name"]: node for node in (*DIFFUSION_NODES, *IMAGE_NODES)
}


def object_info(input_files: Sequence[str]) -> JsonObject:
    """Return the answer of `GET /object_info` (ComfyUI 0.33).

    Args:
        input_files: Names in the folder `input`, the choices of `LoadImage`.
    """
    load_image = dict(NODES["LoadImage"])
    load_image["input"] = {
        "required": {"image": [sorted(input_files), {"image_upload": True}]}
    }
    return {**NODES, "LoadImage": load_image}
