"""A run that is told what servers really sent ends as their history says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfy_assets.adapters.comfyui._endings import (
    EndedBadly,
    EndedInterrupted,
    EndedWell,
    read_history,
)
from comfy_assets.adapters.comfyui._messages import (
    NodeExecuted,
    NodeProgress,
    NodesCached,
    NodesProgressed,
    NodeStarted,
    PictureCame,
    RunInterrupted,
    RunLeft,
    RunStarted,
    RunSucceeded,
    parse_frame,
)
from comfy_assets.adapters.comfyui._run import Run
from comfy_assets.domain.workflows.graph import Workflow
from comfy_assets.ports.comfy import RunPreview
from tests.comfyui_graphs import image_graph, sampler_graph

_FRAMES = Path(__file__).parents[3] / "data" / "frames"
_RUNS = [
    pytest.param(run, id=f"{path.stem}-{number}")
    for path in sorted(_FRAMES.glob("*.json"))
    for number, run in enumerate(json.loads(path.read_text(encoding="utf-8")))
]
_OUTPUT = {"images": [{"filename": "a.png", "subfolder": "", "type": "output"}]}


def _run(**changes: Any) -> Run:
    return Run(Workflow.from_api(image_graph(color=1) | changes))


@pytest.mark.parametrize("recorded", _RUNS)
def test_a_recorded_run_ends_as_its_history_says(recorded: dict[str, Any]) -> None:
    """Frames and history agree on the end; frames that tell too little ask history."""
    run = Run(Workflow.from_api(recorded["graph"]))
    fractions = []
    for frame in recorded["frames"]:
        message = parse_frame(json.dumps(frame))
        if message is not None:
            run.tell(message)
        progress = run.take_progress()
        if progress is not None:
            fractions.append(progress.fraction)
    prompt_id = recorded["prompt_id"]
    said = read_history({prompt_id: recorded["history"]}, prompt_id)
    assert fractions == sorted(fractions)
    assert all(0 <= fraction < 1 for fraction in fractions)
    if recorded["frames"][-1]["type"] != "executing":
        assert run.end is None, "the recording was cut off before the end"
    elif "status" not in recorded["history"] and not isinstance(run.end, EndedWell):
        assert isinstance(run.end, EndedBadly | EndedInterrupted) or run.needs_history
    elif run.end is None:
        assert run.needs_history
        assert isinstance(said, EndedWell)
    elif isinstance(run.end, EndedWell) and isinstance(said, EndedWell):
        assert set(run.end.outputs.images) == set(said.outputs.images)
    else:
        assert type(run.end) is type(said)


def test_progress_counts_a_samplers_steps_like_nodes() -> None:
    """Half of 20 steps and 4 of 6 other nodes are 14 parts of 26."""
    run = Run(Workflow.from_api(sampler_graph(seed=1, steps=20)))
    run.tell(RunStarted(prompt_id="p"))
    run.tell(NodesCached(prompt_id="p", node_ids=("4", "5", "6", "7")))
    step = NodeProgress(node_id="3", value=10, maximum=20)
    run.tell(NodesProgressed(prompt_id="p", nodes=(step,)))
    progress = run.take_progress()
    assert progress is not None
    assert progress.fraction == pytest.approx(0.99 * 14 / 26)
    assert (progress.step, progress.steps) == (10, 20)
    assert run.take_progress() is None


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("1", "2", "3", "9")),
            st.floats(0, 50),
            st.floats(1, 50),
            st.booleans(),
        )
    )
)
def test_progress_never_falls(steps: list[tuple[str, float, float, bool]]) -> None:
    """Whatever nodes tell, in any order, the fraction never falls nor reaches 1."""
    run, last = _run(), 0.0
    for node_id, value, maximum, is_finished in steps:
        node = NodeProgress(
            node_id=node_id, value=value, maximum=maximum, is_finished=is_finished
        )
        run.tell(NodesProgressed(prompt_id="p", nodes=(node,)))
        progress = run.take_progress()
        if progress is not None:
            assert last <= progress.fraction < 1
            last = progress.fraction


def test_a_waiting_run_tells_no_progress() -> None:
    """Before it is at work a run has no progress to tell."""
    assert _run().take_progress() is None


def test_outputs_come_from_frames_where_they_are_complete() -> None:
    """A run heard from start to end needs no history."""
    run = _run()
    run.tell(RunStarted(prompt_id="p"))
    run.tell(NodeExecuted(prompt_id="p", node_id="3", output=_OUTPUT))
    run.tell(RunSucceeded(prompt_id="p"))
    assert isinstance(run.end, EndedWell)
    assert [file.filename for file in run.end.outputs.images] == ["a.png"]


def test_a_cached_output_that_was_not_told_is_asked_for() -> None:
    """On servers before August 2024 a cached run tells no outputs: history does."""
    run = _run()
    run.tell(RunStarted(prompt_id="p"))
    run.tell(NodesCached(prompt_id="p", node_ids=("1", "2", "3")))
    run.tell(RunLeft(prompt_id="p"))
    assert run.end is None
    assert run.needs_history


def test_a_run_heard_only_at_its_end_is_asked_for() -> None:
    """Of a run that was attached to late, the frames may not be all."""
    run = _run()
    run.tell(NodeExecuted(prompt_id="p", node_id="3", output=_OUTPUT))
    run.tell(RunSucceeded(prompt_id="p"))
    assert run.end is None
    assert run.needs_history


def test_an_end_is_final() -> None:
    """What comes after the end changes nothing."""
    run = _run()
    run.tell(RunInterrupted(prompt_id="p"))
    run.tell(RunSucceeded(prompt_id="p"))
    assert run.end == EndedInterrupted()


def test_late_word_of_an_earlier_run_tells_nothing_of_the_one_that_is_posted() -> None:
    """Under the same id the old run's interruption may come after the new POST."""
    run = Run(Workflow.from_api(image_graph(color=1)), awaits_start=True)
    run.tell(RunInterrupted(prompt_id="p"))
    run.tell(RunLeft(prompt_id="p"))
    assert run.end is None
    assert not run.needs_history
    run.tell(RunStarted(prompt_id="p"))
    run.tell(RunInterrupted(prompt_id="p"))
    assert isinstance(run.end, EndedInterrupted)


def test_a_picture_of_an_ordinary_node_is_a_preview() -> None:
    """Pictures without ids belong to the node that works; the newest one is kept."""
    run = _run()
    run.tell(NodeStarted(prompt_id="p", node_id="2"))
    for data in (b"old", b"new"):
        run.tell(
            PictureCame(prompt_id="p", node_id=None, media_type="image/jpeg", data=data)
        )
    assert run.take_preview() == RunPreview(data=b"new", media_type="image/jpeg")
    assert run.take_preview() is None


def test_a_picture_of_a_sending_node_is_an_image() -> None:
    """`SaveImageWebsocket` sends its final images instead of saving them."""
    node = {"class_type": "SaveImageWebsocket", "inputs": {"images": ["2", 0]}}
    run = _run(**{"3": node})
    assert run.sends_pictures
    run.tell(RunStarted(prompt_id="p"))
    run.tell(
        PictureCame(prompt_id="p", node_id="3", media_type="image/png", data=b"png")
    )
    run.tell(RunSucceeded(prompt_id="p"))
    assert isinstance(run.end, EndedWell)
    assert [(image.data, image.node_id) for image in run.pictures] == [(b"png", "3")]
