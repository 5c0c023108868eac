"""Tests of `comfy_assets.domain.workflows.analysis.analyzing`, and any JSON at all."""

from __future__ import annotations

import contextlib
import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.domain.workflows.addresses import resolve
from comfy_assets.domain.workflows.analysis import (
    WorkflowAnalysis,
    analyze,
    suggest_mappings,
)
from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.domain.workflows.graph import MAX_NODES, Workflow
from comfy_assets.domain.workflows.roles import Role
from comfy_assets.errors import PayloadError, WorkflowFormatError
from tests.unit.domain.workflows.graphs import (
    JSON,
    node,
    text_to_image,
    with_ip_adapter,
)

_CLASSES = (
    "KSampler",
    "KSamplerAdvanced",
    "SamplerCustomAdvanced",
    "CFGGuider",
    "DualCFGGuider",
    "CLIPTextEncode",
    "ConditioningCombine",
    "ConditioningZeroOut",
    "ControlNetApplyAdvanced",
    "ComfySwitchNode",
    "EmptyLatentImage",
    "LoadImage",
    "PrimitiveBoolean",
    "PrimitiveInt",
    "PrimitiveString",
    "StringConcatenate",
    "IPAdapterAdvanced",
    "SaveImage",
    "Strange",
)
_NAMES = (
    *("positive", "negative", "conditioning", "cond1", "guider", "noise", "sigmas"),
    *("sampler", "model", "latent_image", "samples", "image", "images", "text"),
    *("text_g", "prompt", "negative_prompt", "seed", "noise_seed", "steps", "cfg"),
    *("width", "batch_size", "switch", "on_true", "on_false", "value", "values.a"),
    *("string_a", "string_b", "model.seed", "ckpt_name", "a.b", "add_noise"),
)
_IDS = ("1", "2", "3", "4.5", "@6", "57:3")
_LINKS = st.tuples(st.sampled_from(_IDS), st.integers(0, 2)).map(list)
_INPUTS = st.dictionaries(st.sampled_from(_NAMES), _LINKS | JSON, max_size=6)
_NODES = st.builds(
    lambda class_type, title, inputs: node(class_type, title, **inputs),
    st.sampled_from(_CLASSES),
    st.none() | st.sampled_from(["Positive", "System prompt", "."]),
    _INPUTS,
)
#: Graphs of classes that matter, wired at random: circles and all.
GRAPHS = st.fixed_dictionaries(dict.fromkeys(_IDS, _NODES))

_SPECS = st.tuples(
    st.sampled_from(
        [
            *("INT", "STRING", "CONDITIONING", "LATENT", "MODEL", "*", "INT,FLOAT"),
            *("COMBO", "COMFY_DYNAMICCOMBO_V3", "COMFY_AUTOGROW_V3", ""),
        ]
    ),
    JSON,
).map(list)
_DESCRIPTIONS = st.fixed_dictionaries(
    {
        "input": st.fixed_dictionaries(
            {"required": st.dictionaries(st.sampled_from(_NAMES), _SPECS, max_size=4)}
        ),
        "output": st.lists(st.sampled_from(["CONDITIONING", "IMAGE", "*"]), max_size=2),
        "output_name": st.lists(st.sampled_from(["positive", "negative"]), max_size=2),
        "output_node": st.booleans(),
        "api_node": st.booleans(),
    }
)
#: Catalogues of those classes that tell all sorts of things about them.
CATALOGUES = st.dictionaries(st.sampled_from(_CLASSES), _DESCRIPTIONS | JSON)


def check(workflow: Workflow, analysis: WorkflowAnalysis) -> None:
    """Assert what holds of every analysis."""
    listed = analysis.inputs
    for entry in listed:
        assert resolve(workflow, entry.address) == entry.ref
    for role, entries in analysis.roles.items():
        assert entries
        for entry in entries:
            assert entry in listed
            assert entry.role is role
    assert all(entry in listed for entry in (*analysis.seeds, *analysis.image_inputs))
    assert analysis.output is None or analysis.output in analysis.outputs
    targets = [m.target for m in analysis.suggested_mappings]
    refs = [resolve(workflow, target) for target in targets]
    assert len(set(refs)) == len(refs)


