"""What holds for style references in any workflow."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.configuration import AutoDetect, LockedInput
from comfy_assets.domain.workflows.graph import InputRef, Link, Workflow
from comfy_assets.domain.workflows.style import find_style_targets
from comfy_assets.domain.workflows.style_nodes import PREPARING_NODES, STYLE_NODES
from comfy_assets.domain.workflows.style_reference import (
    StyleReference,
    locked_inputs,
    style_image_place,
    style_loader,
    with_style_image,
)
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import configuration

_IDS = [str(i) for i in range(1, 6)] + ["style_reference"]
_OTHERS = [
    "KSampler",
    "Reroute",
    "IPAdapterUnifiedLoader",
    "IPAdapterWeights",
    "IPAdapterCombineEmbeds",
]
# Several times the loader, so that many ways lead to one.
_CLASSES = st.sampled_from([*STYLE_NODES, *PREPARING_NODES, *_OTHERS * 2]) | st.just(
    "LoadImage"
)
_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [*([node_id, 0] for node_id in _IDS), "example.png", "", 0.5, 1, True, None, {}, []]
)


def names_of(class_type: str) -> list[str]:
    """Return names that inputs of a class have, and such as would lead astray."""
    images = STYLE_NODES.get(class_type, ())
    return [
        *(image.name for image in images[:4]),
        *(image.strength for image in images[:4] if image.strength),
        PREPARING_NODES.get(class_type, "image"),
        *("model", "positive", "negative", "prompt", "latent_image"),
    ]


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw graphs of style nodes, loaders and circles; no link leads nowhere."""
    graph: dict[str, Any] = {}
    for node_id in draw(st.permutations(_IDS)):
        class_type = draw(_CLASSES)
        names = st.sampled_from(names_of(class_type))
        inputs = draw(st.dictionaries(names, _VALUES, max_size=4))
        if class_type == "LoadImage":
            inputs.setdefault("image", "example.png")
        graph[node_id] = {"class_type": class_type, "inputs": inputs}
    return graph


@given(graphs())
def test_every_style_node_is_told_with_places_that_are_there(
    graph: dict[str, Any],
) -> None:
    """No graph makes the search fail; loaders hold a name, free inputs nothing."""
    workflow = Workflow.from_api(graph)
    targets = find_style_targets(workflow)
    styled = {i for i, node in workflow.nodes.items() if node.class_type in STYLE_NODES}
    assert {target.node_id for target in targets} == styled
    for target in targets:
        place = target.place
        if place is not None:
            node = workflow.nodes[place.image.node_id]
            held = node.inputs.get(place.image.input_name)
            assert held is None if place.is_free else isinstance(held, str)
            assert place.is_free or node.class_type == "LoadImage"


@given(graphs(), st.none() | st.floats(0, 1), st.data())
def test_nothing_but_the_image_and_its_weight_is_touched(
    graph: dict[str, Any], strength: float | None, data: st.DataObject
) -> None:
    """Loaders, weights, combiners and locked inputs stay, and so does the template."""
    inputs = [
        f"{node_id}.{name}"
        for node_id, node in graph.items()
        for name in node["inputs"]
    ]
    locks = (
        data.draw(st.lists(st.sampled_from(inputs), unique=True, max_size=4))
        if (inputs)
        else []
    )
    mine = configuration(
        graph,
        locked_inputs=[LockedInput(target=target, value="locked") for target in locks],
        style_reference_mapping=AutoDetect(strength=strength),
    )
    template = mine.workflow
    locked = locked_inputs(mine)
    try:
        place = style_image_place(mine)
    except MappingError:
        assert strength is not None
        return
    style = StyleReference(image_name="uploaded.png", keywords="")
    built = with_style_image(template, mine, style, by_hand=locked)
    changed = {
        InputRef(node_id, name)
        for node_id, node in built.nodes.items()
        for name, value in node.inputs.items()
        if node_id not in template.nodes
        or name not in template.nodes[node_id].inputs
        or template.nodes[node_id].inputs[name] is not value
    }
    loader = style_loader(mine)
    if place is None or loader is None:
        assert built is template
        return
    assert built.nodes[loader.node_id].literal("image") == "uploaded.png"
    wanted = {loader, place.image} | (
        {place.strength} if strength is not None else set()
    )
    assert changed <= wanted - locked
    if place.is_free:
        link = built.nodes[place.image.node_id].inputs[place.image.input_name]
        assert link == Link(loader.node_id, 0)
    assert Workflow.from_api(built.to_api()).nodes.keys() == built.nodes.keys()
