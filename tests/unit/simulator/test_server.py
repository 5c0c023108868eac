"""The simulator as a host uses it."""

from __future__ import annotations

import _thread
import threading
from pathlib import Path

import httpx
import pytest
from PIL import Image

from comfy_assets.simulator import ComfyUISimulator, serve
from tests.comfyui_graphs import styled_graph
from tests.integration.simulator.conversation import (
    image_graph,
    post,
    sampler_graph,
    wait_until_idle,
)
from tests.loopback import NO_CERTIFICATES


def test_a_taken_port_is_told_in_a_sentence() -> None:
    """A second simulator on one port says which, and what to do."""
    with ComfyUISimulator() as first:
        port = int(first.url.rsplit(":", 1)[1])
        with pytest.raises(OSError, match=f"{port}.*choose another port"):
            ComfyUISimulator(port=port).__enter__()


def test_pictures_go_to_the_given_folder_and_stay(tmp_path: Path) -> None:
    """The picture of a graph is really made: black becomes white by inverting."""
    with (
        ComfyUISimulator(run_seconds=0, output_directory=tmp_path) as simulator,
        httpx.Client(verify=NO_CERTIFICATES, base_url=simulator.url) as http,
    ):
        extra = {"extra_pnginfo": {"workflow": {"id": "w"}}}
        post(http, image_graph(0, "a/b"), extra_data=extra)
        wait_until_idle(http)
    with Image.open(tmp_path / "a" / "b_00001_.png") as image:
        assert image.getpixel((3, 3)) == (255, 255, 255)
        assert image.info["workflow"] == '{"id": "w"}'
        assert '"EmptyImage"' in image.info["prompt"]


def test_a_run_takes_its_time_and_a_remembered_one_none() -> None:
    """`run_seconds` is spent once; the second, equal run is cached."""
    with (
        ComfyUISimulator(run_seconds=0.1) as simulator,
        httpx.Client(verify=NO_CERTIFICATES, base_url=simulator.url) as http,
    ):
        for _ in range(2):
            post(http, sampler_graph(), client_id="me")
        wait_until_idle(http)
        first, second = simulator.executed
        assert first.seconds >= 0.1
        assert (first.cached, second.cached) == (False, True)
        assert second.seconds < first.seconds
        assert simulator.busy_seconds >= 0.1
        assert (first.number, first.client_id, first.outcome) == (0, "me", "success")


def test_freed_memory_is_made_anew() -> None:
    """After `/free` nothing is remembered."""
    with (
        ComfyUISimulator(run_seconds=0) as simulator,
        httpx.Client(verify=NO_CERTIFICATES, base_url=simulator.url) as http,
    ):
        post(http, image_graph())
        wait_until_idle(http)
        http.post("/free", json={"unload_models": True, "free_memory": True})
        post(http, image_graph())
        wait_until_idle(http)
        assert [run.cached for run in simulator.executed] == [False, False]


def test_uploads_can_be_used_as_style(tmp_path: Path) -> None:
    """A picture in an IPAdapter changes the drawing; LoadImage follows its content."""
    graph = styled_graph(sampler_graph(), image="style.png")
    with (
        ComfyUISimulator(run_seconds=0, output_directory=tmp_path) as simulator,
        httpx.Client(verify=NO_CERTIFICATES, base_url=simulator.url) as http,
    ):
        for color in ("red", "blue"):
            Image.new("RGB", (8, 8), color).save(tmp_path / "style.png")
            data = (tmp_path / "style.png").read_bytes()
            http.post(
                "/upload/image",
                files={"image": ("style.png", data)},
                data={"overwrite": "true"},
            )
            post(http, graph)
            wait_until_idle(http)
        assert [run.outcome for run in simulator.executed] == ["success", "success"]
    folder = tmp_path / "comfy_assets" / "portrait" / "batch"
    pictures = sorted(folder.glob("*.png"))
    assert len({path.read_bytes() for path in pictures}) == 2


def test_serving_ends_with_ctrl_c() -> None:
    """`serve` tells when it is ready, and closes everything on Ctrl+C."""
    urls: list[str] = []

    def press_soon(simulator: ComfyUISimulator) -> None:
        urls.append(simulator.url)
        assert httpx.get(f"{simulator.url}/prompt").status_code == 200
        threading.Thread(target=_thread.interrupt_main).start()

    serve(port=0, on_ready=press_soon)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{urls[0]}/prompt")
