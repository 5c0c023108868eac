"""Seeds for batches whose request names none."""

from __future__ import annotations

import secrets
from typing import Final

from comfy_assets.domain.requests import MAX_COUNT

#: ComfyUI's samplers take 64 bits, many custom nodes 32, and of the classes of 0.33
#: that paint by a service 112 take no more than this.
_LARGEST: Final = 2**31 - 1


def draw_seed() -> int:
    """Draw a batch's seed, such that those of all its images are at most 2^31 - 1."""
    return secrets.randbelow(_LARGEST - MAX_COUNT + 2)
