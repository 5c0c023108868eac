"""Install or run the real ComfyUI servers by hand: ``python -m tests.servers``."""

from __future__ import annotations

import argparse
import sys
import threading

from tests.servers import installation
from tests.servers.comfyui import RealComfyUI


def main() -> None:
    """Do what the command line asks for: install, or run one until Ctrl+C."""
    parser = argparse.ArgumentParser(prog="python -m tests.servers")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("install", help="download both versions (about 5 GB)")
    run = commands.add_parser("run", help="run one version until Ctrl+C")
    run.add_argument("version", choices=installation.RELEASES)
    run.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()

    installation.install()
    if arguments.command == "install":
        sys.stdout.write(f"installed in {installation.servers_directory()}\n")
        return
    with RealComfyUI(arguments.version, port=arguments.port) as server:
        sys.stdout.write(f"ComfyUI {server.version} at {server.url}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write("stopping\n")


if __name__ == "__main__":
    main()
