"""Seeds for batches whose request names none."""

from __future__ import annotations

import secrets

import pytest

from comfy_assets.domain.requests import MAX_COUNT
from comfy_assets.services.seeds import draw_seed


def test_drawn_seeds_differ() -> None:
    """They are drawn, not counted."""
    assert len({draw_seed() for _ in range(20)}) > 1


def test_the_seeds_of_all_images_fit_the_smallest_common_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last image of the largest batch has at most 2^31 - 1, and that can be."""
    monkeypatch.setattr(secrets, "randbelow", lambda limit: limit - 1)
    assert draw_seed() + MAX_COUNT - 1 == 2**31 - 1
