"""The routes that only tell: nodes, models, features, the machine."""

from __future__ import annotations

import platform
import sys

from starlette.requests import Request
from starlette.responses import Response

from comfy_assets.simulator._answers import empty_answer, json_answer
from comfy_assets.simulator._catalogue import object_info
from comfy_assets.simulator._node_form import MODEL_FOLDERS
from comfy_assets.simulator._services import Services
from comfy_assets.simulator._sockets import FEATURES

#: The ComfyUI whose answers are imitated.
COMFYUI_VERSION = "0.33.0"
_GIGABYTE = 1024**3


async def get_object_info(services: Services, _request: Request) -> Response:
    """`GET /object_info`: every node."""
    return json_answer(object_info(services.folders.input_files()))


async def get_one_object_info(services: Services, request: Request) -> Response:
    """`GET /object_info/{class}`: one node, or `{}`."""
    name = request.path_params["node_class"]
    known = object_info(services.folders.input_files())
    return json_answer({name: known[name]} if name in known else {})


async def get_models(_services: Services, _request: Request) -> Response:
    """`GET /models`: the folders of models."""
    return json_answer(list(MODEL_FOLDERS))


async def get_model_folder(_services: Services, request: Request) -> Response:
    """`GET /models/{folder}`: file names, or 404."""
    files = MODEL_FOLDERS.get(request.path_params["folder"])
    return empty_answer(404) if files is None else json_answer(list(files))


async def get_embeddings(_services: Services, _request: Request) -> Response:
    """`GET /embeddings`: none."""
    return json_answer([])


async def get_features(_services: Services, _request: Request) -> Response:
    """`GET /features`: what the server can do."""
    return json_answer(FEATURES)


async def get_system_stats(_services: Services, _request: Request) -> Response:
    """`GET /system_stats`: a made-up machine with one made-up GPU."""
    system = {
        "os": sys.platform,
        "ram_total": 32 * _GIGABYTE,
        "ram_free": 24 * _GIGABYTE,
        "comfyui_version": COMFYUI_VERSION,
        "required_frontend_version": "1.49.6",
        "installed_templates_version": "0.11.44",
        "required_templates_version": "0.11.44",
        "comfy_package_versions": [],
        "python_version": platform.python_version(),
        "pytorch_version": "simulated",
        "embedded_python": False,
        "deploy_environment": "local-git",
        "argv": ["comfy-assets", "simulate"],
    }
    device = {
        "name": "simulated",
        "type": "cpu",
        "index": None,
        "vram_total": 8 * _GIGABYTE,
        "vram_free": 7 * _GIGABYTE,
        "torch_vram_total": 8 * _GIGABYTE,
        "torch_vram_free": 7 * _GIGABYTE,
    }
    return json_answer({"system": system, "devices": [device]})
