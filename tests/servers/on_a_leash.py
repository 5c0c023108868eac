"""Run a script that ends when its parent does; started by `comfyui`, not imported.

Standard input is the leash: it is a pipe whose other end the parent holds, and the
system closes that end however the parent dies. So a killed test run leaves no server.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
from pathlib import Path


def end_with_parent() -> None:
    """Wait for the end of standard input, then end this process at once."""
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    script = Path(sys.argv[1]).absolute()
    # As `python script.py` would have it.
    sys.argv = sys.argv[1:]
    sys.path[0] = str(script.parent)
    runpy.run_path(str(script), run_name="__main__")
