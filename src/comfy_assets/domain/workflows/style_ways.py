"""Ways of images through a workflow: what lies behind the input of a style node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.style_nodes import PREPARING_NODES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from comfy_assets.domain.workflows.graph import Link, Workflow, WorkflowNode

#: The class of the nodes that load an uploaded image, and the input with its name.
LOADER: Final = "LoadImage"
LOADER_INPUT: Final = "image"

# How inputs through which an image travels are called.
_IMAGE_WORDS: Final = ("image", "pixels", "clip_vision_output", "embed")


class ImageWays:
    """The ways back to a LoadImage, or to a picture input that nothing feeds.

    Made once for a workflow: asking is cheap, however many style nodes it has.
    """

    def __init__(self, workflow: Workflow) -> None:
        self._sources = {
            node_id: [link.node_id for link in _image_links(node)]
            for node_id, node in workflow.nodes.items()
        }
        loaders = {
            node_id: InputRef(node_id, LOADER_INPUT)
            for node_id, node in workflow.nodes.items()
            if node.class_type == LOADER and isinstance(node.literal(LOADER_INPUT), str)
        }
        openings = {
            node_id: InputRef(node_id, name)
            for node_id, node in workflow.nodes.items()
            if (name := PREPARING_NODES.get(node.class_type)) is not None
            and name not in node.inputs
        }
        #: The picture inputs of preparing nodes that nothing feeds.
        self.openings: Sequence[InputRef] = tuple(openings.values())
        self._to_loaders = _Distances(self._sources, loaders)
        self._to_openings = _Distances(self._sources, openings)

    def loader_behind(self, link: Link) -> InputRef | None:
        """Return the ``image`` of the nearest LoadImage, through what changes it."""
        return self._to_loaders.end_of(link.node_id)

    def opening_behind(self, link: Link) -> InputRef | None:
        """Return the nearest picture input that nothing feeds."""
        return self._to_openings.end_of(link.node_id)


class _Distances:
    """How far each node is from the nearest of some ends, counted in links."""

    def __init__(
        self, sources: Mapping[str, Sequence[str]], ends: Mapping[str, InputRef]
    ) -> None:
        self._sources = sources
        # What each node was found to end in; no way is walked twice.
        self._ends = dict(ends)
        takers: dict[str, list[str]] = {}
        for node_id, below in sources.items():
            for source in below:
                takers.setdefault(source, []).append(node_id)
        self._distances = dict.fromkeys(ends, 0)
        queue = list(ends)
        # The list grows while it is read.
        for node_id in queue:
            for taker in takers.get(node_id, ()):
                if taker not in self._distances:
                    self._distances[taker] = self._distances[node_id] + 1
                    queue.append(taker)

    def end_of(self, node_id: str) -> InputRef | None:
        """Return the end nearest to a node; of equals, that of its first input."""
        if node_id not in self._distances:
            return None
        way = []
        while node_id not in self._ends:
            way.append(node_id)
            near = [s for s in self._sources[node_id] if s in self._distances]
            # Each step is nearer than the last: it ends, on circles too.
            node_id = min(near, key=self._distances.__getitem__)
        end = self._ends[node_id]
        self._ends.update(dict.fromkeys(way, end))
        return end


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
