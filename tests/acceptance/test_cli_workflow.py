"""Trying a slot's workflow from the command line."""

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
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(autouse=True)
def folder(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Path:
    """Work in an empty folder whose database has a workflow for portraits."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMFY_ASSETS_REPOSITORY", raising=False)
    monkeypatch.delenv("COMFY_ASSETS_IMAGES", raising=False)
    Path("tavern.json").write_bytes(workflow_of(AssetType.PORTRAIT, reads=True))
    assert main(["workflow", "put", "portrait", "tavern.json"]) == 0
    capsys.readouterr()
    return tmp_path


@pytest.fixture
def server() -> Iterator[ComfyUISimulator]:
    """Run a server that draws at once."""
    with ComfyUISimulator(run_seconds=0) as simulator:
        yield simulator


def _test(server: ComfyUISimulator, *words: str) -> int:
    return main(
        ["workflow", "test", "portrait", "a bartender", "--comfyui", server.url, *words]
    )


def _files() -> list[Path]:
    return [file for file in Path("comfy-assets-images").rglob("*") if file.is_file()]


def _listed(what: str, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert main([what, "list", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_test_run_tells_what_it_took_and_keeps_nothing(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """The image is in the named file, and nowhere else."""
    code = _test(server, "--seed", "7", "--output", "bust.png", "--negative", "a hat")
    shown = dict(
        line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()
    )
    assert code == 0
    data = Path("bust.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert b'"a bartender"' in data
    assert b'"a hat"' in data
    assert shown["image"].endswith(", image/png")
    assert shown["size"] == f"{len(data):,} bytes"
    assert shown["time"].endswith(" s")
    assert (shown["seed"], shown["file"]) == ("7", "bust.png")
    assert _listed("batches", capsys) == []
    assert _listed("assets", capsys) == []
    assert _files() == []


def test_what_shall_be_kept_is_in_the_gallery(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told as JSON, with its file."""
    words = (
        "--keep",
        "--json",
        "--set",
        "KSampler.steps=3",
        "--context",
        "name=Marcus",
    )
    assert _test(server, *words) == 0
    document: Any = json.loads(capsys.readouterr().out)
    [asset] = _listed("assets", capsys)
    assert asset["id"] == document["asset_id"]
    assert asset["overrides"] == {"KSampler.steps": 3}
    [file] = document["files"]
    assert Path(file) in [found.absolute() for found in _files()]
    assert Path(file).stat().st_size == document["size_bytes"]


@pytest.mark.parametrize(
    "words, code, sentence",
    [
        (("--set", "KSampler.stps=3"), 1, "no input 'stps'"),
        (("--set", "4.ckpt_name=no-such.safetensors"), 1, "no-such.safetensors"),
        (("--set", "steps"), 2, "write ADDRESS=VALUE"),
        (("--context", "name"), 2, "write KEY=TEXT"),
        (("--seed", "-1"), 1, "seed: must be a whole number"),
        (("--output", "tavern.json"), 1, "is there already"),
    ],
)
def test_what_goes_wrong_is_told_and_leaves_nothing(
    server: ComfyUISimulator,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    code: int,
    sentence: str,
) -> None:
    """In one line; no batch stays."""
    assert _test(server, *words) == code
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.splitlines()
    assert sentence in line
    assert _listed("batches", capsys) == []


def test_without_a_server_the_code_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    """At once, and nothing is lined up."""
    words = ["workflow", "test", "portrait", "x", "--comfyui", "http://127.0.0.1:9"]
    assert main(words) == 3
    assert _listed("batches", capsys) == []


def test_a_slot_is_validated_by_the_server(
    server: ComfyUISimulator, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the same server would judge it when it is run."""
    words = ["workflow", "validate", "portrait", "--comfyui", server.url]
    assert main(words) == 0
    assert capsys.readouterr().out == "portrait: 0 errors, 0 warnings.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C for one process there")
def test_ctrl_c_ends_the_run_and_removes_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The server is free again, and no batch waits for the next host."""
    with ComfyUISimulator(run_seconds=30) as server:
        command = [sys.executable, "-m", "comfy_assets.cli", "workflow", "test"]
        command += ["portrait", "x", "--comfyui", server.url]
        with subprocess.Popen(  # noqa: S603 - our own words
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            deadline = time.monotonic() + 30
            while len(server.executed) < 1:
                assert time.monotonic() < deadline
                time.sleep(0.01)  # another process works: there is nothing to wait on
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert err == "comfy-assets: stopped\n"
    assert _listed("batches", capsys) == []
