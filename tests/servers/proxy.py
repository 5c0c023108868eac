"""A TCP proxy before a server, for tests of broken networks: cut, refuse, mute, blip.

It runs in a thread of its own; its methods may be called from any thread.
"""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from types import TracebackType

_PIECE_BYTES: Final = 65_536
#: How a WebSocket's handshake begins: ``GET /ws?clientId=…``.
_WEBSOCKET: Final = b"GET /ws"
_RST: Final = b"\x01\x00\x00\x00\x00\x00\x00\x00"


class _Pair:
    """One connection of a client and the one to the server that goes with it."""

    def __init__(self, client: socket.socket) -> None:
        self.client = client
        self.server: socket.socket | None = None
        self.is_websocket = False


class TcpProxy:
    """Passes bytes to and from a server, until told otherwise; a context manager."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._lock = threading.RLock()
        self._selector = selectors.DefaultSelector()
        self._pairs: set[_Pair] = set()
        self._listener: socket.socket | None = None
        self._port = 0
        self._refuses_websockets = self._mutes_websockets = self._is_closing = False
        self._waker, self._wake_up = socket.socketpair()
        self._thread = threading.Thread(target=self._work, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        """Start to listen on a free port of the loopback."""
        self._selector.register(self._wake_up, selectors.EVENT_READ)
        self._listen()
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Cut everything and end the thread."""
        with self._lock:
            self._is_closing = True
            self._waker.send(b"x")
        self._thread.join()
        self.refuse_all()
        self._selector.close()
        self._waker.close()
        self._wake_up.close()

    @property
    def url(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self._port}"

    def cut_websockets(self, *, refuse: bool = False) -> None:
        """Break every WebSocket without a close frame; `refuse` all new ones too."""
        with self._lock:
            self._refuses_websockets = refuse
            for pair in [pair for pair in self._pairs if pair.is_websocket]:
                self._drop(pair)

    def mute_websockets(self) -> None:
        """Let no byte of a WebSocket through to the client, while HTTP goes on."""
        with self._lock:
            self._mutes_websockets = True

    def refuse_all(self) -> None:
        """Reset all connections and refuse new ones."""
        with self._lock:
            if self._listener is not None:
                self._selector.unregister(self._listener)
                self._listener.close()
                self._listener = None
            for pair in list(self._pairs):
                self._drop(pair)

    def accept_all(self) -> None:
        """End every fault, and listen again on the same port.

        A proxy that was left stays closed, whoever calls late.
        """
        with self._lock:
            self._refuses_websockets = self._mutes_websockets = False
            if self._listener is None and not self._is_closing:
                self._listen()
                self._waker.send(b"x")

    def _listen(self) -> None:
        listener = socket.socket()
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self._port))
            listener.listen(64)
        except OSError:
            # Somebody took the port in the meantime.
            listener.close()
            raise
        self._port = listener.getsockname()[1]
        self._listener = listener
        self._selector.register(listener, selectors.EVENT_READ)

    def _work(self) -> None:
        while not self._is_closing:
            for key, _ in self._selector.select():
                with self._lock:
                    self._serve(key)

    def _serve(self, key: selectors.SelectorKey) -> None:
        if key.fileobj is self._wake_up:
            self._wake_up.recv(_PIECE_BYTES)
        elif key.fileobj is self._listener:
            with suppress(OSError):
                pair = _Pair(self._listener.accept()[0])
                self._pairs.add(pair)
                self._selector.register(pair.client, selectors.EVENT_READ, pair)
        elif isinstance(key.data, _Pair) and key.data in self._pairs:
            try:
                self._pass_on(key.data, from_client=key.fileobj is key.data.client)
            except OSError:
                self._drop(key.data)

    def _pass_on(self, pair: _Pair, *, from_client: bool) -> None:
        source = pair.client if from_client else pair.server
        piece = b"" if source is None else source.recv(_PIECE_BYTES)
        if not piece:
            self._drop(pair)
            return
        if pair.server is None:
            pair.is_websocket = piece.startswith(_WEBSOCKET)
            if pair.is_websocket and self._refuses_websockets:
                self._drop(pair)
                return
            pair.server = socket.create_connection(self._target, timeout=5)
            self._selector.register(pair.server, selectors.EVENT_READ, pair)
        if from_client:
            pair.server.sendall(piece)
        elif not (pair.is_websocket and self._mutes_websockets):
            pair.client.sendall(piece)

    def _drop(self, pair: _Pair) -> None:
        """Close both ends with a reset, as a network that breaks down would."""
        self._pairs.discard(pair)
        for end in (pair.client, pair.server):
            if end is not None:
                with suppress(KeyError, ValueError):
                    self._selector.unregister(end)
                with suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
                end.close()
