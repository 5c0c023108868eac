"""Graphs in API format that any ComfyUI runs without a model, and the simulator too."""

from __future__ import annotations

from typing import Any


def image_graph(*, color: int, edge: int = 64, prefix: str = "test") -> dict[str, Any]:
    """Return a graph that inverts and saves a square of one colour."""
    return {
        "1": _node("EmptyImage", width=edge, height=edge, batch_size=1, color=color),
        "2": _node("ImageInvert", image=["1", 0]),
        "3": _node("SaveImage", images=["2", 0], filename_prefix=prefix),
    }


def blurred_graph(*, color: int, times: int) -> dict[str, Any]:
    """Return one that takes long on a real server, in `times` equal pieces."""
    graph = image_graph(color=color, edge=384)
    last = "2"
    for number in range(times):
        blur = _node("ImageBlur", image=[last, 0], blur_radius=31, sigma=9.0)
        last = f"b{number}"
        graph[last] = blur
    graph["3"]["inputs"]["images"] = [last, 0]
    return graph


def half_broken_graph(*, color: int) -> dict[str, Any]:
    """Return one with two outputs, of which the second has no picture of its own."""
    graph = image_graph(color=color)
    graph["4"] = _node("EmptyImage", width=0, height=64, batch_size=1, color=color)
    graph["5"] = _node("SaveImage", images=["4", 0], filename_prefix="broken")
    return graph


def broken_graph(*, color: int) -> dict[str, Any]:
    """Return one that is refused: its picture would have no width."""
    return image_graph(color=color, edge=0)


def escaping_graph(*, color: int) -> dict[str, Any]:
    """Return one whose SaveImage node raises: it would leave the output folder."""
    return image_graph(color=color, prefix="../outside")


def latent_graph(*, color: int) -> dict[str, Any]:
    """Return one that leaves a file which is no image."""
    return {
        "1": _node("EmptyLatentImage", width=64, height=64, batch_size=1 + color % 60),
        "2": _node("SaveLatent", samples=["1", 0], filename_prefix="latents/test"),
    }


def sampler_graph(*, seed: int, steps: int = 8) -> dict[str, Any]:
    """Return a text-to-image graph with the simulator's own checkpoint."""
    return {
        "4": _node("CheckpointLoaderSimple", ckpt_name="simulated-sd15.safetensors"),
        "5": _node("EmptyLatentImage", width=64, height=64, batch_size=1),
        "6": _node("CLIPTextEncode", text="a bartender", clip=["4", 1]),
        "7": _node("CLIPTextEncode", text="text", clip=["4", 1]),
        "3": _node(
            "KSampler",
            seed=seed,
            steps=steps,
            cfg=7.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
        ),
        "8": _node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": _node("SaveImage", images=["8", 0], filename_prefix="sampled"),
    }


def styled_graph(base: dict[str, Any], *, image: str = "example.png") -> dict[str, Any]:
    """Return a text-to-image graph whose model is steered by an image, and its loader.

    `base` is such a graph as `sampler_graph` makes: its checkpoint is node 4, its
    sampler node 3. The image is loaded by node 20.
    """
    steered = _node(
        "IPAdapterAdvanced",
        model=["4", 0],
        ipadapter=["21", 0],
        image=["20", 0],
        weight=1.0,
        weight_type="style transfer",
        combine_embeds="concat",
        start_at=0.0,
        end_at=1.0,
        embeds_scaling="V only",
    )
    file = "simulated-ipadapter.safetensors"
    return base | {
        "3": _node("KSampler", **base["3"]["inputs"] | {"model": ["22", 0]}),
        "20": _node("LoadImage", image=image),
        "21": _node("IPAdapterModelLoader", ipadapter_file=file),
        "22": steered,
    }


def _node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}
