"""Every error of httpx becomes one of ours, and secrets stay secret."""

from __future__ import annotations

import gc
import inspect
import ssl
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import httpx
import pytest
from anyio import wait_all_tasks_blocked
from anyio.abc import SocketAttribute

from comfy_assets.adapters.comfyui import _http
from comfy_assets.adapters.comfyui._address import ServerAddress
from comfy_assets.adapters.comfyui._answers import Answer
from comfy_assets.adapters.comfyui._http import ComfyHttp, meaning_of
from comfy_assets.adapters.comfyui.client import ComfyUIClient
from comfy_assets.errors import (
    ComfyUIError,
    ComfyUITimeoutError,
    ComfyUIUnavailableError,
    InvalidRequestError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyio.abc import SocketStream

pytestmark = pytest.mark.anyio

_ERRORS = [
    kind
    for _, kind in inspect.getmembers(httpx, inspect.isclass)
    if issubclass(kind, Exception)
]
_SECRET = "s3cret"


def _instance(kind: type[Exception]) -> Exception:
    request = httpx.Request("GET", "http://host/")
    if issubclass(kind, httpx.HTTPStatusError):
        return kind("said", request=request, response=httpx.Response(500))
    return kind.__new__(kind)


@pytest.mark.parametrize("kind", _ERRORS)
def test_every_error_of_httpx_has_a_meaning(kind: type[Exception]) -> None:
    """The table knows every exception class that httpx exports."""
    assert meaning_of(_instance(kind)) in {"timeout", "away", "nonsense", "misuse"}


@pytest.mark.parametrize(
    "error,expected",
    [
        (httpx.ConnectError("refused"), ComfyUIUnavailableError),
        (httpx.RemoteProtocolError("cut"), ComfyUIUnavailableError),
        (httpx.ReadTimeout("late"), ComfyUITimeoutError),
        (TimeoutError(), ComfyUITimeoutError),
        (OSError("gone"), ComfyUIUnavailableError),
        (httpx.DecodingError("zipped badly"), ComfyUIError),
    ],
)
async def test_errors_are_translated_and_chained(
    error: Exception, expected: type[ComfyUIError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A foreign error becomes ours, with the foreign one as its cause."""

    async def fail(*_: object, **__: object) -> Answer:
        await anyio.lowlevel.checkpoint()
        raise error

    monkeypatch.setattr(ComfyHttp, "_send", fail)
    heard: list[bool] = []
    address = ServerAddress.parse("http://host:1", {})
    async with ComfyHttp(address, connect_seconds=1, on_answer=heard.append) as http:
        with pytest.raises(expected) as caught:
            await http.request("GET", "/queue", seconds=1)
    assert type(caught.value) is expected
    assert caught.value.__cause__ is error
    assert caught.value.server == "http://host:1"
    assert heard == [False]


@pytest.mark.parametrize(
    "status,expected",
    [
        (500, ComfyUIUnavailableError),
        (503, ComfyUIUnavailableError),
        (429, ComfyUIUnavailableError),
        (302, ComfyUIError),
        (401, ComfyUIError),
        (404, ComfyUIError),
    ],
)
def test_a_status_decides_what_is_raised(
    status: int, expected: type[ComfyUIError]
) -> None:
    """A failing server may be asked again, a refusing one may not."""
    with pytest.raises(expected) as caught:
        _answer(status, b"why").require_ok()
    assert type(caught.value) is expected
    assert str(status) in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"", b"[1]", b'{"a":'])
def test_what_is_no_json_object_is_refused(body: bytes) -> None:
    """A web page, nothing, a list and half an object are no answer of ComfyUI's."""
    with pytest.raises(ComfyUIError):
        _answer(200, body).mapping()


@pytest.mark.parametrize(
    "url",
    [
        f"http://me:{_SECRET}@host:8188/comfy/",
        f"https://host/comfy?token={_SECRET}",
    ],
)
async def test_secrets_are_sent_but_never_shown(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Credentials reach the server, and no error, log line or ``repr``."""
    sent: list[httpx.Request] = []

    async def answer(_: object, request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, content=b"{}", request=request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)
    caplog.set_level("DEBUG")
    address = ServerAddress.parse(url, {"X-Key": _SECRET})
    async with ComfyHttp(address, connect_seconds=1, on_answer=lambda _: None) as http:
        await http.request("GET", "/queue", params={"a": "b"}, seconds=1)
    assert sent[0].url.path == "/comfy/queue"
    assert sent[0].url.params["a"] == "b"
    assert sent[0].headers["X-Key"] == _SECRET
    assert "Authorization" in sent[0].headers or _SECRET in str(sent[0].url)
    shown = f"{address!r} {ComfyUIClient(url)!r} {address.server} {caplog.text}"
    assert _SECRET not in shown


async def test_questions_do_not_wait_behind_large_files() -> None:
    """However many downloads stand still, a question is answered."""

    async def serve(stream: SocketStream) -> None:
        async with stream:
            request = await stream.receive()
            if request.startswith(b"GET /view"):
                await anyio.sleep_forever()
            await stream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - no Django
    address = ServerAddress.parse(f"http://127.0.0.1:{port}", {})
    http = ComfyHttp(address, connect_seconds=5, on_answer=lambda _: None)
    async with listener, anyio.create_task_group() as tasks, http:
        tasks.start_soon(listener.serve, serve)
        view = partial(http.request, "GET", "/view", seconds=60)
        for _ in range(20):
            tasks.start_soon(view)
        await wait_all_tasks_blocked()
        assert (await http.request("GET", "/queue", seconds=10)).body == b"{}"
        tasks.cancel_scope.cancel()


async def test_sending_that_is_cut_off_leaves_nothing_behind() -> None:
    """What gives the body ends with the request: trio warns of a generator left."""

    async def serve(stream: SocketStream) -> None:
        async with stream:
            await anyio.sleep_forever()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - no Django
    address = ServerAddress.parse(f"http://127.0.0.1:{port}", {})
    http = ComfyHttp(address, connect_seconds=5, on_answer=lambda _: None)
    files = {"image": ("large.png", bytes(32 * 1024 * 1024))}
    async with listener, anyio.create_task_group() as tasks, http:
        tasks.start_soon(listener.serve, serve)
        tasks.start_soon(partial(http.request, "POST", "/", seconds=60, files=files))
        await wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    gc.collect()


async def test_an_answer_too_long_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is broken off with an error, and nothing that read it is left to trio."""
    monkeypatch.setattr(_http, "_MAX_ANSWER_BYTES", 100)

    async def serve(stream: SocketStream) -> None:
        async with stream:
            await stream.receive()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
            await stream.send(head + bytes(500))
            await anyio.sleep_forever()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - no Django
    address = ServerAddress.parse(f"http://127.0.0.1:{port}", {})
    http = ComfyHttp(address, connect_seconds=5, on_answer=lambda _: None)
    async with listener, anyio.create_task_group() as tasks, http:
        tasks.start_soon(listener.serve, serve)
        with pytest.raises(ComfyUIError, match="more than can be taken in"):
            await http.request("GET", "/", seconds=10)
        tasks.cancel_scope.cancel()
    gc.collect()


async def test_a_header_of_the_host_takes_the_place_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever its case; what the host does not name is sent as usual."""
    sent: list[httpx.Request] = []

    async def answer(_: object, request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, content=b"{}", request=request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", answer)
    address = ServerAddress.parse("http://host", {"user-agent": "Vale/1.0"})
    async with ComfyHttp(address, connect_seconds=1, on_answer=lambda _: None) as http:
        await http.request("GET", "/queue", seconds=1)
    assert sent[0].headers.get_list("User-Agent") == ["Vale/1.0"]
    assert sent[0].headers["Accept"] == "*/*"


@pytest.mark.parametrize(
    "url,server,socket",
    [
        ("http://127.0.0.1:8188", "http://127.0.0.1:8188", "ws://127.0.0.1:8188/ws"),
        ("https://host/comfy/", "https://host/comfy", "wss://host/comfy/ws"),
        ("http://[::1]:80", "http://[::1]:80", "ws://[::1]:80/ws"),
    ],
)
def test_addresses_are_split(url: str, server: str, socket: str) -> None:
    """A URL gives the address to show and that of the WebSocket."""
    address = ServerAddress.parse(url, {})
    assert (address.server, address.socket) == (server, socket)


@pytest.mark.parametrize(
    "url,headers",
    [
        ("127.0.0.1:8188", {}),
        ("ws://host", {}),
        ("http://", {}),
        ("http://host:port", {}),
        ("http://host", {"X": "a\r\nb"}),
        ("http://host", {"X Y": "a"}),
        ("http://host", {"X": "ä"}),
    ],
)
def test_what_cannot_be_reached_is_refused(
    url: str, headers: Mapping[str, str]
) -> None:
    """A URL or header that cannot be used is refused at once."""
    with pytest.raises(InvalidRequestError):
        ServerAddress.parse(url, headers)


def _answer(status: int, body: bytes) -> Answer:
    fields: dict[str, Any] = {"server": "http://host", "asked": "GET /queue"}
    return Answer(status=status, body=body, **fields)


def test_certificates_are_read_for_https_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading them stops a game for some frames, and plain HTTP has no use for them."""
    read = []

    def note(**options: object) -> ssl.SSLContext:
        read.append(options)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(httpx, "create_ssl_context", note)
    for url in ("http://host", "https://host"):
        ComfyHttp(ServerAddress.parse(url, {}), connect_seconds=1, on_answer=[].append)
    # What the environment says of proxies and certificates is not asked for.
    assert read == [{"trust_env": False}]
