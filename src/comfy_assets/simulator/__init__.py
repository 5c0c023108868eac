"""A ComfyUI server that draws without a GPU, for hosts' tests and for demos.

Real HTTP and WebSocket, the frames and odd answers of ComfyUI 0.33, pictures that are
drawn by rule, and faults on demand. Needs the extra `comfy-assets[simulator]`.
"""

from __future__ import annotations

from comfy_assets.simulator._worker import SimulatedRun
from comfy_assets.simulator.faults import Faults
from comfy_assets.simulator.server import ComfyUISimulator, serve

__all__ = ["ComfyUISimulator", "Faults", "SimulatedRun", "serve"]
