"""Run a program that ends when our parent does; started by `neo4j`, not imported.

As `on_a_leash` for programs that are no Python: standard input is a pipe whose other
end the parent holds. A line in it asks the program to end, and its end kills it, so
that a killed test run leaves no server.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import IO


def end_with_parent(parent: IO[bytes], program: subprocess.Popen[bytes]) -> None:
    """Wait for a line, then for the end of the input, and end the program."""
    if parent.readline():
        program.terminate()
        parent.read()
    program.kill()


if __name__ == "__main__":
    with subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL) as running:
        watch = threading.Thread(
            target=end_with_parent, args=(sys.stdin.buffer, running), daemon=True
        )
        watch.start()
        sys.exit(running.wait())
