"""The real servers of the contract tests do real work, and never outlive the tests."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from websockets.sync.client import connect

from tests.loopback import NO_CERTIFICATES
from tests.servers import comfyui
from tests.servers.comfyui import RealComfyUI
from tests.servers.starting import ServerError

GRAPH: Final = {
    "1": {
        "class_type": "EmptyImage",
        "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 255},
    },
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {
        "class_type": "SaveImage",
        "inputs": {"images": ["2", 0], "filename_prefix": "folder/inverted"},
    },
}


def run_graph(server: RealComfyUI) -> bytes:
    """Queue the graph, follow the socket to the end and return the picture."""
    socket_url = server.url.replace("http", "ws", 1) + "/ws?clientId=test"
    with (
        httpx.Client(
            verify=NO_CERTIFICATES, base_url=server.url, trust_env=False
        ) as client,
        connect(socket_url, max_size=None, proxy=None) as frames,
    ):
        queued = client.post("/prompt", json={"prompt": GRAPH, "client_id": "test"})
        prompt_id = queued.raise_for_status().json()["prompt_id"]
        while not is_end(frames.recv(timeout=30)):
            pass
        entry = client.get(f"/history/{prompt_id}").json()[prompt_id]
        # Other tests share the server, and look for their own runs in its history.
        client.post("/history", json={"delete": [prompt_id]}).raise_for_status()
        (image,) = entry["outputs"]["3"]["images"]
        return client.get("/view", params=image).raise_for_status().content


def is_end(frame: str | bytes) -> bool:
    """Tell whether a frame is the last of a run: no node is executing any more."""
    if isinstance(frame, bytes):
        return False
    message: dict[str, Any] = json.loads(frame)
    return message["type"] == "executing" and message["data"]["node"] is None


def test_a_real_server_draws_a_picture(real_comfyui: RealComfyUI) -> None:
    """A graph without models runs over HTTP and WebSocket and leaves its picture."""
    assert run_graph(real_comfyui).startswith(b"\x89PNG")
    assert list(real_comfyui.output_directory.glob("folder/inverted_*.png"))


def test_a_real_server_is_the_version_it_is_called(
    comfyui_0_3_75: RealComfyUI, comfyui_2024_03: RealComfyUI
) -> None:
    """The newer server tells its version; the older one is from before it could."""
    told = [
        httpx.get(f"{server.url}/system_stats", trust_env=False).json()["system"]
        for server in (comfyui_0_3_75, comfyui_2024_03)
    ]
    assert told[0]["comfyui_version"] == comfyui_0_3_75.version == "0.3.75"
    assert "comfyui_version" not in told[1]


def test_a_killed_server_comes_back_at_its_old_place(
    comfyui_2024_03: RealComfyUI,
) -> None:
    """After a kill nobody listens; after a restart the same URL and files are there."""
    server = comfyui_2024_03
    url = server.url
    (server.output_directory / "kept.txt").write_text("kept", encoding="utf-8")
    server.kill()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/system_stats", trust_env=False)
    server.restart()
    assert server.url == url
    assert run_graph(server)
    assert (server.output_directory / "kept.txt").exists()


@pytest.mark.usefixtures("comfyui_2024_03")
def test_a_server_that_cannot_start_shows_its_log() -> None:
    """A port in use ends the start at once, with the server's own words."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = RealComfyUI("2024-03", port=taken.getsockname()[1])
        with pytest.raises(ServerError, match="address already in use"), server:
            pytest.fail("two servers on one port")


def test_a_server_dies_with_the_test_run(tmp_path: Path) -> None:
    """When the process that started a server is killed, the server ends by itself."""
    script = tmp_path / "endless.py"
    script.write_text(
        "import threading\nprint('running', flush=True)\nthreading.Event().wait()\n",
        encoding="utf-8",
    )
    leash = Path(comfyui.__file__).with_name("on_a_leash.py")
    parent = (
        "import subprocess, sys, threading\n"
        "subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE)\n"
        "threading.Event().wait()\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", parent, sys.executable, str(leash), str(script)],
        stdout=subprocess.PIPE,
    )
    with started:
        assert started.stdout is not None
        assert started.stdout.readline().strip() == b"running"
        started.kill()
        # The output ends when its last holder, the script, is gone.
        assert started.stdout.read() == b""
