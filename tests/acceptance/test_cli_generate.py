"""Painting and watching a server from the command line."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from comfy_assets.cli import main
from comfy_assets.cli._demo_set import workflow_of
from comfy_assets.domain.requests import AssetType
from comfy_assets.simulator import ComfyUISimulator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder that holds one workflow file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMFY_ASSETS_REPOSITORY", raising=False)
    monkeypatch.delenv("COMFY_ASSETS_IMAGES", raising=False)
    Path("tavern.json").write_bytes(workflow_of(AssetType.PORTRAIT, reads=True))
    return tmp_path


@pytest.fixture
def server() -> Iterator[ComfyUISimulator]:
    """Run a server that draws at once."""
    with ComfyUISimulator(run_seconds=0) as simulator:
        yield simulator


def _generate(server: ComfyUISimulator, *words: str) -> int:
    return main(["generate", "a bartender", "--comfyui", server.url, *words])


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # another process works: there is nothing to wait on


def test_generating_prints_the_files(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only them, on standard output; the progress goes to standard error."""
    code = _generate(server, "--workflow", "tavern.json", "--count", "2")
    out, err = capsys.readouterr()
    assert code == 0
    files = [Path(line) for line in out.splitlines()]
    assert len(files) == 2
    for file in files:
        assert file.is_absolute()
        assert file.read_bytes().startswith(b"\x89PNG")
    assert "unnamed (portrait): complete" in err


def test_every_option_reaches_the_run(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the whole story is one JSON document."""
    code = _generate(
        server,
        *("--workflow", "tavern.json", "--slot", "custom:tavern", "--world", "vale"),
        *("--entity", "Character:marcus", "--seed", "7", "--negative", "a hat"),
        *("--set", "KSampler.steps=3", "--set", "KSampler.sampler_name=heun"),
        *("--repository", "sqlite:///a.db", "--images", "b", "--json"),
    )
    document: Any = json.loads(capsys.readouterr().out)
    assert code == 0
    assert document["batch"]["status"] == "complete"
    [asset] = document["assets"]
    assert asset["world_id"] == "vale"
    assert asset["entity"] == {"entity_type": "Character", "entity_id": "marcus"}
    assert asset["asset_type"] == "custom"
    assert asset["workflow_slot"] == "custom:tavern"
    assert asset["seed"] == 7
    [file] = document["files"]
    assert Path(file).is_relative_to(Path("b").absolute())
    # ComfyUI writes the graph that it ran into the file.
    data = Path(file).read_bytes()
    for word in (b'"a bartender"', b'"a hat"', b'"heun"', b'"steps": 3'):
        assert word in data


def test_the_slot_keeps_its_workflow(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second call needs no file."""
    assert _generate(server, "--workflow", "tavern.json") == 0
    assert _generate(server) == 0
    capsys.readouterr()


@pytest.mark.parametrize(
    "words, code, sentence",
    [
        ((), 1, "comfy-assets workflow put portrait FILE"),
        (("--workflow", "missing.json"), 1, "'missing.json' cannot be read"),
        (("--slot", "hat"), 2, "'hat' is no slot"),
        (("--count", "0"), 2, "from 1 to 64"),
        (("--entity", "marcus"), 2, "write TYPE:ID"),
        (("--set", "steps"), 2, "write ADDRESS=VALUE"),
        (
            ("--workflow", "tavern.json", "--set", "KSampler.stps=3"),
            1,
            "no input 'stps'",
        ),
    ],
)
def test_what_cannot_be_painted_says_why(
    server: ComfyUISimulator,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    """In one line, before anything is lined up."""
    assert _generate(server, *words) == code
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.splitlines()
    assert sentence in line
    assert not server.executed


def test_a_batch_that_fails_says_why(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, with the server's own words."""
    words = ("--workflow", "tavern.json", "--set", "4.ckpt_name=no-such.safetensors")
    assert _generate(server, *words) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "no-such.safetensors" in err.splitlines()[-1]


def test_without_a_server_the_code_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    """At once, and nothing is lined up."""
    assert main(["generate", "x", "--comfyui", "http://127.0.0.1:9"]) == 3
    capsys.readouterr()
    assert main(["batches", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C for one process there")
def test_ctrl_c_calls_the_batch_off(capsys: pytest.CaptureFixture[str]) -> None:
    """It does not wait for the next command to go on."""
    with ComfyUISimulator(run_seconds=30) as server:
        command = [sys.executable, "-m", "comfy_assets.cli", "generate", "x"]
        command += ["--comfyui", server.url, "--workflow", "tavern.json"]
        with subprocess.Popen(  # noqa: S603 - our own words
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            assert process.stderr.readline() == "unnamed (portrait): 0 of 1\n"
            _wait_until(lambda: len(server.executed) == 1)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert err == "comfy-assets: stopped\n"
    assert main(["batches", "list", "--json"]) == 0
    [batch] = json.loads(capsys.readouterr().out)
    assert batch["status"] == "cancelled"


def test_status_tells_of_server_and_stores(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """As words and as one JSON document."""
    assert _generate(server, "--workflow", "tavern.json") == 0
    capsys.readouterr()
    assert main(["status", "--comfyui", server.url]) == 0
    lines = dict(
        line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()
    )
    assert lines["server"] == server.url
    assert lines["state"] == "connected"
    assert lines["queue"] == "0"
    assert "1 complete" in lines["batches"]
    assert lines["assets"] == "1"

    assert main(["status", "--comfyui", server.url, "--json"]) == 0
    document: Any = json.loads(capsys.readouterr().out)
    assert document["comfyui"]["state"] == "connected"
    assert document["problem"] is None
    assert document["batches"]["complete"] == 1
    assert document["assets"] == 1


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_status_counts_also_without_a_server(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """Exit code 3, and why on standard error."""
    assert main(["status", "--comfyui", "http://127.0.0.1:9", *words]) == 3
    out, err = capsys.readouterr()
    assert "queued" in out
    [line] = err.splitlines()
    assert line.startswith("comfy-assets: ComfyUI at http://127.0.0.1:9")


@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C for one process there")
def test_the_simulator_serves_until_ctrl_c(capsys: pytest.CaptureFixture[str]) -> None:
    """Its first line tells where it listens; other commands work with it."""
    command = [sys.executable, "-m", "comfy_assets.cli", "simulate"]
    with subprocess.Popen(  # noqa: S603 - our own words
        [*command, "--port", "0", "--run-seconds", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split("at ")[1].split(";")[0]
        try:
            assert main(["status", "--comfyui", url]) == 0
            port = url.rpartition(":")[2]
            assert main(["simulate", "--port", port]) == 1
            assert f"port {port} cannot be used" in capsys.readouterr().err
        finally:
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == ""
