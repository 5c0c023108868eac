"""Tests of `comfy_assets.domain.workflows.roles.origins`."""

from __future__ import annotations

from typing import Any

import pytest

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import InputRef, Workflow
from comfy_assets.domain.workflows.roles import TypedGraph
from comfy_assets.domain.workflows.roles.origins import (
    is_number,
    number_origin,
    text_origins,
)
from tests.unit.domain.workflows.described import catalogue, description
from tests.unit.domain.workflows.graphs import node

TEXT = InputRef("1", "text")
SEED = InputRef("1", "seed")


def texts(graph: dict[str, Any], kinds: Catalogue | None = None) -> dict[str, bool]:
    """The origins of ``1.text``, with whether each stands alone."""
    found = text_origins(TypedGraph(Workflow.from_api(graph), kinds), TEXT).found
    return {f"{o.ref.node_id}.{o.ref.input_name}": o.is_alone for o in found}


def number(graph: dict[str, Any]) -> str:
    """The origin of ``1.seed``."""
    ref = number_origin(TypedGraph(Workflow.from_api(graph)), SEED)
    return f"{ref.node_id}.{ref.input_name}"


def encoder(**others: dict[str, Any]) -> dict[str, Any]:
    """An encoder whose text comes from node 2."""
    nodes = {name.removeprefix("n"): data for name, data in others.items()}
    return {"1": node("CLIPTextEncode", text=["2", 0]), **nodes}


def sampler(**others: dict[str, Any]) -> dict[str, Any]:
    """A sampler whose seed comes from node 2."""
    nodes = {name.removeprefix("n"): data for name, data in others.items()}
    return {"1": node("KSampler", seed=["2", 0]), **nodes}


def test_a_text_of_its_own_is_its_origin() -> None:
    """Without a link there is no way to go."""
    assert texts({"1": node("CLIPTextEncode", text="a")}) == {"1.text": True}


def test_a_primitive_is_the_origin() -> None:
    """A person writes into it."""
    graph = encoder(n2=node("PrimitiveStringMultiline", value="a"))
    assert texts(graph) == {"2.value": True}


def test_all_that_a_text_is_made_of_is_told() -> None:
    """Parts that stand in other nodes are no primitives; empty ones say nothing."""
    graph = encoder(
        n2=node(
            "StringConcatenate", string_a="in oil", string_b=["3", 0], delimiter=","
        ),
        n3=node("StringConcatenate", string_a=["4", 0], string_b="", delimiter=""),
        n4=node("PrimitiveString", value="a cat"),
    )
    assert texts(graph) == {"2.string_a": False, "4.value": True}


def test_an_empty_text_counts_where_it_is_all() -> None:
    """The one place to write into is told, written or not."""
    graph = encoder(n2=node("StringReplace", string="", find="a", replace="b"))
    assert texts(graph) == {"2.string": False}


def test_the_prompt_of_a_language_model_is_the_origin() -> None:
    """What the model is told to do is none; what passes its text on is walked."""
    graph = encoder(
        n2=node("PreviewAny", source=["3", 0]),
        n3=node("GeminiNode", prompt="a cat", system_prompt="Rewrite it.", seed=1),
    )
    assert texts(graph) == {"3.prompt": False}


def test_values_of_a_format_are_followed() -> None:
    """StringFormat takes what it puts in under dotted names."""
    graph = encoder(
        n2=node("StringFormat", **{"values.a": ["3", 0], "f_string": "{a}!"}),
        n3=node("PrimitiveString", value="a"),
    )
    assert texts(graph) == {"3.value": True}


def test_a_text_switch_gives_its_branch() -> None:
    """The other text is not painted by."""
    graph = encoder(
        n2=node("ComfySwitchNode", switch=False, on_false="a", on_true=["3", 0]),
        n3=node("PrimitiveString", value="b"),
    )
    assert texts(graph) == {"2.on_false": False}


def test_an_unknown_node_gives_its_one_text() -> None:
    """Several texts of unknown names tell nothing, and neither do choices."""
    assert texts(encoder(n2=node("CR Text", words="a"))) == {"2.words": True}
    assert texts(encoder(n2=node("CR Text", words="a", more="b"))) == {}
    kinds = catalogue(Pick=description({"choice": [["a", "b"]]}, text="STRING"))
    assert texts(encoder(n2=node("Pick", choice="a")), kinds) == {}


def test_an_unknown_node_passes_on_its_one_source() -> None:
    """With two it cannot be told which."""
    primitive = node("PrimitiveString", value="a")
    one = encoder(n2=node("Reroute", any=["3", 0]), n3=primitive)
    assert texts(one) == {"3.value": True}
    two = encoder(n2=node("Mix", a=["3", 0], b=["3", 0]), n3=primitive)
    assert texts(two) == {}


def test_a_circle_of_texts_ends() -> None:
    """ComfyUI would refuse it; we come back."""
    graph = encoder(n2=node("StringTrim", string=["2", 0]))
    assert texts(graph) == {}


def test_a_way_of_too_many_nodes_has_no_origin() -> None:
    """It is not plain any more, and the time is bounded."""
    chain = {
        str(i): node("StringTrim", string=[str(i + 1), 0]) for i in range(2, 400)
    } | {"400": node("PrimitiveString", value="a")}
    assert texts({"1": node("CLIPTextEncode", text=["2", 0]), **chain}) == {}
    assert texts({"1": node("CLIPTextEncode", text=["350", 0]), **chain}) == {
        "400.value": True
    }


@pytest.mark.parametrize(
    "graph, origin",
    [
        ({"1": node("KSampler", seed=5)}, "1.seed"),
        (sampler(n2=node("PrimitiveInt", value=5)), "2.value"),
        (sampler(n2=node("SeedNode", seed=5)), "2.seed"),
        (sampler(n2=node("Strange", amount=5)), "2.amount"),
        # Two numbers, no number, a truth value: nothing plain.
        (sampler(n2=node("Strange", amount=5, more=6)), "1.seed"),
        (sampler(n2=node("GetImageSize", image=["3", 0]), n3=node("A")), "1.seed"),
        (sampler(n2=node("PrimitiveBoolean", value=True)), "1.seed"),
        (
            sampler(
                n2=node(
                    "ComfyMathExpression",
                    **{"values.a": ["3", 0], "expression": "a+1"},
                ),
                n3=node("PrimitiveInt", value=5),
            ),
            "3.value",
        ),
        (
            sampler(
                n2=node(
                    "ComfySwitchNode", switch=["4", 0], on_false=["3", 0], on_true=6
                ),
                n3=node("PrimitiveInt", value=5),
                n4=node("PrimitiveBoolean", value=False),
            ),
            "3.value",
        ),
        (sampler(n2=node("Reroute", value=["2", 0])), "1.seed"),
    ],
)
def test_a_number_is_followed_to_where_it_stands(
    graph: dict[str, Any], origin: str
) -> None:
    """Primitives, calculations and switches are passed; else the input itself is it."""
    assert number(graph) == origin


def test_a_number_that_comes_from_too_far_stays_where_it_is_taken() -> None:
    """The time is bounded."""
    values = {f"values.v{i}": [str(i), 0] for i in range(10, 300)}
    many = {str(i): node("A") for i in range(10, 300)}
    graph = sampler(n2=node("ComfyMathExpression", **values)) | many
    assert number(graph) == "1.seed"


def test_a_truth_value_is_no_number() -> None:
    """To Python it is an int."""
    assert is_number(1)
    assert is_number(0.5)
    assert not is_number(True)
    assert not is_number("1")
