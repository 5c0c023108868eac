"""Refusals become sentences that name node and input and say what to do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.comfyui._rejections import read_rejection, unknown_classes
from comfy_assets.domain.workflows.graph import Workflow

_WORKFLOW = Workflow.from_api(
    {
        "4": {
            "class_type": "CheckpointLoaderSimple",
            "inputs": {"ckpt_name": "dream.safetensors"},
            "_meta": {"title": "Load Checkpoint"},
        },
        "9": {"class_type": "SaveImage", "inputs": {}},
    }
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["error", "node_errors", "errors", "extra_info", "type"])
            | st.text(),
            inner,
        )
    ),
    max_leaves=20,
)


def _body(node_id: str, kind: str, details: str = "", **extra: Any) -> dict[str, Any]:
    error = {"type": kind, "message": "", "details": details, "extra_info": extra}
    return {
        "error": {"type": "prompt_outputs_failed_validation"},
        "node_errors": {node_id: {"errors": [error]}},
    }


def _only(body: object) -> str:
    problems, _ = read_rejection(body, _WORKFLOW)
    assert len(problems) == 1
    return problems[0]


@given(_JSON)
def test_any_body_gives_a_sentence(body: object) -> None:
    """Whatever a server answers, there is at least one sentence."""
    problems, node_errors = read_rejection(body, _WORKFLOW)
    assert isinstance(node_errors, dict)
    assert problems or node_errors
    assert all(problems)


def test_a_missing_checkpoint_is_named_with_its_folder() -> None:
    """A model that is missing is named, with its folder and what there is instead."""
    body = _body(
        "4",
        "value_not_in_list",
        input_name="ckpt_name",
        received_value="dream.safetensors",
        input_config=[["dreamy.safetensors", "sd15.safetensors"], {}],
    )
    assert _only(body) == (
        "node 4 'Load Checkpoint' (CheckpointLoaderSimple), input 'ckpt_name': the "
        "server has no file 'dream.safetensors'; put it into its folder "
        "models/checkpoints, or name another. It has: dreamy.safetensors, "
        "sd15.safetensors."
    )


def test_a_long_list_of_choices_is_not_told() -> None:
    """Without the choices (there are more than 20) the server's own words are used."""
    body = _body(
        "9",
        "value_not_in_list",
        "sampler_name: 'nope' not in (list of length 44)",
        input_name="sampler_name",
        received_value="nope",
        input_config=None,
    )
    assert "list of length 44" in _only(body)


def test_a_missing_input_image_is_named() -> None:
    """An input image that is missing is named, and that it must be uploaded."""
    body = _body(
        "9",
        "custom_validation_failed",
        "image - Invalid image file: missing.png",
        input_name="image",
    )
    assert "no input image 'missing.png'; upload it" in _only(body)


@pytest.mark.parametrize(
    "error",
    [
        {"type": "missing_node_type", "extra_info": {"node_id": "9"}},
        {
            "type": "invalid_prompt",
            "message": "Cannot execute because node SaveImage does not exist.",
            "details": "Node ID '#9'",
        },
    ],
)
def test_an_unknown_class_asks_for_its_custom_node(error: dict[str, Any]) -> None:
    """An unknown class is named, by new and old servers, and what brings it."""
    sentence = _only({"error": error, "node_errors": []})
    assert sentence.startswith("node 9 (SaveImage): the server has no node class")
    assert "install the custom node" in sentence


@pytest.mark.parametrize(
    "error,words",
    [
        ("no prompt", "no prompt"),
        ({"type": "prompt_no_outputs"}, "SaveImage"),
        ({"type": "other", "message": "Bad.", "details": "very"}, "Bad: very."),
        ({}, "no reason"),
        (None, "no reason"),
    ],
)
def test_a_fault_of_the_whole_is_told(error: object, words: str) -> None:
    """A refusal without node errors is told by its own error."""
    assert words in _only({"error": error})


def test_classes_that_the_catalogue_lacks_are_told() -> None:
    """Each node whose class the catalogue lacks gives a sentence."""
    assert len(unknown_classes(_WORKFLOW, ["SaveImage"])) == 1
