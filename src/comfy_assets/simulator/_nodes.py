"""What each node of the catalogue does.

How a picture is drawn is in `painting`; when a node runs is decided in `_execution`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from attrs import evolve, frozen

from comfy_assets.simulator import painting
from comfy_assets.simulator._cache import NodeResult
from comfy_assets.simulator._folders import Folders, SavedName, fingerprint
from comfy_assets.simulator._graph import Graph, JsonObject

#: The classes that take time: `run_seconds` is spread over their steps.
SAMPLERS = frozenset({"KSampler", "KSamplerAdvanced"})


class NodeRun(Protocol):
    """What a running node may use of the run it belongs to."""

    #: The files of the server.
    folders: Folders
    #: The graph, for the chunk `prompt` of a PNG.
    graph: Graph
    #: `extra_data.extra_pnginfo`, further chunks of a PNG.
    extra_pnginfo: Mapping[str, object]
    #: What kind of picture to draw: `portrait`, `sprite`, `backdrop`, `item`, or "".
    kind: str

    def take_steps(self, steps: int, preview: painting.Preview | None) -> None:
        """Let the time of a sampler pass, and tell of it step by step."""

    def send_pictures(self, pictures: Sequence[bytes]) -> None:
        """Send finished PNG files to the client's socket."""


@frozen(kw_only=True)
class _Model:
    """A MODEL: only the style it was given matters to a drawing."""

    style: painting.Picture | None = None


@frozen(kw_only=True)
class _Latent:
    """A LATENT: the size to draw, and what is there already."""

    width: int
    height: int
    count: int
    pictures: tuple[painting.Picture, ...] = ()


_Inputs = dict[str, Any]


def change_of(
    class_type: str, inputs: Mapping[str, object], *, folders: Folders, kind: str
) -> str | None:
    """Return what a node's result depends on beside its inputs, for its cache key.

    Returns:
        A text, or None for a node that is never remembered.
    """
    # The kind of picture comes from the graph's prefix, which is no input of a sampler.
    if class_type in SAMPLERS:
        return kind
    if class_type == "LoadImage":
        path = folders.find_annotated(str(inputs.get("image")))
        return fingerprint(path) if path else ""
    # ComfyUI's node tells the cache that it changes each time.
    return None if class_type == "SaveImageWebsocket" else ""


def run_node(class_type: str, inputs: _Inputs, run: NodeRun) -> NodeResult:
    """Do what the class does.

    Args:
        class_type: A class of the catalogue.
        inputs: Values by name, links replaced by what they lead to.
        run: The run it belongs to.

    Raises:
        OutsideFolderError: When a `filename_prefix` leads out of the folder.
        OSError: When a picture cannot be read or written.
    """
    return _NODES[class_type](inputs, run)


def _load_checkpoint(_inputs: _Inputs, _run: NodeRun) -> NodeResult:
    return NodeResult(outputs=(_Model(), "CLIP", "VAE"))


