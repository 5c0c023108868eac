"""Seeds for batches whose request names none."""

from __future__ import annotations

import secrets


def draw_seed() -> int:
    """Draw a batch's seed: 32 bits, which every seed input takes."""
    # Samplers take 64 bits, but a good many custom nodes only 32.
    return secrets.randbits(32)
