"""Frames become message values, and nothing a server sends makes the parser raise."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.comfyui._messages import (
    NodeExecuted,
    NodeProgress,
    NodesCached,
    NodesProgressed,
    NodeStarted,
    PictureCame,
    RunFailed,
    RunInterrupted,
    RunLeft,
    RunStarted,
    RunSucceeded,
    parse_frame,
    parse_json,
)

_KINDS = (
    "executing",
    "execution_start",
    "execution_cached",
    "progress",
    "progress_state",
    "executed",
    "execution_success",
    "execution_error",
    "execution_interrupted",
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)
_KEYS = (
    "prompt_id",
    "node",
    "display_node",
    "nodes",
    "value",
    "max",
    "output",
    "exception_type",
)
_DATA = st.fixed_dictionaries({}, optional=dict.fromkeys(_KEYS, _JSON))


def _frame(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})


@given(st.text() | st.binary())
def test_no_frame_makes_the_parser_raise(frame: str | bytes) -> None:
    """Any text and any bytes give a message or `None`."""
    parse_frame(frame)


@given(st.sampled_from(_KINDS), _DATA)
def test_no_content_makes_the_parser_raise(kind: str, data: dict[str, Any]) -> None:
    """Known types with any content give a message or `None`."""
    parse_frame(json.dumps({"type": kind, "data": data}))


@given(st.integers(0, 9), st.binary(max_size=200))
def test_no_binary_frame_makes_the_parser_raise(kind: int, rest: bytes) -> None:
    """Known and unknown binary types with any content give a message or `None`."""
    parse_frame(kind.to_bytes(4, "big") + rest)


@pytest.mark.parametrize(
    "frame,message",
    [
        (_frame("execution_start", prompt_id="p"), RunStarted(prompt_id="p")),
        (
            _frame("execution_cached", prompt_id="p", nodes=["1", 2, "3"]),
            NodesCached(prompt_id="p", node_ids=("1", "3")),
        ),
        (
            _frame("executing", prompt_id="p", node="1"),
            NodeStarted(prompt_id="p", node_id="1"),
        ),
        (
            _frame("executing", prompt_id="p", node="2.0.0.1", display_node="2"),
            NodeStarted(prompt_id="p", node_id="2"),
        ),
        (_frame("executing", node="1"), NodeStarted(prompt_id=None, node_id="1")),
        (_frame("executing", prompt_id="p", node=None), RunLeft(prompt_id="p")),
        (
            _frame("progress", prompt_id="p", node="3", value=1, max=4),
            NodesProgressed(
                prompt_id="p",
                nodes=(NodeProgress(node_id="3", value=1, maximum=4),),
            ),
        ),
        (
            _frame("executed", prompt_id="p", node="9", output=None),
            NodeExecuted(prompt_id="p", node_id="9"),
        ),
        (_frame("execution_success", prompt_id="p"), RunSucceeded(prompt_id="p")),
        (_frame("execution_interrupted", prompt_id="p"), RunInterrupted(prompt_id="p")),
    ],
)
def test_every_type_is_read(frame: str, message: object) -> None:
    """Each type about a run gives its value."""
    assert parse_frame(frame) == message


def test_progress_state_tells_of_every_node() -> None:
    """`progress_state` tells of each node; an expanded one counts for its parent."""
    nodes = {
        "1": {"value": 1, "max": 1, "state": "finished"},
        "2.0": {"value": 1, "max": 4, "state": "running", "real_node_id": "2"},
        "3": {"value": 1, "max": 0, "state": "running"},
    }
    message = parse_frame(_frame("progress_state", prompt_id="p", nodes=nodes))
    assert message == NodesProgressed(
        prompt_id="p",
        nodes=(
            NodeProgress(node_id="1", value=1, maximum=1, is_finished=True),
            NodeProgress(node_id="2", value=1, maximum=4),
        ),
    )


def test_an_error_names_node_and_exception() -> None:
    """`execution_error` gives the node, its class and what it raised."""
    frame = _frame(
        "execution_error",
        prompt_id="p",
        node_id="2",
        node_type="KSampler",
        exception_message="boom",
        exception_type="ValueError",
    )
    assert parse_frame(frame) == RunFailed(
        prompt_id="p",
        node_id="2",
        class_type="KSampler",
        message="boom",
        exception_type="ValueError",
    )


@pytest.mark.parametrize(
    "frame",
    [
        _frame("status", status={}),
        _frame("execution_start"),
        _frame("execution_error", prompt_id="p", exception_type="ExecutionBlocked"),
        _frame("progress", prompt_id="p", node="1", value="1", max=4),
        _frame("progress", prompt_id="p", node="1", value=float("nan"), max=4),
        _frame("custom", prompt_id="p"),
        "[]",
        "no JSON",
        b"",
        b"\x00\x00\x00\x01\x00\x00\x00\x09picture",
        b"\x00\x00\x00\x03\x00\x00\x00\x01ntext",
        b"\x00\x00\x00\x04\x7f\xff\xff\xff{}",
    ],
)
def test_what_says_nothing_about_a_run_is_dropped(frame: str | bytes) -> None:
    """Unknown types, malformed content and blocked nodes give `None`."""
    assert parse_frame(frame) is None


def test_pictures_without_ids_are_read() -> None:
    """Binary type 1 gives the picture and no ids."""
    assert parse_frame(b"\x00\x00\x00\x01\x00\x00\x00\x02data") == PictureCame(
        prompt_id=None, node_id=None, media_type="image/png", data=b"data"
    )


def test_pictures_with_metadata_are_read() -> None:
    """Binary type 4 gives the picture with run and node."""
    metadata = json.dumps(
        {"prompt_id": "p", "node_id": "3", "image_type": "image/jpeg"}
    ).encode()
    frame = b"\x00\x00\x00\x04" + len(metadata).to_bytes(4, "big") + metadata + b"data"
    assert parse_frame(frame) == PictureCame(
        prompt_id="p", node_id="3", media_type="image/jpeg", data=b"data"
    )


def test_bare_nan_is_read() -> None:
    """JSON with a bare NaN, as ComfyUI repeats it, is read."""
    assert parse_json('{"a": NaN, "b": 1}')["b"] == 1
