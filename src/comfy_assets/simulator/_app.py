"""The ASGI application: faults, the rule about origins, routes, odd status codes."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

import anyio
from attrs import frozen
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from comfy_assets.simulator._answers import (
    MAX_BODY_BYTES,
    BodyTooLargeError,
    empty_answer,
    not_found,
    text_answer,
    trouble,
)
from comfy_assets.simulator._routes import find_handler
from comfy_assets.simulator._routes_socket import serve_socket
from comfy_assets.simulator._services import Services

_logger = logging.getLogger(__name__)
_SOCKET_PATHS = frozenset({"/ws", "/api/ws"})


@frozen(eq=False)
class SimulatorApp:
    """Answer HTTP and WebSocket requests as ComfyUI 0.33 does.

    Args:
        services: What the routes work on.
        cut: Closes the connection with this remote address, after what was sent.
    """

    _services: Services
    _cut: Callable[[object], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or serve one socket."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        if (
            self._services.faults.refuses_sockets
            or scope["path"] not in _SOCKET_PATHS
            or _is_foreign(socket.headers)
        ):
            # Closing before accepting answers the handshake with 403.
            await socket.close()
            return
        await serve_socket(self._services, socket)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        faults = self._services.faults
        route = scope["path"].removeprefix("/api")
        await faults.hold_http(self._services.is_over)
        status = faults.take_failure(route)
        if status is not None:
            answer = text_answer(f"{status}: failing on purpose", status)
        else:
            answer = await self._answer(Request(scope, receive))
        if faults.take_truncation(route):
            await self._send_half(answer, scope, receive, send)
        else:
            await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method, path = request.method, request.url.path
        if _is_foreign(request.headers):
            return empty_answer(403)
        if method == "OPTIONS":
            return empty_answer()
        found = find_handler(method, path)
        if found is None:
            return _no_such_route(method, path)
        handler, request.scope["path_params"] = found
        try:
            return await handler(self._services, request)
        except BodyTooLargeError:
            return text_answer(
                f"Maximum request body size {MAX_BODY_BYTES} exceeded.", 413
            )
        # aiohttp answers so whatever a handler raises, and bodies of the wrong shape
        # make ComfyUI's handlers raise all kinds of things.
        except Exception:
            _logger.debug("Answering 500 to %s %s", method, path, exc_info=True)
            return trouble()

    async def _send_half(
        self, answer: Response, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send the headers and half of the body, then close the connection."""
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        await answer(scope, receive, collect)
        body = b"".join(message.get("body", b"") for message in messages)
        await send(messages[0])
        half = body[: len(body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._cut(scope["client"])
        # Returning earlier would let the web server complain about a body too short.
        with anyio.move_on_after(1):
            while (await receive())["type"] != "http.disconnect":
                pass


def _no_such_route(method: str, path: str) -> Response:
    if path in _SOCKET_PATHS:
        return text_answer("No WebSocket UPGRADE hdr", 400)
    # The handler of static files owns every path, and it only knows GET.
    if method in {"GET", "HEAD"}:
        return not_found()
    return text_answer("405: Method Not Allowed", 405)


def _is_foreign(headers: Headers) -> bool:
    """Apply ComfyUI's rule about origins (0.33).

    Only a loopback host is guarded: a page of another origin may not talk to it.
    """
    if headers.get("sec-fetch-site") == "cross-site":
        return True
    host, origin = headers.get("host"), headers.get("origin")
    if not host or not origin:
        return False
    here, there = urlsplit(f"//{host}"), urlsplit(origin)
    if not there.hostname or not _is_loopback(here.hostname):
        return False
    if here.port is None or there.port is None:
        return here.hostname != there.hostname
    return (here.hostname, here.port) != (there.hostname, there.port)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
