"""What every real server takes to start: a port that is free, and patience."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

#: Neo4j takes some 5 seconds on an idle machine. ComfyUI compiles some thousand files
#: at its first start, which takes a while on two busy cores.
READY_LIMIT_SECONDS: Final = 120.0


class ServerError(Exception):
    """The server did not come up; the message carries the end of its log."""


def free_port() -> int:
    """Return a port of the loopback that nobody listened on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_ready(
    process: subprocess.Popen[bytes],
    answers: Callable[[], bool],
    *,
    name: str,
    log: Callable[[], str],
) -> None:
    """Ask a server until it answers.

    Args:
        process: The server.
        answers: Asks once, in bounded time.
        name: The server's name and version, for the message.
        log: Returns what the server has written to its terminal.

    Raises:
        ServerError: When the process ended, or does not answer within two minutes.
    """
    deadline = time.monotonic() + READY_LIMIT_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if answers():
            return
        # Nothing tells us when a foreign process listens: ask again.
        time.sleep(0.1)
    state = "is not ready" if process.poll() is None else "ended"
    message = f"{name} {state}; its log ends:\n{log()[-4000:]}"
    raise ServerError(message)
