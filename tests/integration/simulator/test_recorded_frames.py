"""The simulator's frames come in the recorded order, and look as recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from comfy_assets.simulator import ComfyUISimulator
from tests.integration.simulator import recordings
from tests.integration.simulator.conversation import (
    is_last,
    kinds,
    open_socket,
    post,
    read_run,
    wait_until_idle,
)

#: Recordings of a server that remembered what it had made in the one before.
_FOLLOWS = {"03": "02", "06": "05"}


def _recorded_runs(number: str) -> list[tuple[dict[str, Any], list[Any]]]:
    """Return each recorded run that uses no private nodes: request and frames."""
    runs = []
    frames: list[Any] = []
    request: dict[str, Any] = {}
    for event in recordings.load(number):
        if event["kind"] == "http" and event["request"]["path"] == "/prompt":
            request = event["request"]["json"]
        elif event["kind"] == "ws-in":
            frames.append(event.get("json") or event["binary"])
            if is_last(frames[-1]):
                if "Probe" not in str(request):
                    runs.append((request, frames))
                frames = []
    return runs


def _without_skipped_steps(frames: Iterable[Any]) -> list[str]:
    """Return the types of frames; steps between first and last may be skipped."""
    types: list[str] = []
    for kind in kinds(list(frames)):
        types.append(kind)
        # One step is like the next: progress_state, progress, perhaps a preview.
        for length in (2, 3):
            if types[-length:] == types[-2 * length : -length] and (
                "progress" in types[-length:]
            ):
                del types[-length:]
    return types


@pytest.mark.parametrize("number", ["02", "03", "04", "05", "06"])
def test_runs_send_the_recorded_frames_in_order(
    server: ComfyUISimulator, http: httpx.Client, number: str
) -> None:
    """Each recorded run, cached or not, sends the same kinds of frames in order."""
    if number in _FOLLOWS:
        request, _ = _recorded_runs(_FOLLOWS[number])[0]
        post(http, request["prompt"])
        wait_until_idle(http)
    for request, recorded in _recorded_runs(number):
        # Some recorded clients took metadata with their previews, some did not.
        previews = "binary-1" not in kinds(recorded)
        with open_socket(server, "me", previews=previews) as socket:
            http.post("/prompt", json={**request, "client_id": "me"})
            frames = read_run(socket)
        wanted = [
            frame
            for frame in recorded
            if frame.get("type") != "feature_flags"
            and "sid" not in frame.get("data", {})
        ]
        assert _without_skipped_steps(frames) == _without_skipped_steps(wanted)


@pytest.mark.parametrize("number", ["02", "03", "05", "06"])
def test_frames_have_the_recorded_form(
    server: ComfyUISimulator, http: httpx.Client, number: str
) -> None:
    """A text frame has the keys and types that the recorded frame of its kind has."""
    samples: dict[str, Any] = {}
    for _, recorded in _recorded_runs(number):
        for frame in recorded:
            if "type" in frame and not is_last(frame) and "sid" not in frame["data"]:
                samples.setdefault(frame["type"], frame)
    with open_socket(server, "me") as socket:
        for request, _ in _recorded_runs(number):
            http.post("/prompt", json={**request, "client_id": "me"})
            for frame in read_run(socket):
                if isinstance(frame, dict) and not is_last(frame):
                    if frame["type"] == "progress_state":
                        _check_states(samples["progress_state"], frame)
                        continue
                    sample = samples[frame["type"]]
                    assert list(recordings.differences(sample, frame)) == []


def _check_states(sample: dict[str, Any], frame: dict[str, Any]) -> None:
    (wanted, *_) = sample["data"]["nodes"].values()
    for node_id, state in frame["data"]["nodes"].items():
        assert list(recordings.differences(wanted, state)) == []
        assert state["node_id"] == node_id


def test_an_error_has_the_recorded_form(
    server: ComfyUISimulator, http: httpx.Client
) -> None:
    """A prefix that leads out of the folder fails the run as recorded."""
    (recorded,) = [
        frame
        for frame in recordings.frames("04")
        if frame.get("type") == "execution_error"
    ]
    request = _recorded_runs("04")[-1][0]
    with open_socket(server, "me") as socket:
        http.post("/prompt", json={**request, "client_id": "me"})
        frames = read_run(socket)
    assert kinds(frames)[-3:] == ["execution_error", "status", "executing"]
    error = frames[-3]
    assert list(recordings.differences(recorded, error)) == []
    assert error["data"]["node_id"] == recorded["data"]["node_id"]
    assert error["data"]["executed"] == recorded["data"]["executed"]
