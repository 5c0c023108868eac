"""Tests of `comfy_assets.domain.workflows.model_folders`."""

from __future__ import annotations

from comfy_assets.domain.workflows.model_folders import model_folder


def test_models_have_folders() -> None:
    """By input, and by class where a name means several things."""
    assert model_folder("CLIPLoader", "clip_name") == "text_encoders"
    assert model_folder("CLIPVisionLoader", "clip_name") == "clip_vision"
    assert model_folder("X", "model.lora_name") == "loras"
    assert model_folder("X", "other") is None
