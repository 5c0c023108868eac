"""Ports served from memory: the defaults of a system that is given no storage."""

from __future__ import annotations

from comfy_assets.adapters.memory.repository import MemoryAssetRepository

__all__ = ["MemoryAssetRepository"]
