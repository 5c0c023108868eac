"""Messages reach the runs that they are about, and nobody else's."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pytest
from anyio.lowlevel import checkpoint

from comfy_assets.adapters.comfyui._endings import EndedInterrupted
from comfy_assets.adapters.comfyui._followers import Follower, Followers
from comfy_assets.adapters.comfyui._run import Run
from comfy_assets.domain.workflows.graph import Workflow
from tests.comfyui_graphs import image_graph

pytestmark = pytest.mark.anyio

_PICTURE = b"\x00\x00\x00\x01\x00\x00\x00\x01jpeg"


def _frame(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})


async def _follower() -> Follower:
    await checkpoint()
    run = Run(Workflow.from_api(image_graph(color=1)))
    return Follower(run, wants_previews=True)


async def test_a_message_reaches_its_run_only() -> None:
    """A run hears of itself, and wakes the call that waits for it."""
    followers, ours, other = Followers(), await _follower(), await _follower()
    with followers.following("ours", ours), followers.following("other", other):
        changed = ours.next_change()
        followers.on_frame(_frame("execution_interrupted", prompt_id="ours"))
        assert changed.is_set()
        assert not ours.next_change().is_set()
    assert ours.run.end == EndedInterrupted()
    assert other.run.end is None


async def test_a_picture_without_ids_goes_to_the_run_at_work() -> None:
    """A preview without ids belongs to the run that was told of last."""
    followers, ours = Followers(), await _follower()
    with followers.following("ours", ours):
        followers.on_frame(_frame("executing", prompt_id="ours", node="1"))
        followers.on_frame(_PICTURE)
        assert ours.run.take_preview() is not None


@pytest.mark.parametrize(
    "frame",
    [
        _frame("progress", prompt_id="foreign", node="1", value=1, max=2),
        _frame("executing", prompt_id="ours", node=None),
    ],
)
async def test_a_foreign_picture_is_dropped(frame: str) -> None:
    """A preview after a foreign run's progress, or after our own end, is not ours."""
    followers, ours = Followers(), await _follower()
    with followers.following("ours", ours):
        followers.on_frame(_frame("executing", prompt_id="ours", node="1"))
        followers.on_frame(frame)
        followers.on_frame(_PICTURE)
        assert ours.run.take_preview() is None


async def test_frames_before_the_answer_are_kept() -> None:
    """What is told of a run whose id comes later is told to it then."""
    followers, ours = Followers(), await _follower()
    with ExitStack() as stack, followers.posting():
        followers.on_frame(_frame("execution_interrupted", prompt_id="chosen"))
        stack.enter_context(followers.following("chosen", ours))
        assert ours.run.end == EndedInterrupted()


async def test_without_a_post_nothing_is_kept() -> None:
    """Foreign frames are not gathered, and those of a finished POST are let go."""
    followers, ours = Followers(), await _follower()
    with followers.posting():
        followers.on_frame(_frame("execution_interrupted", prompt_id="chosen"))
    followers.on_frame(_frame("execution_interrupted", prompt_id="chosen"))
    with followers.following("chosen", ours):
        assert ours.run.end is None
