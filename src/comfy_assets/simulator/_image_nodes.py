"""Descriptions of the nodes that load, change and save pictures."""

from __future__ import annotations

from comfy_assets.simulator._node_form import describe_node, pixel_input

_HIDDEN = {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}


#: From an uploaded picture to a saved one.
IMAGE_NODES = (
    describe_node(
        "LoadImage",
        "Load Image",
        "image",
        required={"image": [[], {"image_upload": True}]},
        outputs=("IMAGE", "MASK"),
    ),
    describe_node(
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
    describe_node(
        "PreviewImage",
        "Preview Image",
        "image",
        required={"images": ["IMAGE"]},
        hidden=_HIDDEN,
        outputs=("IMAGE",),
        output_names=("images",),
        output_node=True,
    ),
    describe_node(
        "SaveImageWebsocket",
        "Save Image (Websocket)",
        "image",
        required={"images": ["IMAGE"]},
        outputs=(),
        output_node=True,
        python_module="custom_nodes.websocket_image_save",
    ),
    describe_node(
        "EmptyImage",
        "Empty Image",
        "image",
        required={
            "width": pixel_input(1, 1),
            "height": pixel_input(1, 1),
            "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}],
            "color": [
                "INT",
                {
                    "default": 0,
                    "min": 0,
                    "max": 0xFFFFFF,
                    "step": 1,
                    "display": "color",
                },
            ],
        },
        outputs=("IMAGE",),
    ),
    describe_node(
        "ImageInvert",
        "Invert Image Colors",
        "image/color",
        required={"image": ["IMAGE"]},
        outputs=("IMAGE",),
    ),
    describe_node(
        "ImageScale",
        "Upscale Image",
        "image/upscaling",
        required={
            "image": ["IMAGE"],
            "upscale_method": [
                ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"]
            ],
            "width": pixel_input(0, 1),
            "height": pixel_input(0, 1),
            "crop": [["disabled", "center"]],
        },
        outputs=("IMAGE",),
    ),
    describe_node(
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
    describe_node(
        "ImageBatch",
        "Batch Images",
        "image/batch",
        required={"image1": ["IMAGE"], "image2": ["IMAGE"]},
        outputs=("IMAGE",),
    ),
)