@given(graph=GRAPHS, kinds=CATALOGUES)
def test_any_graph_is_analyzed(graph: dict[str, Any], kinds: dict[str, Any]) -> None:
    """Nothing is raised, and every address that is told names the very input."""
    with contextlib.suppress(WorkflowFormatError):
        workflow = Workflow.from_api(graph)
        check(workflow, analyze(workflow))
        check(workflow, analyze(workflow, Catalogue.from_object_info(kinds)))


@given(data=JSON, kinds=JSON)
def test_any_json_is_analyzed(data: object, kinds: object) -> None:
    """What is no workflow, or no catalogue, is refused before analysis."""
    with contextlib.suppress(WorkflowFormatError, PayloadError):
        catalogue = Catalogue.from_object_info(kinds)
        workflow = Workflow.from_api(data)
        check(workflow, analyze(workflow, catalogue))


def test_text_to_image_is_analyzed() -> None:
    """Inputs by node, roles, the output, seeds and mappings stand in one value."""
    analysis = analyze(Workflow.from_api(text_to_image()))
    assert [n.node_id for n in analysis.nodes] == ["3", "4", "5", "6", "7", "8", "9"]
    assert [e.address for e in analysis.nodes[0].inputs] == [
        "3.seed",
        "3.steps",
        "3.cfg",
    ]
    assert [e.address for e in analysis.roles[Role.POSITIVE]] == ["6.text"]
    assert [e.value for e in analysis.roles[Role.WIDTH]] == [512]
    assert (analysis.outputs, analysis.output) == (("9",), "9")
    assert [e.address for e in analysis.seeds] == ["3.seed"]
    assert [m.target for m in analysis.suggested_mappings] == ["6.text", "7.text"]
    assert not analysis.image_inputs
    assert not analysis.style_nodes
    assert not analysis.notes


def test_pictures_and_style_nodes_are_told() -> None:
    """A LoadImage takes a picture, and an IPAdapter a style reference."""
    analysis = analyze(Workflow.from_api(with_ip_adapter()))
    assert [e.address for e in analysis.image_inputs] == ["22.image"]
    assert [str(target) for target in analysis.style_nodes] == [
        "IPAdapterAdvanced (20)"
    ]


def test_what_is_open_is_noted() -> None:
    """Texts come first, then the output."""
    graph = text_to_image()
    graph["10"] = node("SaveImage", images=["8", 0], filename_prefix="b")
    graph["6"]["inputs"]["text"] = ["11", 0]
    graph["11"] = node("StringConcatenate", string_a="a", string_b="b")
    texts, output = analyze(Workflow.from_api(graph)).notes
    assert "6.text" in texts
    assert "SaveImage (10)" in output


def test_suggestions_are_those_of_the_analysis() -> None:
    """One function for those who want no more."""
    workflow = Workflow.from_api(text_to_image())
    assert suggest_mappings(workflow) == list(analyze(workflow).suggested_mappings)


def test_a_large_graph_of_long_ways_is_analyzed_in_time() -> None:
    """The time is bounded also for a graph that was made to take long."""
    half = MAX_NODES // 4
    chain = {
        str(i): node("StringConcatenate", string_a=[str(i + 1), 0], string_b=["0", 0])
        for i in range(half)
    } | {str(half): node("Strange")}
    samplers = {
        f"s{i}": node("KSampler", positive=[f"e{i}", 0], seed=[str(i), 0])
        for i in range(half // 2)
    } | {f"e{i}": node("CLIPTextEncode", text=[str(i), 0]) for i in range(half // 2)}
    workflow = Workflow.from_api(chain | samplers)
    start = time.process_time()
    analyze(workflow)
    # A second or so of work, whatever else the machine does.
    assert time.process_time() - start < 10
