"""Tests of `comfy_assets.domain.workflows.addresses`."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.addresses import (
    Address,
    address_of,
    nearest,
    parse_address,
    resolve,
)
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.errors import MappingError
from tests.unit.domain.workflows.graphs import node, text_to_image

WORKFLOW = Workflow.from_api(text_to_image())

NAMES = st.text(min_size=1) | st.text("ab.\\@: é", min_size=1)


@given(st.builds(Address, NAMES, NAMES, by_title=st.booleans()))
@example(Address("@a", "b"))
@example(Address("\\@a", "b"))
@example(Address("a\\", ".b", by_title=True))
def test_an_address_reads_back_as_written(address: Address) -> None:
    """Any id, class, title and input name survives printing and parsing."""
    assert parse_address(str(address)) == address


@given(st.text() | st.text("a.\\@"))
def test_any_text_is_an_address_or_a_mapping_error(text: str) -> None:
    """No text makes the parser raise anything else."""
    try:
        address = parse_address(text)
    except MappingError:
        return
    assert parse_address(str(address)) == address


@given(st.text() | st.text("369.@textKSampler"))
def test_any_address_resolves_or_is_a_mapping_error(text: str) -> None:
    """What is found exists, and nothing else is raised."""
    try:
        ref = resolve(WORKFLOW, text)
    except MappingError:
        return
    assert ref.input_name in WORKFLOW.nodes[ref.node_id].inputs


@given(st.dictionaries(NAMES, NAMES, min_size=1))
def test_an_input_is_found_by_its_own_address(inputs: dict[str, str]) -> None:
    """`address_of` names the input whatever its node and it are called."""
    graph = {key: node("A", **{name: 1}) for key, name in inputs.items()}
    try:
        workflow = Workflow.from_api(graph)
    except ValueError:
        return
    for key, name in inputs.items():
        assert resolve(workflow, address_of(InputRef(key, name))) == (
            InputRef(key, name)
        )


@pytest.mark.parametrize(
    "text, expected",
    [
        ("6.text", Address("6", "text")),
        ("10:5.text", Address("10:5", "text")),
        ("60.format.bit_depth", Address("60", "format.bit_depth")),
        (r"My\.Node.a", Address("My.Node", "a")),
        (r"@Portrait v1\.5.text", Address("Portrait v1.5", "text", by_title=True)),
        (r"a\b.c", Address(r"a\b", "c")),
        (r"\@id.c", Address("@id", "c")),
        ("@@x.c", Address("@x", "c", by_title=True)),
    ],
)
def test_the_grammar(text: str, expected: Address) -> None:
    """The first dot ends the node's name; a backslash takes a dot's meaning away."""
    assert parse_address(text) == expected


@pytest.mark.parametrize("text", ["", "6", "6.", ".text", "@.text", r"6\.text", "@"])
def test_half_an_address_is_refused(text: str) -> None:
    """The error says how an address is written."""
    with pytest.raises(MappingError, match=r"node\.input"):
        parse_address(text)


@pytest.mark.parametrize(
    "address, node_id, name",
    [
        ("6.text", "6", "text"),
        ("KSampler.steps", "3", "steps"),
        ("CLIPTextEncode.positive", "6", "text"),
        ("CLIPTextEncode.negative", "7", "text"),
        (r"@Portrait v1\.5.text", "6", "text"),
        ("KSampler.positive", "3", "positive"),
    ],
)
def test_an_address_names_one_input(address: str, node_id: str, name: str) -> None:
    """By id, by class, by role, by title; an input goes before a role."""
    assert resolve(WORKFLOW, address) == InputRef(node_id, name)


def test_an_id_goes_before_a_class() -> None:
    """A node whose id is another's class is named by it."""
    graph = {"A": node("B", x=1), "2": node("A", x=1)}
    assert resolve(Workflow.from_api(graph), "A.x") == InputRef("A", "x")


@pytest.mark.parametrize(
    "address, problem, candidates",
    [
        ("KSampelr.steps", "id or class", ["KSampler.steps"]),
        ("@portrait v15.text", "title", [r"@Portrait v1\.5.text"]),
        ("99.text", "id or class", ["9.text"]),
        ("CLIPTextEncode.text", "2 nodes fit", ["6.text", "7.text"]),
        ("CLIPTextEncode.txt", "2 nodes fit", ["6.txt", "7.txt"]),
        ("6.txt", "no input 'txt'", ["6.text", "6.clip"]),
        ("6.positive", "no input", ["6.text", "6.clip"]),
        (
            "EmptyLatentImage.positive",
            "reaches a sampler as positive",
            ["5.width", "5.height", "5.batch_size"],
        ),
        ("@Bad things.negative", "no input", ["7.text", "7.clip"]),
    ],
)
def test_what_does_not_fit_is_told_with_candidates(
    address: str, problem: str, candidates: list[str]
) -> None:
    """The error lists what comes near, nearest first."""
    with pytest.raises(MappingError, match=problem) as caught:
        resolve(WORKFLOW, address)
    assert list(caught.value.candidates) == candidates


def test_a_role_with_several_texts_asks_for_one() -> None:
    """An encoder with two texts has no single one in the role."""
    graph = {
        "1": node("CLIPTextEncodeSDXL", text_g="a", text_l="b"),
        "2": node("KSampler", positive=["1", 0]),
    }
    with pytest.raises(MappingError, match="2 texts") as caught:
        resolve(Workflow.from_api(graph), "CLIPTextEncodeSDXL.positive")
    assert caught.value.candidates == ("1.text_g", "1.text_l")


def test_the_nearest_names_come_first() -> None:
    """Likeness ranks, capitals and long tails do not matter, and eight are enough."""
    assert nearest("Stpes", ["cfg", "stop", "steps"]) == ["steps", "stop"]
    assert nearest("cfg", ["xyz", "cfg"], all_of_them=True) == ["cfg", "xyz"]
    assert len(nearest("a", [f"a{i}" for i in range(9)], all_of_them=True)) == 8
    assert nearest("a" * 100_000, ["a" * 90]) == ["a" * 90]
