"""Talk to a simulator: sockets, graphs, and waiting for what must come."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from comfy_assets.simulator import ComfyUISimulator

#: Nothing here takes longer, even on a busy machine.
PATIENCE = 10.0


@contextmanager
def open_socket(
    server: ComfyUISimulator, client_id: str, *, previews: bool = False
) -> Iterator[ClientConnection]:
    """Open a socket, take its greeting, and negotiate flags if wished."""
    with connect(socket_url(server, client_id)) as socket:
        assert read(socket)["type"] == "status"
        if previews:
            flags = {"supports_preview_metadata": True}
            socket.send(json.dumps({"type": "feature_flags", "data": flags}))
            while read(socket)["type"] != "feature_flags":
                pass
        yield socket


def socket_url(server: ComfyUISimulator, client_id: str) -> str:
    """Return the address of a client's socket."""
    return f"{server.url.replace('http', 'ws')}/ws?clientId={client_id}"


def read(socket: ClientConnection) -> Any:
    """Return the next frame: a text frame as JSON, a binary one as bytes."""
    message = socket.recv(timeout=PATIENCE)
    return json.loads(message) if isinstance(message, str) else message


def read_run(socket: ClientConnection) -> list[Any]:
    """Return all frames up to the last of a run."""
    frames = []
    while True:
        frame = read(socket)
        frames.append(frame)
        if is_last(frame):
            return frames


def is_last(frame: object) -> bool:
    """Say whether a frame is the last of a run."""
    return (
        isinstance(frame, dict)
        and frame.get("type") == "executing"
        and frame["data"]["node"] is None
    )


def kinds(frames: list[Any]) -> list[str]:
    """Return the types of frames, recorded or read; `binary-1` for a preview."""
    return [_kind(frame) for frame in frames]


def _kind(frame: Any) -> str:
    if isinstance(frame, bytes):
        return f"binary-{int.from_bytes(frame[:4], 'big')}"
    if "event_type" in frame:
        return f"binary-{frame['event_type']}"
    return str(frame["type"])


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something is so, or fail."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        # Polling another thread's state, for want of an event of its own.
        time.sleep(0.002)


def wait_until_idle(http: httpx.Client) -> None:
    """Wait until nothing runs or waits."""
    wait_until(lambda: http.get("/prompt").json()["exec_info"]["queue_remaining"] == 0)


def post(http: httpx.Client, graph: dict[str, Any], **more: object) -> dict[str, Any]:
    """Queue a graph and return the answer."""
    answer = http.post("/prompt", json={"prompt": graph, **more})
    assert answer.status_code == 200, answer.text
    content: dict[str, Any] = answer.json()
    return content


def image_graph(color: int = 0, prefix: str = "ComfyUI") -> dict[str, Any]:
    """Return a graph that makes, inverts and saves a picture of one colour."""
    return {
        "1": {
            "class_type": "EmptyImage",
            "inputs": {"width": 16, "height": 16, "batch_size": 1, "color": color},
        },
        "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
        "3": {
            "class_type": "SaveImage",
            "inputs": {"filename_prefix": prefix, "images": ["2", 0]},
        },
    }


def sampler_graph(
    seed: int = 1, *, steps: int = 4, output: str = "SaveImage", batch: int = 1
) -> dict[str, Any]:
    """Return a text-to-image graph."""
    save: dict[str, Any] = {"images": ["8", 0]}
    if output == "SaveImage":
        save["filename_prefix"] = "comfy_assets/portrait/batch/0"
    return {
        "4": {
            "class_type": "CheckpointLoaderSimple",
            "inputs": {"ckpt_name": "simulated-sd15.safetensors"},
        },
        "5": {
            "class_type": "EmptyLatentImage",
            "inputs": {"width": 64, "height": 64, "batch_size": batch},
        },
        "6": {
            "class_type": "CLIPTextEncode",
            "inputs": {"text": "a bartender", "clip": ["4", 1]},
        },
        "7": {
            "class_type": "CLIPTextEncode",
            "inputs": {"text": "watermark", "clip": ["4", 1]},
        },
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "seed": seed,
                "steps": steps,
                "cfg": 7.0,
                "sampler_name": "euler",
                "scheduler": "normal",
                "denoise": 1.0,
                "model": ["4", 0],
                "positive": ["6", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
            },
        },
        "8": {
            "class_type": "VAEDecode",
            "inputs": {"samples": ["3", 0], "vae": ["4", 2]},
        },
        "9": {"class_type": output, "inputs": save},
    }
