"""Bind the port, run uvicorn on it, and cut connections the hard way.

uvicorn's own main loop is not used: it closes politely, and a process that is killed
does not.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable

import anyio
import uvicorn
from attrs import define, field
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import (
    WebSocketsSansIOProtocol,
)

#: A client message longer than this closes its socket with 1009 (ComfyUI 0.33).
_MAX_MESSAGE_BYTES = 4 * 1024 * 1024
_IDLE_SECONDS = 180
_SETTLE_SECONDS = 2
_LOOK_SECONDS = 0.002
#: From accepting a connection to its being known: one turn of the loop makes its
#: transport, the next one its protocol.
_TURNS_OF_ACCEPTING = 2
#: The event loop to run on: of asyncio's, all systems have it, and only it can stop
#: accepting before it closes.
EVENT_LOOP = asyncio.SelectorEventLoop


def bind(host: str, port: int) -> socket.socket:
    """Take a port without listening on it yet: connecting to it is refused.

    Args:
        host: A name or address of this machine.
        port: 0 lets the system choose.

    Raises:
        OSError: When the port is taken or the host is not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay (40 ms per answer) off only where TCP is named.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # Take the port again right after a restart; on Windows the same flag would
        # let two servers share a port.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        message = (
            f"the simulator cannot listen on {host}:{port} ({error.strerror}); "
            "choose another port, or 0 for any that is free"
        )
        raise OSError(error.errno, message) from error
    return sock


@define(eq=False)
class Listening:
    """One application on one port; belongs to the event loop.

    Args:
        host: Where to listen.
        port: The port; must be free, or held by `placeholder`.
        app: What answers.
    """

    _host: str
    _port: int
    _app: ASGIApp
    _server: uvicorn.Server = field(init=False)
    #: Holds the port while nobody listens on it.
    _placeholder: socket.socket | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        config = uvicorn.Config(
            self._app,
            http=H11Protocol,
            ws=WebSocketsSansIOProtocol,
            ws_max_size=_MAX_MESSAGE_BYTES,
            # ComfyUI never pings (0.33), and its frames are not compressed here.
            ws_ping_interval=None,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_keep_alive=_IDLE_SECONDS,
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        self._server.servers = []

    @property
    def is_open(self) -> bool:
        """Whether new connections are taken."""
        return bool(self._server.servers)

    async def open(self, sock: socket.socket | None = None) -> None:
        """Listen, on a socket from `bind` or on the one held since `refuse`."""
        if self.is_open:
            return
        held, self._placeholder = self._placeholder, None
        await self._server.startup(sockets=[sock or held or self._bind()])

    async def refuse(self) -> None:
        """Stop listening but keep the port, and reset all connections."""
        if self.is_open:
            await self._close_listeners()
            self._placeholder = self._bind()
        self.cut_all()

    async def close(self) -> None:
        """Stop listening, give the port back and reset all connections."""
        await self._close_listeners()
        if self._placeholder:
            self._placeholder.close()
            self._placeholder = None
        self.cut_all()

    async def settle(self) -> None:
        """Wait a moment until what `close` has broken has ended."""
        state = self._server.server_state
        with anyio.move_on_after(_SETTLE_SECONDS):
            # uvicorn has no event for its last request or connection, only these sets.
            while state.tasks or state.connections:  # noqa: ASYNC110 - as said
                await anyio.sleep(_LOOK_SECONDS)

    def cut_all(self) -> None:
        """Break every connection without a farewell."""
        self._cut(lambda _connection: True)

    def cut_sockets(self) -> None:
        """Break every WebSocket without a close frame."""
        self._cut(lambda one: isinstance(one, WebSocketsSansIOProtocol))

    def close_one(self, client: object) -> None:
        """Close the connection of one remote address, after what was written."""
        for connection in list(self._server.server_state.connections):
            # Only the two protocols chosen above occur.
            if getattr(connection, "client", None) == client:
                connection.transport.close()

    def _cut(self, is_meant: Callable[[object], bool]) -> None:
        for connection in list(self._server.server_state.connections):
            if is_meant(connection):
                connection.transport.abort()

    async def _close_listeners(self) -> None:
        """Accept no more, see to it that what was accepted is known, and close.

        asyncio leaves a connection that it was just accepting when its server is closed
        to the garbage collector (python/cpython#109564, open in 2026), and the client
        waits for that.
        """
        servers, self._server.servers = self._server.servers, []
        loop = asyncio.get_running_loop()
        for server in servers:
            for sock in server.sockets:
                loop.remove_reader(sock)
        self.cut_all()
        with anyio.CancelScope(shield=True):
            for _ in range(_TURNS_OF_ACCEPTING):
                await anyio.lowlevel.checkpoint()
        for server in servers:
            server.close()

    def _bind(self) -> socket.socket:
        return bind(self._host, self._port)
