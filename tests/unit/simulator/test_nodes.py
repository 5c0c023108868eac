"""What each node makes of its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from comfy_assets.simulator import painting
from comfy_assets.simulator._folders import Folders
from comfy_assets.simulator._nodes import change_of, run_node
from comfy_assets.simulator.painting import Picture


class _Run:
    """A run that lets no time pass."""

    def __init__(self, root: Path) -> None:
        self.folders = Folders(root, root / "output")
        self.graph: dict[str, Any] = {}
        self.extra_pnginfo: Mapping[str, object] = {}
        self.kind = "portrait"
        self.steps: list[int] = []

    def take_steps(self, steps: int, preview: painting.Preview | None) -> None:
        self.steps.append(steps)

    def send_pictures(self, pictures: Sequence[bytes]) -> None:
        raise NotImplementedError


@pytest.fixture
def run(tmp_path: Path) -> _Run:
    """Give a run with empty folders."""
    return _Run(tmp_path)


def _make(run: _Run, class_type: str, **inputs: Any) -> Any:
    return run_node(class_type, inputs, run).outputs[0]


def _pictures(count: int, size: int = 16) -> tuple[Picture, ...]:
    return tuple(painting.solid(size, size, 0x204060) for _ in range(count))


def test_scaling_blurring_and_inverting_keep_the_count(run: _Run) -> None:
    """Each picture of a batch is changed for itself."""
    scaled = _make(
        run,
        "ImageScale",
        image=_pictures(2),
        width=8,
        height=4,
        upscale_method="bilinear",
        crop="center",
    )
    assert [picture.size for picture in scaled] == [(8, 4)] * 2
    assert len(_make(run, "ImageBlur", image=scaled, blur_radius=1, sigma=1.0)) == 2
    assert len(_make(run, "ImageInvert", image=scaled)) == 2


def test_a_batch_has_the_size_of_its_first_pictures(run: _Run) -> None:
    """The second pictures are fitted to the first."""
    batch = _make(run, "ImageBatch", image1=_pictures(1), image2=_pictures(2, 40))
    assert [picture.size for picture in batch] == [(16, 16)] * 3


def test_unsampled_latents_decode_to_flat_pictures(run: _Run) -> None:
    """Sizes are cut to whole blocks of eight."""
    latent = _make(run, "EmptyLatentImage", width=20, height=16, batch_size=2)
    pictures = _make(run, "VAEDecode", samples=latent, vae="VAE")
    assert [picture.size for picture in pictures] == [(16, 16)] * 2


def _sample(run: _Run, latent: Any, model: Any, **more: Any) -> Picture:
    sampled = _make(
        run,
        more.pop("class_type", "KSampler"),
        model=model,
        positive="a king",
        negative="",
        steps=7,
        latent_image=latent,
        **more,
    )
    picture: Picture = _make(run, "VAEDecode", samples=sampled, vae="VAE")[0]
    return picture


def test_both_samplers_draw_the_same_and_take_their_steps(run: _Run) -> None:
    """The seed has another name in the advanced sampler."""
    model = _make(run, "CheckpointLoaderSimple", ckpt_name="x")
    latent = _make(run, "EmptyLatentImage", width=64, height=64, batch_size=1)
    plain = _sample(run, latent, model, seed=5, denoise=1.0)
    advanced = _sample(run, latent, model, noise_seed=5, class_type="KSamplerAdvanced")
    assert plain.tobytes() == advanced.tobytes()
    assert run.steps == [7, 7]


def test_denoising_keeps_some_of_the_picture_below(run: _Run) -> None:
    """With little denoising, the result is near the picture that was encoded."""
    model = _make(run, "CheckpointLoaderSimple", ckpt_name="x")
    latent = _make(run, "VAEEncode", pixels=_pictures(1, 64), vae="VAE")
    kept = _sample(run, latent, model, seed=5, denoise=0.0)
    new = _sample(run, latent, model, seed=5, denoise=1.0)
    assert kept.tobytes() == _pictures(1, 64)[0].tobytes()
    assert new.tobytes() != kept.tobytes()


def test_a_lora_passes_the_style_on(run: _Run) -> None:
    """Style set before a LoRA still counts after it; weight 0 sets none."""
    model = _make(run, "CheckpointLoaderSimple", ckpt_name="x")
    styled = _make(run, "IPAdapterAdvanced", model=model, image=_pictures(1), weight=1)
    assert _make(run, "LoraLoader", model=styled, clip="CLIP") == styled != model
    unstyled = _make(
        run, "IPAdapterAdvanced", model=model, image=_pictures(1), weight=0
    )
    assert unstyled == model


def test_loading_follows_the_content_of_the_file(run: _Run) -> None:
    """A replaced file is another input; a missing one cannot be loaded."""
    path = run.folders.path_of("input") / "a.png"
    path.write_bytes(painting.to_png(_pictures(1)[0], {}))
    inputs = {"image": "a.png"}
    first = change_of("LoadImage", inputs, folders=run.folders, kind="")
    assert _make(run, "LoadImage", **inputs)[0].size == (16, 16)
    path.write_bytes(painting.to_png(_pictures(1, 8)[0], {}))
    assert change_of("LoadImage", inputs, folders=run.folders, kind="") != first
    path.unlink()
    with pytest.raises(FileNotFoundError):
        _make(run, "LoadImage", **inputs)


def test_the_kind_of_picture_is_part_of_a_samplers_key(run: _Run) -> None:
    """One seed for two slots is drawn twice; other nodes do not care."""
    keys = [change_of("KSampler", {}, folders=run.folders, kind=k) for k in ("a", "b")]
    assert keys[0] != keys[1]
    assert change_of("VAEDecode", {}, folders=run.folders, kind="a") == ""
    never = change_of("SaveImageWebsocket", {}, folders=run.folders, kind="a")
    assert never is None
