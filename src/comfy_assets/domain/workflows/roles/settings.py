"""The numbers and names by which samplers work: seed, steps, size, model and so on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from comfy_assets.domain.workflows.graph import InputRef, Link
from comfy_assets.domain.workflows.roles.kinds import Role
from comfy_assets.domain.workflows.roles.origins import is_number, number_origin
from comfy_assets.domain.workflows.roles.painters import own_name
from comfy_assets.domain.workflows.roles.typed import ByName, TypedGraph

# What the samplers, schedulers and guiders of ComfyUI (0.33) call them.
_NUMBERS: Final[dict[str, Role]] = {
    "seed": Role.SEED,
    "noise_seed": Role.SEED,
    "steps": Role.STEPS,
    "cfg": Role.CFG,
    "cfg_conds": Role.CFG,
    "denoise": Role.DENOISE,
    "guidance": Role.GUIDANCE,
    "width": Role.WIDTH,
    "height": Role.HEIGHT,
    "batch_size": Role.BATCH_SIZE,
}
_NAMES: Final[dict[str, Role]] = {
    "sampler_name": Role.SAMPLER,
    "scheduler": Role.SCHEDULER,
}
_MODEL_NAMES: Final = frozenset(
    {"model", "ckpt_name", "unet_name", "model_name", "model_path"}
)
_OF_PAINTERS: Final = frozenset({"model_seed", "image_seed", "texture_seed"})

# What a sampler is put together of, with how its inputs for it are called.
_PARTS: Final[tuple[tuple[str, ByName], ...]] = (
    ("GUIDER", "guider".__eq__),
    ("NOISE", "noise".__eq__),
    ("SAMPLER", "sampler".__eq__),
    ("SIGMAS", "sigmas".__eq__),
)
# KSamplerAdvanced writes "disable", SamplerCustom false (0.33).
_NO_NOISE: Final = ("disable", False)


def sampler_parts(graph: TypedGraph, sampling: Iterable[str]) -> list[str]:
    """Return the samplers with their guiders, noises, schedulers: nearest first.

    Args:
        graph: Where to look.
        sampling: Where its conditionings end: samplers and guiders.
    """
    whole = [
        node_id
        for node_id in graph.workflow.nodes
        if node_id in graph.alive
        if graph.links_of(node_id, *_PARTS[0])
    ]
    return _behind([*sampling, *whole], lambda node_id: _parts(graph, node_id))


def models(graph: TypedGraph, parts: Iterable[str]) -> list[InputRef]:
    """Return the names of the model files behind samplers."""
    return [
        ref
        for node_id in _behind(parts, lambda n: _models(graph, n))
        if not _models(graph, node_id)
        for ref in names_of(graph, node_id, _MODEL_NAMES)
    ]


def sizes(graph: TypedGraph, parts: Iterable[str]) -> dict[InputRef, Role]:
    """Return width, height and batch size where the samplers' latents begin."""
    return {
        ref: role
        for node_id in _behind(parts, lambda n: _latents(graph, n))
        if not _latents(graph, node_id)
        for ref, role in numbers_of(graph, node_id).items()
        if role in (Role.WIDTH, Role.HEIGHT, Role.BATCH_SIZE)
    }


def numbers_of(graph: TypedGraph, node_id: str) -> dict[InputRef, Role]:
    """Return a node's numbers with their roles, each where it stands."""
    node = graph.workflow.nodes[node_id]
    is_silent = any(node.literal("add_noise") == told for told in _NO_NOISE)
    found: dict[InputRef, Role] = {}
    for name, value in node.inputs.items():
        role = _NUMBERS.get(own_name(name))
        if own_name(name) in _OF_PAINTERS:
            role = Role.SEED
        if role is None or (role is Role.SEED and is_silent):
            continue
        if is_number(value) or isinstance(value, Link):
            found.setdefault(number_origin(graph, InputRef(node_id, name)), role)
    return found


def choices_of(graph: TypedGraph, node_id: str) -> dict[InputRef, Role]:
    """Return a node's names of sampler and schedule."""
    return {
        InputRef(node_id, name): role
        for name, role in _NAMES.items()
        if isinstance(graph.workflow.nodes[node_id].literal(name), str)
    }


def names_of(
    graph: TypedGraph, node_id: str, names: frozenset[str] = _MODEL_NAMES
) -> list[InputRef]:
    """Return the inputs of these names that hold a text themselves."""
    inputs = graph.workflow.nodes[node_id].inputs
    return [
        InputRef(node_id, name)
        for name, value in inputs.items()
        if own_name(name) in names and isinstance(value, str)
    ]


def _behind(starts: Iterable[str], links: Callable[[str], list[Link]]) -> list[str]:
    """Return nodes and all that lies behind them by such links, switches passed."""
    queue = list(dict.fromkeys(starts))
    seen = set(queue)
    # The list grows while it is read.
    for node_id in queue:
        for link in links(node_id):
            if link.node_id not in seen:
                seen.add(link.node_id)
                queue.append(link.node_id)
    return queue


def _parts(graph: TypedGraph, node_id: str) -> list[Link]:
    chosen = _chosen(graph, node_id)
    if chosen is not None:
        return chosen
    return [
        link for type_, name in _PARTS for link in graph.links_of(node_id, type_, name)
    ]


def _models(graph: TypedGraph, node_id: str) -> list[Link]:
    chosen = _chosen(graph, node_id)
    if chosen is not None:
        return chosen
    return graph.links_of(node_id, "MODEL", lambda n: n.startswith("model"))


def _latents(graph: TypedGraph, node_id: str) -> list[Link]:
    chosen = _chosen(graph, node_id)
    if chosen is not None:
        return chosen
    return graph.links_of(node_id, "LATENT", lambda n: n == "samples" or "latent" in n)


def _chosen(graph: TypedGraph, node_id: str) -> list[Link] | None:
    chosen = graph.branches(node_id)
    if chosen is None:
        return None
    links = graph.workflow.nodes[node_id].links
    return [links[name] for name in chosen if name in links]
