"""Start, kill and restart a real ComfyUI server; its files come by `installation`."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import httpx

from tests.loopback import NO_CERTIFICATES
from tests.servers.installation import RELEASES, python_of_servers, tree_of
from tests.servers.starting import free_port, wait_until_ready

if TYPE_CHECKING:
    from types import TracebackType

#: What a server gets between "please end" and its killing.
STOP_LIMIT_SECONDS: Final = 15.0
_LEASH: Final = Path(__file__).with_name("on_a_leash.py")


class RealComfyUI:
    """A ComfyUI process on the CPU, without models, in folders of its own.

    A context manager: inside it the server answers, and after it neither process nor
    folders are left. All methods block; call them from a thread in async tests.

    Args:
        version: ``"0.3.75"`` or ``"2024-03"``, as in `installation.RELEASES`.
        port: Where to listen on loopback; 0 takes a free one.
    """

    def __init__(self, version: str, *, port: int = 0) -> None:
        self._release = RELEASES[version]
        self._port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        # Windows keeps files of a process open for a moment after its end.
        self._folder = tempfile.TemporaryDirectory(
            prefix="comfyui-", ignore_cleanup_errors=True
        )
        self._root = Path(self._folder.name)
        for name in ("input", "output", "temp", "user"):
            (self._root / name).mkdir()

    def __enter__(self) -> Self:
        """Start the server and wait until it answers."""
        try:
            self._start()
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the server and remove its folders."""
        self.stop()
        self._folder.cleanup()

    @property
    def version(self) -> str:
        """``"0.3.75"``, or ``"2024-03"`` for the one that tells no version."""
        return self._release.version

    @property
    def is_alive(self) -> bool:
        """Whether there is a process; it may still be busy."""
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def input_directory(self) -> Path:
        """Where uploads arrive and ``LoadImage`` looks."""
        return self._root / "input"

    @property
    def output_directory(self) -> Path:
        """Where ``SaveImage`` writes; outlives `restart`."""
        return self._root / "output"

    @property
    def log(self) -> str:
        """All that the server wrote to its terminal, over all its lives."""
        log = self._root / "server.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def kill(self) -> None:
        """End the process as a power cut would: no goodbye, queue and history lost."""
        if self._process is not None:
            self._process.kill()
            self._reap()

    def stop(self) -> None:
        """End the process politely, by force after 15 seconds; stopping twice is fine.

        On a system without signals "politely" is by force as well.
        """
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reap()

    def restart(self) -> None:
        """Kill it if it lives, then start it on the same port with the same folders.

        Raises:
            ServerError: When it does not come up again.
        """
        self.kill()
        self._start()

    def _start(self) -> None:
        root = self._root
        command = [
            *(str(python_of_servers()), str(_LEASH), "main.py", "--cpu"),
            *("--listen", "127.0.0.1", "--port", str(self._port)),
            "--disable-auto-launch",
            *("--output-directory", str(self.output_directory)),
            *("--input-directory", str(self.input_directory)),
            *("--temp-directory", str(root / "temp")),
        ]
        if self._release.is_modern:
            command += [
                "--disable-api-nodes",
                *("--preview-method", "latent2rgb"),
                *("--user-directory", str(root / "user")),
                *("--database-url", f"sqlite:///{root / 'user' / 'comfyui.db'}"),
            ]
        with (root / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=tree_of(self._release),
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _environment(self) -> dict[str, str]:
        """Return our environment without what bends a Python, and a home of its own.

        Libraries of the server like to leave caches in the home of whoever runs them.
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "COVERAGE", "VIRTUAL_ENV"))
        }
        home = str(self._root / "user")
        return kept | {
            "HOME": home,
            "XDG_CACHE_HOME": home,
            "HF_HUB_OFFLINE": "1",
            "DO_NOT_TRACK": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _wait_until_ready(self) -> None:
        process = self._process
        assert process is not None
        with httpx.Client(
            verify=NO_CERTIFICATES, trust_env=False, timeout=5.0
        ) as client:

            def answers() -> bool:
                try:
                    return client.get(f"{self.url}/system_stats").is_success
                except httpx.TransportError:
                    return False

            name = f"ComfyUI {self.version}"
            wait_until_ready(process, answers, name=name, log=lambda: self.log)

    def _reap(self) -> None:
        """Forget the process and close our end of its leash."""
        process, self._process = self._process, None
        if process is not None:
            process.wait(STOP_LIMIT_SECONDS)
            assert process.stdin is not None
            process.stdin.close()
