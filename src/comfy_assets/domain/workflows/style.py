"""Where a style reference goes in: the style node and the LoadImage that feeds it."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from comfy_assets.domain.workflows.addresses import resolve
from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow, WorkflowNode
from comfy_assets.errors import MappingError

# The image inputs of style nodes, by class: of ComfyUI_IPAdapter_plus before and since
# March 2024, and of ComfyUI 0.3 itself (StyleModelApply, unCLIPConditioning).
_STYLE_NODES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "IPAdapter",
            "IPAdapterAdvanced",
            "IPAdapterApply",
            "IPAdapterApplyFaceID",
            "IPAdapterBatch",
            "IPAdapterFaceID",
            # So spelled by its author.
            "IPAAdapterFaceIDBatch",
            "IPAdapterFaceIDKolors",
            "IPAdapterMS",
            "IPAdapterPreciseComposition",
            "IPAdapterPreciseCompositionBatch",
            "IPAdapterPreciseStyleTransfer",
            "IPAdapterPreciseStyleTransferBatch",
            "IPAdapterRegionalConditioning",
            "IPAdapterTiled",
            "IPAdapterTiledBatch",
            "IPAdapterTilesMasked",
        ),
        ("image",),
    ),
    "IPAdapterStyleComposition": ("image_style", "image_composition"),
    "IPAdapterStyleCompositionBatch": ("image_style", "image_composition"),
    # They take no image themselves: the encoder before them does.
    "IPAdapterApplyEncoded": ("embeds",),
    "IPAdapterEmbeds": ("pos_embed",),
    "IPAdapterEncoder": ("image", "image_1", "image_2", "image_3", "image_4"),
    "StyleModelApply": ("clip_vision_output",),
    "unCLIPConditioning": ("clip_vision_output",),
    # Only noise is made of this image: taken where the workflow has nothing better.
    "IPAdapterNoise": ("image_optional",),
}
_LAST_RESORT: Final = "IPAdapterNoise"

_LOADER: Final = "LoadImage"

# How inputs through which an image travels are called.
_IMAGE_WORDS: Final = ("image", "pixels", "clip_vision_output", "embed")


@frozen(kw_only=True)
class StyleTarget:
    """A style node of a workflow, and where its image comes from."""

    #: The style node.
    node_id: str
    #: Its class, such as ``"IPAdapterAdvanced"``.
    class_type: str
    #: The ``image`` of the LoadImage that feeds it.
    load_image: InputRef


def find_style_target(workflow: Workflow) -> StyleTarget | None:
    """Find the first style node that a LoadImage feeds, if there is one."""
    style_nodes = [
        (node_id, node)
        for node_id, node in workflow.nodes.items()
        if node.class_type in _STYLE_NODES
    ]
    # The sort is stable: the others stay in graph order.
    style_nodes.sort(key=lambda entry: entry[1].class_type == _LAST_RESORT)
    # Where one walk found nothing, the next need not look again.
    seen: set[str] = set()
    for node_id, node in style_nodes:
        for name in _STYLE_NODES[node.class_type]:
            link = node.links.get(name)
            loader = link and _loader_behind(workflow, link, seen)
            if loader:
                return StyleTarget(
                    node_id=node_id, class_type=node.class_type, load_image=loader
                )
    return None


def explicit_style_target(workflow: Workflow, address: str) -> InputRef:
    """Return the input that an `Explicit` style mapping names.

    Where the address names an input that is linked, the ``image`` of the LoadImage
    behind that link is taken.

    Raises:
        MappingError: When the address fits no input or several, or one that neither
            holds a text nor has a LoadImage behind it.
    """
    ref = resolve(workflow, address)
    value = workflow.nodes[ref.node_id].inputs[ref.input_name]
    # A loader of another class takes a file name just so.
    if isinstance(value, str):
        return ref
    loader = _loader_behind(workflow, value, set()) if isinstance(value, Link) else None
    if loader is None:
        problem = "no LoadImage feeds this input: name the image of a LoadImage."
        raise MappingError(address, problem)
    return loader


def _loader_behind(workflow: Workflow, link: Link, seen: set[str]) -> InputRef | None:
    """Walk back to the nearest LoadImage, through whatever changes the image.

    Args:
        workflow: Where to look.
        link: Where to begin.
        seen: Nodes to leave out; those that were visited are added.
    """
    queue = [link.node_id]
    # The list grows while it is read.
    for node_id in queue:
        if node_id in seen:
            continue
        seen.add(node_id)
        node = workflow.nodes[node_id]
        if node.class_type == _LOADER and isinstance(node.literal("image"), str):
            return InputRef(node_id, "image")
        queue.extend(source.node_id for source in _image_links(node))
    return None


def _image_links(node: WorkflowNode) -> list[Link]:
    links = node.links
    named = [
        link
        for name, link in links.items()
        # A latent image is no picture: behind it lies what is painted, not the style.
        if any(word in name for word in _IMAGE_WORDS) and "latent" not in name
    ]
    # A node with one source passes it on, as a reroute does.
    return named or (list(links.values()) if len(links) == 1 else [])
