"""The door to websockets: one open socket that gives frames, on asyncio and on trio."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import anyio
from websockets.asyncio.client import connect as connect_on_asyncio
from websockets.exceptions import InvalidStatus, WebSocketException

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from ssl import SSLContext

#: A server stopped hard sends nothing more; 20 s of silence to our own pings end a
#: half-open connection, and a server that loads a model is not mistaken for one.
_PING_SECONDS: Final = 10.0
_PONG_SECONDS: Final = 20.0
_OPEN_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 1.0

#: Every kind of error that opening, reading or writing a socket can end with.
#: `TimeoutError` is an `OSError`; `EOFError` comes from a handshake cut short.
ERRORS: Final[tuple[type[Exception], ...]] = (WebSocketException, OSError, EOFError)

# At level DEBUG websockets logs the handshake, Authorization header included. So it
# gets a logger outside the tree, which no configuration can make talk.
_SILENT: Final = logging.Logger("silent", logging.CRITICAL + 1)  # noqa: LOG001 - as said


class SocketLostError(Exception):
    """The WebSocket could not be opened, or is no more; never leaves the adapter."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        #: What happened, without the URL.
        self.reason = reason


class FrameSocket(Protocol):
    """An open WebSocket."""

    async def send(self, message: str, /) -> None:
        """Send a text frame."""
        ...

    async def recv(self) -> str | bytes:
        """Wait for the next frame, text or binary."""
        ...


@asynccontextmanager
async def open_socket(
    url: str, headers: Mapping[str, str], *, tls: SSLContext
) -> AsyncIterator[FrameSocket]:
    """Open a WebSocket and close it on leaving.

    Args:
        tls: Whom to trust, for a URL with ``wss``.

    Raises:
        SocketLostError: When it cannot be opened, or is lost inside the block.
    """
    options: dict[str, Any] = {
        "additional_headers": dict(headers),
        # No Origin: ComfyUI refuses a wrong one with 403 (since 2024-09).
        "origin": None,
        # Previews pass 1 MiB, and a reader that stops stalls all of ComfyUI's clients.
        "max_size": None,
        "compression": None,
        "proxy": None,
        "open_timeout": _OPEN_SECONDS,
        "close_timeout": _CLOSE_SECONDS,
        "ping_interval": _PING_SECONDS,
        "ping_timeout": _PONG_SECONDS,
        "logger": _SILENT,
    }
    if url.startswith("wss:"):
        options["ssl"] = tls
    try:
        async with _connecting(url, options) as socket:
            try:
                yield socket
            finally:
                # Bounded by `close_timeout`. Cut short by a cancellation, it would
                # leave the TCP connection open for as long as the server likes.
                with anyio.CancelScope(shield=True):
                    await (socket.close() if _runs_asyncio() else socket.aclose())
    except ERRORS as e:
        raise SocketLostError(reason_of(e)) from e


def reason_of(error: Exception) -> str:
    """Say in a few words what happened to a socket."""
    if isinstance(error, InvalidStatus):
        return f"the handshake was answered with {error.response.status_code}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


class _NoRedirects:
    """Refuses to carry credentials to where a redirect leads."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _AsyncioConnect(_NoRedirects, connect_on_asyncio):
    """On asyncio."""


def _connecting(url: str, options: dict[str, Any]) -> Any:  # noqa: ANN401 - two types
    if _runs_asyncio():
        return _AsyncioConnect(url, **options)
    from websockets.trio.client import (  # noqa: PLC0415 - trio may be absent
        connect as connect_on_trio,
    )

    class _TrioConnect(_NoRedirects, connect_on_trio):
        """On trio."""

    return _TrioConnect(url, **options)


def _runs_asyncio() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
