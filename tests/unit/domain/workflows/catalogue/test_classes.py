"""Tests of `comfy_assets.domain.workflows.catalogue.classes`."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.errors import PayloadError
from tests.unit.domain.workflows.object_info import described, older

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["input", "output", "required", "options", "template", "key", "min"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def test_a_class_is_read_once() -> None:
    """Asking again gives the very same description."""
    catalogue = older(A=described(output=["IMAGE"]))
    assert catalogue.nodes["A"] is catalogue.nodes["A"]


def test_classes_are_known_without_being_read() -> None:
    """Names, their number and their order come from the server's answer."""
    nodes = older(B=described(), A=described()).nodes
    assert list(nodes) == ["B", "A"]
    assert len(nodes) == 2
    assert "A" in nodes
    assert "C" not in nodes
    with pytest.raises(KeyError):
        nodes["C"]


def test_types_of_all_outputs_are_collected() -> None:
    """Unions are taken apart; lists of choices and odd entries give none."""
    catalogue = older(
        A=described(output=["IMAGE", "INT, FLOAT"]),
        B=described(output=[["a", "b"], 7]),
        C={"output": None},
    )
    assert catalogue.output_types == {"IMAGE", "INT", "FLOAT"}


@pytest.mark.parametrize("data", [None, [], "x", 7, {7: {}}])
def test_what_is_no_catalogue_is_refused(data: Any) -> None:
    """Only a mapping from names to descriptions is one."""
    with pytest.raises(PayloadError, match="object_info"):
        Catalogue.from_object_info(data)


@given(st.dictionaries(st.text(max_size=3), _JSON, max_size=3))
def test_any_json_is_read(data: dict[str, Any]) -> None:
    """A class that cannot be read is kept as one of which nothing is known."""
    catalogue = Catalogue.from_object_info(data)
    for name, told in data.items():
        node = catalogue.nodes[name]
        assert node.class_type == name
        is_told = isinstance(told, dict) and all(
            isinstance(told.get(key), kind)
            for key, kind in (("input", dict), ("output", list))
        )
        assert node.is_readable is is_told
        for entry in node.inputs:
            assert isinstance(entry.is_widget, bool)
            assert entry.types
            assert entry.minimum is None or not isinstance(entry.minimum, bool)
