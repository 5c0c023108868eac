"""The console script: without its extra, and how endings become exit codes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from comfy_assets.cli import _app, main
from comfy_assets.errors import ComfyUITimeoutError, RepositoryError

Cli = Any

_WITHOUT = (
    "import sys\n"
    "for name in {names!r}: sys.modules[name] = None\n"
    "from comfy_assets.cli import main\n"
    "sys.exit(main({words!r}))"
)


def _run_without(
    names: list[str], words: list[str]
) -> subprocess.CompletedProcess[str]:
    script = _WITHOUT.format(names=names, words=words)
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["rich", "cyclopts"])
def test_without_the_extra_one_line_says_what_to_install(name: str) -> None:
    """The script is on the path whether or not the extra is installed."""
    ended = _run_without([name], ["--help"])
    assert ended.returncode == 2
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert 'pip install "comfy-assets[cli,simulator]"' in line


@pytest.mark.timeout(60)
@pytest.mark.parametrize("command", ["demo", "simulate"])
def test_without_the_simulator_one_line_says_what_to_install(command: str) -> None:
    """The other commands work without it."""
    ended = _run_without(["uvicorn", "starlette"], [command])
    assert ended.returncode == 2
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert 'pip install "comfy-assets[cli,simulator]"' in line


def test_another_missing_module_is_a_bug_that_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only what the extras bring is explained by a missing extra."""
    monkeypatch.setitem(sys.modules, "comfy_assets.cli._app", None)
    with pytest.raises(ModuleNotFoundError):
        main(["--help"])


def test_help_lists_the_commands_and_the_exit_codes(comfy_assets: Cli) -> None:
    """All that the documentation promises."""
    printed = comfy_assets("--help")
    assert printed.code == 0
    for word in (
        *("assets", "batches", "demo", "generate", "simulate", "status", "workflow"),
        *("0    done", "3    ComfyUI cannot be reached", "130  stopped by Ctrl-C"),
    ):
        assert word in printed.out
    assert printed.out.isascii()


def test_the_version_is_the_package_s(comfy_assets: Cli) -> None:
    """As its metadata have it."""
    assert comfy_assets("--version").out.strip()[0].isdigit()


@pytest.mark.parametrize(
    "words",
    [
        ("paint",),
        ("batches", "lits"),
        ("assets", "list", "--nope"),
        ("batches", "show"),
        ("assets", "list", "--limit", "many"),
        ("demo", "--run-seconds", "-1"),
        ("simulate", "--port", "70000"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(
    comfy_assets: Cli, words: tuple[str, ...]
) -> None:
    """Nothing on standard output, no frame of letters."""
    printed = comfy_assets(*words)
    assert printed.code == 2
    assert printed.out == ""
    [line] = printed.err.splitlines()
    assert line.startswith("comfy-assets: ")


@pytest.mark.parametrize(
    "error, code, sentence",
    [
        (RepositoryError("open x.db", "it is locked"), 1, "it is locked"),
        (ComfyUITimeoutError("http://x", "GET /queue", 5), 3, "longer than 5 s"),
        (KeyboardInterrupt(), 130, "stopped"),
    ],
)
def test_each_ending_has_its_code(
    comfy_assets: Cli,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    sentence: str,
) -> None:
    """And one line on standard error, never a traceback."""

    def fail(_words: object) -> int:
        raise error

    monkeypatch.setattr(_app, "_command", fail)
    printed = comfy_assets("status")
    assert printed.code == code
    [line] = printed.err.splitlines()
    assert sentence in line


def test_a_bug_is_not_dressed_up(
    comfy_assets: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its traceback is what its report needs."""

    def fail(_words: object) -> int:
        return 1 // 0

    monkeypatch.setattr(_app, "_command", fail)
    with pytest.raises(ZeroDivisionError):
        comfy_assets("status")


@pytest.mark.timeout(60)
@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_a_reader_that_leaves_early_is_no_error() -> None:
    """As in ``comfy-assets --help | head -1``."""
    with subprocess.Popen(
        [sys.executable, "-m", "comfy_assets.cli", "--help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 1
