"""ComfyUI over HTTP and WebSocket: `ComfyUIClient` and its time limits."""

from __future__ import annotations

from comfy_assets.adapters.comfyui._settings import ComfyUITimeouts
from comfy_assets.adapters.comfyui.client import ComfyUIClient

__all__ = ["ComfyUIClient", "ComfyUITimeouts"]
