"""The programs of `examples/`, run as a reader runs them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import pytest

EXAMPLES: Final = Path(__file__).parents[2] / "examples"

#: Runs Python in a copy of the examples and returns what it printed.
RunPython: TypeAlias = Callable[..., str]


@pytest.fixture
def run_python(tmp_path: Path) -> RunPython:
    """Copy the examples to where no file of this project is near, and run there."""
    copy = tmp_path / "examples"
    shutil.copytree(EXAMPLES, copy, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*arguments: str) -> str:
        ended = subprocess.run(  # noqa: S603 - our own examples, our own Python
            [sys.executable, "-W", "error", "-X", "utf8", *arguments],
            cwd=copy,
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert ended.stderr == ""
        return ended.stdout

    return run


@pytest.fixture
def _simulator() -> None:
    """Skip where the extra `simulator` is not installed."""
    pytest.importorskip("starlette")
    pytest.importorskip("uvicorn")


@pytest.mark.usefixtures("_simulator")
def test_a_game_draws_frames_while_its_portraits_are_painted(
    run_python: RunPython,
) -> None:
    """`embed_in_asyncio.py` ends with four portraits, and drew frames all along."""
    lines = run_python("embed_in_asyncio.py").splitlines()
    # How ComfyUI is may be told before.
    assert "in line, 0 before it" in lines[:2]
    told = [line for line in lines if line.endswith("stored")]
    assert told[-1] == "100 %, 4 stored"
    assert lines[-4:-1] == [
        "complete: 4 portraits",
        "marcus.portrait_asset is set",
        "marcus shows a 512x640 image/png",
    ]
    frames = int(lines[-1].removesuffix(" frames were drawn meanwhile"))
    # Four runs of 0.3 s: a loop that waited for pictures would draw a handful.
    assert frames > 20


@pytest.mark.usefixtures("_simulator")
def test_the_custom_sink_has_written_every_final_event_when_its_system_is_left(
    run_python: RunPython, tmp_path: Path
) -> None:
    """`custom_event_sink.py` leaves a whole file of JSON lines, in order."""
    file = tmp_path / "events.jsonl"
    printed = run_python("custom_event_sink.py", str(file)).splitlines()
    events = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [event["type"] for event in events] == printed
    of_the_batch = [name for name in printed if name.startswith("Generation")]
    assert of_the_batch[0] == "GenerationQueued"
    assert of_the_batch[-1] == "GenerationComplete"
    complete = next(e for e in events if e["type"] == "GenerationComplete")
    activated = events[-1]
    assert len(complete["assets"]) == 2
    assert activated["type"] == "AssetActivated"
    assert activated["asset_id"] == complete["assets"][0]["id"]


def test_the_tests_of_a_game_pass_without_comfyui(run_python: RunPython) -> None:
    """`test_a_game_without_comfyui.py` needs pytest and this package, no more."""
    printed = run_python(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
        "test_a_game_without_comfyui.py",
    )
    assert "3 passed" in printed


def test_every_example_is_tested() -> None:
    """A file that is added to `examples/` gets a test, here or beside its server's."""
    files = Path(__file__).parents[1].rglob("test_example*.py")
    tests = "".join(file.read_text("utf-8") for file in files)
    programs = [path.name for path in EXAMPLES.glob("*.py")]
    assert len(programs) >= 3
    assert [name for name in programs if f'"{name}"' not in tests] == []
