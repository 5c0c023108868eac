"""Tests of `comfy_assets.domain.workflows.catalogue.nodes`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import NodeDescription, OutputDescription
from tests.unit.domain.workflows.object_info import described


def _read(**told: Any) -> NodeDescription:
    return NodeDescription.from_object_info("A", described(**told))


def test_a_class_tells_what_it_is() -> None:
    """Names, place and marks are read; the class's own name stands in."""
    node = _read(
        display_name="An A",
        description="d",
        category="c/d",
        output_node=True,
        is_input_list=True,
        deprecated=True,
        experimental=True,
        api_node=True,
    )
    assert (node.class_type, node.display_name) == ("A", "An A")
    assert (node.description, node.category) == ("d", "c/d")
    assert node.python_module == "nodes"
    assert node.is_output_node
    assert node.is_input_list
    assert node.is_deprecated
    assert node.is_experimental
    assert node.is_api_node
    assert node.is_readable
    assert node.raw["category"] == "c/d"
    assert _read(display_name=None).display_name == "A"


def test_an_input_is_found_by_its_name() -> None:
    """An unknown name gives nothing."""
    node = _read(required={"a": ["INT"]})
    found = node.input("a")
    assert found is not None
    assert found.type == "INT"
    assert node.input("b") is None


def test_outputs_tell_types_names_and_lists() -> None:
    """Lists of choices count as COMBO; what is missing is filled in."""
    node = _read(
        output=["IMAGE", ["a", "b"], 7],
        output_name=["picture", None],
        output_is_list=[True, False],
        output_tooltips=["a picture"],
    )
    assert node.outputs == (
        OutputDescription(
            type="IMAGE", name="picture", is_list=True, tooltip="a picture"
        ),
        OutputDescription(type="COMBO", name="COMBO", choices=("a", "b")),
        OutputDescription(type="", name="7"),
    )


@pytest.mark.parametrize("data", [None, [], 7, {}, {"input": {}}, {"output": []}])
def test_a_class_that_cannot_be_read_is_told_apart(data: Any) -> None:
    """The server has it, but nothing is known of it."""
    node = NodeDescription.from_object_info("A", data)
    assert not node.is_readable
    assert (node.inputs, node.outputs, node.is_output_node) == ((), (), False)
