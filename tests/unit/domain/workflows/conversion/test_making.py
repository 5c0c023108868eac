"""Live nodes: sockets by their class, links and more by what was saved."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.conversion.live import LiveNode
from comfy_assets.domain.workflows.conversion.making import make_node
from comfy_assets.domain.workflows.conversion.reading import read_node
from tests.unit.domain.workflows.conversion.documents import (
    CATALOGUE,
    CLASSES,
    class_info,
    inputs,
    ui_node,
)


def made(data: dict[str, Any], **classes: Any) -> LiveNode:
    """The live node of a saved one."""
    catalogue = Catalogue.from_object_info(CLASSES | classes) if classes else CATALOGUE
    return make_node(read_node("1", data), catalogue)


def sockets(node: LiveNode) -> list[tuple[str, str | None]]:
    """Names and links of a node's sockets, in order."""
    return [(socket.name, socket.link) for socket in node.sockets]


def test_plain_sockets_come_first_then_those_of_widgets() -> None:
    """The order decides what goes through a bypassed node."""
    assert sockets(made(ui_node(1, "Sampler"))) == [
        ("model", None),
        ("positive", None),
        ("seed", None),
        ("steps", None),
    ]


def test_saved_inputs_are_matched_by_name() -> None:
    """Their order does not matter; of two of one name the first counts."""
    saved = inputs(steps=4, model=3)
    saved.append({"name": "steps", "link": 9})
    assert sockets(made(ui_node(1, "Sampler", inputs=saved))) == [
        ("model", "3"),
        ("positive", None),
        ("seed", None),
        ("steps", "4"),
    ]


def test_an_input_that_the_class_does_not_know_is_kept_unless_it_is_a_ghost() -> None:
    """A socket of a widget that is gone goes with it."""
    saved = [
        {"name": "extra", "type": "MODEL", "link": 5},
        {"name": "ghost", "type": "INT", "link": 6, "widget": {"name": "ghost"}},
    ]
    assert sockets(made(ui_node(1, "Whole", inputs=saved))) == [
        ("value", None),
        ("extra", "5"),
    ]


def test_what_an_option_brings_along_stands_behind_its_choice() -> None:
    """Sockets among them, in the order of the option."""
    saved = [{"name": "size.match", "link": 3}, {"name": "size.factor", "link": 4}]
    node = made(ui_node(1, "Resize", ["by size", 5, "area"], inputs=saved))
    assert sockets(node) == [
        ("image", None),
        ("size", None),
        ("size.width", None),
        ("size.match", "3"),
        ("method", None),
    ]


def test_a_row_of_equal_inputs_has_one_socket_more_than_it_needs() -> None:
    """Gaps stay where they are."""
    saved = inputs(**{"images.image0": 1, "images.image2": 3})
    assert sockets(made(ui_node(1, "Batch", inputs=saved))) == [
        ("images.image0", "1"),
        ("images.image1", None),
        ("images.image2", "3"),
        ("images.image3", None),
    ]


def test_a_widget_without_a_socket_has_none_unless_one_was_saved() -> None:
    """`socketless` keeps links out."""
    info = class_info([], curve=["COLOR", {"socketless": True}])
    assert sockets(made(ui_node(1, "C"), C=info)) == []
    saved = [{"name": "curve", "link": 7, "widget": {"name": "curve"}}]
    node = made(ui_node(1, "C", inputs=saved), C=info)
    assert sockets(node) == [("curve", "7")]
    assert node.sockets[0].part is node.parts[0]


@pytest.mark.parametrize("class_", [None, {"input": 3}])
def test_a_node_of_an_unknown_class_keeps_what_was_saved(class_: Any) -> None:
    """Its links can be followed, its values not be named."""
    classes = {} if class_ is None else {"Gone": class_}
    saved = ui_node(1, "Gone", [1, 2], inputs=inputs(a=3), outputs=[{"type": "MASK"}])
    node = made(saved, **classes)
    assert sockets(node) == [("a", "3")]
    assert (node.title, node.outputs, node.parts) == ("", ["MASK"], [])


def test_a_title_goes_before_the_name_of_the_class() -> None:
    """The editor's own name of a class goes before the server's."""
    assert made(ui_node(1, "Whole", title="Steps")).title == "Steps"
    assert made(ui_node(1, "Whole")).title == "Whole"
    info = {**class_info(), "display_name": "Concat AV Latent"}
    node = made(ui_node(1, "LTXVConcatAVLatent"), LTXVConcatAVLatent=info)
    assert node.title == "LTXVConcatAVLatent"


def test_outputs_that_the_class_does_not_know_keep_their_types() -> None:
    """Those it knows have the class's."""
    outputs = [{"type": "STRING"}, {"type": "MASK"}]
    assert made(ui_node(1, "Whole", outputs=outputs)).outputs == ["INT", "MASK"]
