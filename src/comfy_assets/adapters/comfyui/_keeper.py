"""`SocketKeeper`: keeps one WebSocket open and reads it all the time."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import anyio

from comfy_assets.adapters.comfyui._socket import SocketLostError, open_socket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from ssl import SSLContext

    from comfy_assets.adapters.comfyui._address import ServerAddress
    from comfy_assets.adapters.comfyui._socket import FrameSocket

_logger = logging.getLogger("comfy_assets.comfyui")

_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 5.0
_FIRST_FRAME_SECONDS: Final = 10.0
#: Only the first text message counts, and it must be this (ComfyUI since 0.3.45).
_FLAGS: Final = json.dumps(
    {"type": "feature_flags", "data": {"supports_preview_metadata": True}}
)


class SocketKeeper:
    """Holds the one connection over which a client hears of its runs.

    Each connection has a client id of its own: a server that still holds the old
    socket of an id would send nothing to the new one (ComfyUI 0.33). So runs posted
    under an older id are not heard of again.
    """

    def __init__(
        self,
        address: ServerAddress,
        *,
        tls: SSLContext,
        on_frame: Callable[[str | bytes], None],
        on_change: Callable[[], None],
        on_failure: Callable[[], Awaitable[None]],
    ) -> None:
        #: The id of the connection that stands; ``None`` while there is none.
        self.client_id: str | None = None
        self._address = address
        self._tls = tls
        self._on_frame = on_frame
        self._on_change = on_change
        self._on_failure = on_failure
        self._pause_seconds = _FIRST_PAUSE_SECONDS
        self._outcome = anyio.Event()
        self._wanted = anyio.Event()
        self._reading = anyio.CancelScope()

    async def run(self) -> None:
        """Connect, read, and connect again, until cancelled."""
        while True:
            try:
                with anyio.CancelScope() as self._reading:
                    await self._connect_and_read()
                reason = "it was silent while its runs ended"
            except SocketLostError as e:
                reason = e.reason
            self._set_down(reason)
            await self._on_failure()
            with anyio.move_on_after(self._pause_seconds):
                await self._wanted.wait()
            self._wanted = anyio.Event()
            self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS)

    async def ready(self, seconds: float) -> str | None:
        """Return the client id; waits for the next attempt to connect, not longer."""
        if self.client_id is None:
            self._wanted.set()
            with anyio.move_on_after(seconds):
                await self._outcome.wait()
        return self.client_id

    def distrust(self, client_id: str) -> None:
        """Give up the connection of this id, if it still stands: it fell silent."""
        if client_id == self.client_id:
            self._reading.cancel()

    async def _connect_and_read(self) -> None:
        client_id = str(uuid4())
        url = self._address.socket_url(client_id)
        async with open_socket(url, self._address.headers, tls=self._tls) as socket:
            await socket.send(_FLAGS)
            # The server knows the id for certain once it has greeted it.
            self._on_frame(await _first_frame(socket))
            self._set_up(client_id)
            while True:
                self._on_frame(await socket.recv())

    def _set_up(self, client_id: str) -> None:
        _logger.debug("%s: the WebSocket is open", self._address.server)
        self.client_id = client_id
        self._pause_seconds = _FIRST_PAUSE_SECONDS
        self._tell()

    def _set_down(self, reason: str) -> None:
        if self.client_id is not None:
            _logger.warning(
                "%s: the WebSocket is lost (%s); its runs are followed by polling",
                self._address.server,
                reason,
            )
        self.client_id = None
        self._tell()

    def _tell(self) -> None:
        self._outcome.set()
        self._outcome = anyio.Event()
        self._on_change()


async def _first_frame(socket: FrameSocket) -> str | bytes:
    try:
        with anyio.fail_after(_FIRST_FRAME_SECONDS):
            return await socket.recv()
    except TimeoutError as e:
        raise SocketLostError("the server did not greet the new connection") from e
