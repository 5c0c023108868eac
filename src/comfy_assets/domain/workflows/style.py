"""Where a style reference may go in: style nodes, and what stands behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from comfy_assets.domain.workflows.graph import InputRef
from comfy_assets.domain.workflows.roles import Role, texts_in_role
from comfy_assets.domain.workflows.style_nodes import (
    STYLE_NODES,
    ImageInput,
    StyleRank,
)
from comfy_assets.domain.workflows.style_ways import ImageWays

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from comfy_assets.domain.workflows.graph import Workflow, WorkflowNode


@frozen(kw_only=True)
class StylePlace:
    """The input that a style reference changes."""

    #: The input; a loader's file name, or a picture input that nothing feeds.
    image: InputRef
    #: Whether nothing feeds `image`, so that a LoadImage must be put before it.
    is_free: bool
    #: The input that weighs the image; ``None`` where none, or more than one, does.
    strength: InputRef | None


@frozen(kw_only=True)
class StyleTarget:
    """One image input of a style node, and what stands behind it.

    ``str(target)`` is how people know the node: ``"IPAdapterApply (5)"``.
    """

    #: The style node.
    node_id: str
    #: Its class, such as ``"IPAdapterAdvanced"``.
    class_type: str
    #: The title that a person gave it, if any.
    title: str | None
    #: Its input through which the image comes, such as ``"image"``.
    input_name: str
    #: The ``image`` of the LoadImage that feeds it, if one does.
    load_image: InputRef | None
    #: The picture input before which a LoadImage can be put, where none feeds it. Its
    #: own, or that of a node that prepares the image.
    free_input: InputRef | None
    #: The node's own input that weighs this image, if it has one.
    strength: InputRef | None

    def __str__(self) -> str:
        return f"{self.class_type} ({self.node_id})"

    @property
    def place(self) -> StylePlace | None:
        """What a style reference would change; ``None`` where it cannot go in."""
        image = self.load_image or self.free_input
        if image is None:
            return None
        is_free = self.load_image is None
        return StylePlace(image=image, is_free=is_free, strength=self.strength)


def find_style_targets(workflow: Workflow) -> tuple[StyleTarget, ...]:
    """Return the image inputs of all style nodes, in the order in which they are taken.

    Nodes that stand for style go before those that take an image to edit or to go by,
    and what a LoadImage feeds before what is free. Encoders of negative prompts come
    behind the others of their kind. Each style node is there at least once, also where
    a reference cannot go in; of its free inputs only the first is.
    """
    style_nodes = {
        i: n for i, n in workflow.nodes.items() if n.class_type in STYLE_NODES
    }
    # Most workflows have none; the ways of the others cost time.
    if not style_nodes:
        return ()
    ways = ImageWays(workflow)
    negative = _negative_only(workflow)
    found: list[tuple[tuple[int, bool, int], StyleTarget]] = []
    for node_id, node in style_nodes.items():
        may_grow = node_id not in negative
        for image, target in _targets_of(node_id, node, ways, may_grow=may_grow):
            readiness = 0 if target.load_image else 1 if target.free_input else 2
            found.append(((image.rank, not may_grow, readiness), target))
    # The sort is stable: equals stay in graph order.
    return tuple(target for _, target in sorted(found, key=lambda entry: entry[0]))


def find_style_target(
    workflow: Workflow, locked: Collection[InputRef] = ()
) -> StyleTarget | None:
    """Find the first style target that a reference can go in, if there is one.

    Args:
        workflow: Where to look.
        locked: Inputs that nobody may change.
    """
    for target in find_style_targets(workflow):
        place = target.place
        if place is not None and place.image not in locked:
            return target
    return None


def strength_input(
    node_id: str, node: WorkflowNode, image: ImageInput
) -> InputRef | None:
    """Return the input that weighs an image, where the node has it.

    StyleModelApply of early 2024 has none, for one.
    """
    if image.strength is None or image.strength not in node.inputs:
        return None
    return InputRef(node_id, image.strength)


def is_free_input(node: WorkflowNode, image: ImageInput) -> bool:
    """Tell whether a picture could be linked to an input that the node leaves out.

    Of IPAdapterEncoder, which had other inputs before March 2024, the weight beside it
    tells whether this node has that input at all.
    """
    return (
        image.is_picture
        and image.rank is not StyleRank.NOISE
        and image.name not in node.inputs
        and (image.strength is None or image.strength in node.inputs)
    )


def _targets_of(
    node_id: str, node: WorkflowNode, ways: ImageWays, *, may_grow: bool
) -> Iterator[tuple[ImageInput, StyleTarget]]:
    """Yield what is linked, the first that is free, or else the bare node."""
    images = STYLE_NODES[node.class_type]
    links = node.links
    has_free = is_listed = False
    for image in images:
        link = links.get(image.name)
        ref = InputRef(node_id, image.name)
        if link is not None:
            loader = ways.loader_behind(link)
            free = None if loader else ways.opening_behind(link)
            yield image, _target(node_id, node, image, loader=loader, free=free)
            is_listed = True
        elif may_grow and not has_free and is_free_input(node, image):
            yield image, _target(node_id, node, image, free=ref)
            has_free = is_listed = True
    if not is_listed:
        yield images[0], _target(node_id, node, images[0])


def _target(
    node_id: str,
    node: WorkflowNode,
    image: ImageInput,
    *,
    loader: InputRef | None = None,
    free: InputRef | None = None,
) -> StyleTarget:
    return StyleTarget(
        node_id=node_id,
        class_type=node.class_type,
        title=node.title,
        input_name=image.name,
        load_image=loader,
        free_input=free,
        strength=strength_input(node_id, node, image),
    )


def _negative_only(workflow: Workflow) -> set[str]:
    """Return the encoders whose text is what the image shall not show."""
    positive = {ref.node_id for ref in texts_in_role(workflow, Role.POSITIVE)}
    return {ref.node_id for ref in texts_in_role(workflow, Role.NEGATIVE)} - positive
