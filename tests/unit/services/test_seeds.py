"""Seeds for batches whose request names none."""

from __future__ import annotations

from comfy_assets.services.seeds import draw_seed


def test_drawn_seeds_fit_every_seed_input() -> None:
    """32 bits, and not always the same."""
    seeds = {draw_seed() for _ in range(20)}
    assert len(seeds) > 1
    assert all(0 <= seed < 2**32 for seed in seeds)
