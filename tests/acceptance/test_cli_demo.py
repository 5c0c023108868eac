"""The demo as a newcomer meets it: run it, stop it, run it again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from comfy_assets.cli import main
from comfy_assets.simulator import ComfyUISimulator

if TYPE_CHECKING:
    from tests.servers.comfyui import RealComfyUI

pytestmark = pytest.mark.timeout(90)


def _gallery(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    database = f"sqlite:///{(folder / 'gallery.db').as_posix()}"
    assert main(["assets", "list", "--json", "--repository", database]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def _types(assets: list[dict[str, Any]]) -> list[str]:
    return sorted(asset["asset_type"] for asset in assets)


_WHOLE_SET = ["backdrop", "item", "portrait", "portrait", "portrait", "portrait"]
_WHOLE_SET.append("sprite")


def test_the_demo_paints_a_tavern(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seven images, one active portrait, a sheet; a second run paints nothing more."""
    folder = tmp_path / "demo"
    words = ["demo", "--folder", str(folder), "--run-seconds", "0"]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    assert printed.out.isascii()
    for line in ("Marcus the Bartender (portrait): complete", "7 images painted in "):
        assert line in printed.out
    assert (folder / "contact-sheet.png").read_bytes().startswith(b"\x89PNG")

    assets = _gallery(folder, capsys)
    assert _types(assets) == _WHOLE_SET
    [active] = [asset for asset in assets if asset["is_active"]]
    assert active["asset_type"] == "portrait"
    assert all((folder / "images" / asset["file_path"]).exists() for asset in assets)
    assert len({asset["sha256"] for asset in assets}) == len(assets)

    assert main(words) == 0
    assert "Everything is painted already; --again" in capsys.readouterr().out
    assert _gallery(folder, capsys) == assets


def test_again_paints_a_new_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside the old one; the new portrait becomes the active one."""
    words = ["demo", "--folder", str(tmp_path), "--run-seconds", "0"]
    assert main(words) == 0
    first = {asset["id"] for asset in _gallery(tmp_path, capsys)}
    assert main([*words, "--again"]) == 0
    both = _gallery(tmp_path, capsys)
    assert len(both) == 2 * len(_WHOLE_SET)
    [active] = [asset["id"] for asset in both if asset["is_active"]]
    assert active not in first


def test_what_was_deleted_is_painted_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run paints what is missing of the set, and only that."""
    words = ["demo", "--folder", str(tmp_path), "--run-seconds", "0"]
    assert main(words) == 0
    [item] = [a for a in _gallery(tmp_path, capsys) if a["asset_type"] == "item"]
    stores = ["--repository", f"sqlite:///{(tmp_path / 'gallery.db').as_posix()}"]
    stores += ["--images", str(tmp_path / "images")]
    assert main(["assets", "delete", item["id"], *stores]) == 0
    assert main(words) == 0
    assert "1 image painted in" in capsys.readouterr().out
    assert _types(_gallery(tmp_path, capsys)) == _WHOLE_SET


@pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C for one process there")
def test_the_next_run_finishes_what_ctrl_c_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is painted twice and nothing is lost."""
    command = [sys.executable, "-u", "-m", "comfy_assets.cli", "demo"]
    command += ["--folder", str(tmp_path), "--run-seconds", "0.5"]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Marcus the Bartender (portrait): 1 of 4"):
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=40)
    assert process.returncode == 130
    assert errors == (
        "comfy-assets: stopped; the next run goes on where this one left off\n"
    )
    before = _gallery(tmp_path, capsys)
    assert 1 <= len(before) < len(_WHOLE_SET)

    assert main(["demo", "--folder", str(tmp_path), "--run-seconds", "0"]) == 0
    assert "Finishing what an earlier run left:" in capsys.readouterr().out
    after = _gallery(tmp_path, capsys)
    assert _types(after) == _WHOLE_SET
    assert {asset["id"] for asset in before} <= {asset["id"] for asset in after}
    portraits = [asset for asset in after if asset["asset_type"] == "portrait"]
    seeds = sorted(asset["seed"] for asset in portraits)
    assert seeds == list(range(seeds[0], seeds[0] + 4))
    assert len({asset["batch_id"] for asset in portraits}) == 1


def test_a_failed_image_is_painted_by_the_next_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first run shows what it has, says why the rest failed, and ends with 1."""
    with ComfyUISimulator(run_seconds=0) as server:
        server.faults.fail_next_run("out of memory")
        words = ["demo", "--folder", str(tmp_path), "--comfyui", server.url]
        assert main(words) == 1
        out, err = capsys.readouterr()
        [line] = err.splitlines()
        assert line.startswith("comfy-assets: Marcus the Bartender (portrait): ")
        assert "out of memory" in line
        assert "The taproom (backdrop): complete" in out
        assert main(words) == 0
    assert _types(_gallery(tmp_path, capsys)) == _WHOLE_SET


def test_a_server_that_is_not_there_is_said_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 3 and one line, without minutes of trying."""
    words = ["demo", "--folder", str(tmp_path), "--comfyui", "http://127.0.0.1:9"]
    assert main(words) == 3
    out, err = capsys.readouterr()
    assert out == ""
    [line] = err.splitlines()
    assert line.startswith("comfy-assets: ComfyUI at http://127.0.0.1:9")


def test_a_folder_that_cannot_be_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line, no traceback."""
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    assert main(["demo", "--folder", str(file)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "cannot be used" in line


def test_a_real_server_without_models_paints_the_tavern(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    real_comfyui: RealComfyUI,
) -> None:
    """In colours: it has nothing that could read words."""
    words = ["demo", "--folder", str(tmp_path), "--comfyui", real_comfyui.url]
    assert main(words) == 0
    assert capsys.readouterr().err == ""
    assets = _gallery(tmp_path, capsys)
    assert _types(assets) == _WHOLE_SET
    assert len({asset["sha256"] for asset in assets}) == len(assets)