def _load_lora(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    return NodeResult(outputs=(inputs["model"], inputs["clip"]))


def _load_other_model(_inputs: _Inputs, _run: NodeRun) -> NodeResult:
    return NodeResult(outputs=("a model",))


def _apply_style(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    model: _Model = inputs["model"]
    if inputs["weight"] > 0:
        model = evolve(model, style=inputs["image"][0])
    return NodeResult(outputs=(model,))


def _encode_text(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    return NodeResult(outputs=(inputs["text"],))


def _empty_latent(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    return NodeResult(
        outputs=(
            _Latent(
                width=inputs["width"] // 8 * 8,
                height=inputs["height"] // 8 * 8,
                count=inputs["batch_size"],
            ),
        )
    )


def _sample(inputs: _Inputs, run: NodeRun) -> NodeResult:
    latent: _Latent = inputs["latent_image"]
    style = inputs["model"].style
    seed = inputs["seed"] if "seed" in inputs else inputs["noise_seed"]
    pictures = []
    for index in range(latent.count):
        picture = painting.paint(
            painting.Subject(
                kind=run.kind,
                prompt=inputs["positive"],
                negative_prompt=inputs["negative"],
                seed=seed + index,
                width=latent.width,
                height=latent.height,
            ),
            style=style,
        )
        if latent.pictures and inputs.get("denoise", 1.0) < 1.0:
            picture = painting.blend(latent.pictures[index], picture, inputs["denoise"])
        pictures.append(picture)
    run.take_steps(inputs["steps"], painting.Preview(pictures[0]))
    return NodeResult(outputs=(evolve(latent, pictures=tuple(pictures)),))


def _decode(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    latent: _Latent = inputs["samples"]
    # An unsampled latent decodes to flat brown-grey on a real server, too.
    blank = painting.solid(latent.width, latent.height, 0x807264)
    return NodeResult(outputs=(latent.pictures or (blank,) * latent.count,))


def _encode(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    pictures = inputs["pixels"]
    width, height = pictures[0].size
    latent = _Latent(
        width=width, height=height, count=len(pictures), pictures=tuple(pictures)
    )
    return NodeResult(outputs=(latent,))


def _load_image(inputs: _Inputs, run: NodeRun) -> NodeResult:
    path = run.folders.find_annotated(inputs["image"])
    if path is None:
        raise FileNotFoundError(inputs["image"])
    picture, mask = painting.load(path.read_bytes())
    return NodeResult(outputs=((picture,), (mask,)))


def _empty_image(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    picture = painting.solid(inputs["width"], inputs["height"], inputs["color"])
    return NodeResult(outputs=((picture,) * inputs["batch_size"],))


def _invert(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    return NodeResult(outputs=(tuple(map(painting.invert, inputs["image"])),))


def _scale(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    pictures = tuple(
        painting.scale(
            picture,
            inputs["width"],
            inputs["height"],
            method=inputs["upscale_method"],
            crop=inputs["crop"] == "center",
        )
        for picture in inputs["image"]
    )
    return NodeResult(outputs=(pictures,))


def _blur(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    pictures = tuple(painting.blur(one, inputs["sigma"]) for one in inputs["image"])
    return NodeResult(outputs=(pictures,))


def _batch(inputs: _Inputs, _run: NodeRun) -> NodeResult:
    first = inputs["image1"]
    width, height = first[0].size
    second = tuple(
        painting.scale(one, width, height, method="bilinear", crop=True)
        for one in inputs["image2"]
    )
    return NodeResult(outputs=((*first, *second),))


def _save(inputs: _Inputs, run: NodeRun) -> NodeResult:
    prefix = inputs["filename_prefix"]
    return _write(
        inputs, run, "output", lambda size: run.folders.name_output(prefix, size)
    )


def _preview(inputs: _Inputs, run: NodeRun) -> NodeResult:
    return _write(inputs, run, "temp", lambda _size: run.folders.name_preview())


def _write(
    inputs: _Inputs,
    run: NodeRun,
    folder: str,
    name: Callable[[tuple[int, int]], SavedName],
) -> NodeResult:
    images: list[JsonObject] = []
    for picture in inputs["images"]:
        saved = name(picture.size)
        chunks = {"prompt": run.graph, **run.extra_pnginfo}
        saved.path.write_bytes(painting.to_png(picture, chunks))
        images.append(
            {"filename": saved.filename, "subfolder": saved.subfolder, "type": folder}
        )
    return NodeResult(outputs=(inputs["images"],), ui={"images": images})


def _send(inputs: _Inputs, run: NodeRun) -> NodeResult:
    run.send_pictures([painting.to_png(picture, {}) for picture in inputs["images"]])
    return NodeResult()


_NODES: Mapping[str, Callable[[_Inputs, NodeRun], NodeResult]] = {
    "CheckpointLoaderSimple": _load_checkpoint,
    "VAELoader": _load_other_model,
    "LoraLoader": _load_lora,
    "CLIPVisionLoader": _load_other_model,
    "IPAdapterModelLoader": _load_other_model,
    "IPAdapterAdvanced": _apply_style,
    "CLIPTextEncode": _encode_text,
    "EmptyLatentImage": _empty_latent,
    "KSampler": _sample,
    "KSamplerAdvanced": _sample,
    "VAEDecode": _decode,
    "VAEEncode": _encode,
    "LoadImage": _load_image,
    "SaveImage": _save,
    "PreviewImage": _preview,
    "SaveImageWebsocket": _send,
    "EmptyImage": _empty_image,
    "ImageInvert": _invert,
    "ImageScale": _scale,
    "ImageBlur": _blur,
    "ImageBatch": _batch,
}
