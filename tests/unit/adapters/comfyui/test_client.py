"""The client tells its state and reads what a server says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from comfy_assets.adapters.comfyui import ComfyUIClient, ComfyUITimeouts
from comfy_assets.domain.events import ComfyUIState
from comfy_assets.errors import ComfyUIError, ComfyUIUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.anyio

#: Port 1 of the loopback refuses: there is HTTP by the transport below, and no socket.
_URL = "http://127.0.0.1:1"

_Answers = dict[str, Any]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[_Answers], None]:
    """Return what makes a server answer these paths with this JSON, others with 404."""

    def serve(answers: _Answers) -> None:
        async def answer(_: object, request: httpx.Request) -> httpx.Response:
            await anyio.lowlevel.checkpoint()
            content = answers.get(request.url.path)
            if content is None:
                return httpx.Response(404, request=request)
            return httpx.Response(200, json=content, request=request)

        monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)

    return serve


@pytest.mark.parametrize(
    "stats,version,devices",
    [
        (
            {
                "system": {"comfyui_version": "0.3.75"},
                "devices": [{"name": "cuda:0 NVIDIA"}, {"type": "cpu"}, None],
            },
            "0.3.75",
            ("cuda:0 NVIDIA",),
        ),
        ({"system": {"comfyui_version": "unknown"}, "devices": "none"}, None, ()),
        ({"system": None}, None, ()),
    ],
)
async def test_health_is_read_leniently(
    serve: Callable[[_Answers], None],
    stats: dict[str, Any],
    version: str | None,
    devices: tuple[str, ...],
) -> None:
    """Version and devices are told where the server tells them."""
    serve({"/system_stats": stats, "/prompt": {"exec_info": {"queue_remaining": 3}}})
    async with ComfyUIClient(_URL) as client:
        health = await client.check_health()
    assert (health.version, health.devices) == (version, devices)
    assert health.queue_remaining == 3
    assert health.state is ComfyUIState.DEGRADED


async def test_health_does_without_the_length_of_the_line(
    serve: Callable[[_Answers], None],
) -> None:
    """A server that tells no queue is healthy all the same."""
    serve({"/system_stats": {}})
    async with ComfyUIClient(_URL) as client:
        assert (await client.check_health()).queue_remaining is None


async def test_a_catalogue_of_another_form_is_refused(
    serve: Callable[[_Answers], None],
) -> None:
    """A catalogue whose classes are no objects is no ComfyUI's."""
    serve({"/object_info": {"SaveImage": "a class"}})
    async with ComfyUIClient(_URL) as client:
        with pytest.raises(ComfyUIError):
            await client.object_info()


async def test_an_upload_without_a_name_is_refused(
    serve: Callable[[_Answers], None],
) -> None:
    """Without the name the image could not be used."""
    serve({"/upload/image": {"subfolder": ""}})
    async with ComfyUIClient(_URL) as client:
        with pytest.raises(ComfyUIError):
            await client.upload_image(b"picture", filename="a.png")


async def test_an_upload_into_a_folder_is_named_with_it(
    serve: Callable[[_Answers], None],
) -> None:
    """LoadImage wants ``subfolder/name``."""
    serve({"/upload/image": {"name": "a.png", "subfolder": "refs"}})
    async with ComfyUIClient(_URL) as client:
        assert await client.upload_image(b"x", filename="../a.png") == "refs/a.png"


async def test_state_changes_are_told_once_each(
    serve: Callable[[_Answers], None], caplog: pytest.LogCaptureFixture
) -> None:
    """Each change is told with a sentence; a listener that raises is only logged."""
    serve({"/system_stats": {}, "/prompt": {}})
    told: list[tuple[ComfyUIState, str]] = []

    def listen(state: ComfyUIState, message: str) -> None:
        told.append((state, message))
        raise ZeroDivisionError

    async with ComfyUIClient(_URL, on_state_change=listen) as client:
        for _ in range(3):
            await client.check_health()
        assert client.state is ComfyUIState.DEGRADED
    assert [state for state, _ in told] == [ComfyUIState.DEGRADED]
    assert _URL in told[0][1]
    assert "on_state_change raised" in caplog.text


async def test_a_server_that_is_away_does_not_hinder_the_start() -> None:
    """Entering works without a server; asking it says that it is away."""
    timeouts = ComfyUITimeouts(unreachable_seconds=0.1)
    async with ComfyUIClient(_URL, timeouts=timeouts) as client:
        with pytest.raises(ComfyUIUnavailableError):
            await client.check_health()
        assert client.state is ComfyUIState.DISCONNECTED
        with pytest.raises(ComfyUIUnavailableError):
            await client.object_info()
