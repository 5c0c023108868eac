"""The WebSockets of one server: who listens, and what is sent to whom.

What the frames mean and when they are sent is decided in `_execution` and `_worker`.
"""

from __future__ import annotations

import asyncio
import json
import struct
import threading
from collections import deque
from collections.abc import Awaitable, Callable

import anyio
from attrs import define, field, frozen

from comfy_assets.simulator._graph import JsonObject

#: `GET /features` and the answer to a client's `feature_flags` (0.33).
FEATURES: JsonObject = {
    "supports_preview_metadata": True,
    "supports_model_type_tags": True,
    "max_upload_size": 104857600,
    "extension": {"manager": {"supports_v4": True}},
    "node_replacements": True,
    "assets": False,
}
_PREVIEW, _PREVIEW_WITH_METADATA = 1, 4
_IMAGE_FORMATS = {"image/jpeg": 1, "image/png": 2}


@frozen(kw_only=True)
class Picture:
    """A picture on its way to sockets: a preview, or `SaveImageWebsocket`'s output."""

    #: The encoded picture.
    data: bytes
    #: `image/jpeg` or `image/png`.
    media_type: str
    #: The node and prompt it belongs to, for sockets that asked for it.
    metadata: JsonObject

    def as_frame(self, *, with_metadata: bool) -> bytes:
        """Return the binary frame: event type 4 with metadata, else 1."""
        if not with_metadata:
            header = struct.pack(">II", _PREVIEW, _IMAGE_FORMATS[self.media_type])
            return header + self.data
        metadata = json.dumps({**self.metadata, "image_type": self.media_type}).encode()
        header = struct.pack(">II", _PREVIEW_WITH_METADATA, len(metadata))
        return header + metadata + self.data


def text_frame(event: str, data: JsonObject) -> str:
    """Return a text frame `{"type": event, "data": data}`."""
    return json.dumps({"type": event, "data": data})


def status_data(queue_remaining: int) -> JsonObject:
    """Return what a `status` frame tells."""
    return {"status": {"exec_info": {"queue_remaining": queue_remaining}}}


@define(eq=False)
class Listener:
    """One open WebSocket."""

    #: Sends one frame; raises `OSError` when the peer is gone.
    send: Callable[[str | bytes], Awaitable[None]]
    #: Whether it announced `supports_preview_metadata: true`.
    supports_metadata: bool = False


#: A frame and the client it is for; None is everybody.
_Post = tuple[str | Picture, str | None]


@define(eq=False)
class SocketHub:
    """Deliver frames in order, one at a time, as ComfyUI's one send loop does.

    `post_*` may be called from any thread; the rest belongs to the event loop.

    Args:
        gate: Awaited before each frame; a scripted fault may hold it.
    """

    _gate: Callable[[], Awaitable[None]]
    _loop: asyncio.AbstractEventLoop = field(
        init=False, factory=asyncio.get_running_loop
    )
    #: One socket per client id: the newest (0.33).
    _listeners: dict[str, Listener] = field(init=False, factory=dict)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)
    _outbox: deque[_Post] = field(init=False, factory=deque)
    _is_awake: bool = field(init=False, default=False)
    _wake: anyio.Event = field(init=False, factory=anyio.Event)

    def post_text(self, event: str, data: JsonObject, client_id: object = None) -> None:
        """Send a text frame to one client, or to everybody."""
        # Encoding costs more than all the rest, and often nobody listens.
        if self.has_listener(client_id):
            self._post(text_frame(event, data), client_id)

    def post_picture(self, picture: Picture, client_id: object = None) -> None:
        """Send a binary frame to one client, or to everybody."""
        self._post(picture, client_id)

    def has_listener(self, client_id: object = None) -> bool:
        """Say whether a frame for this client, or for everybody, reaches anyone."""
        return bool(self._listeners) if client_id is None else self._is_known(client_id)

    def supports_metadata(self, client_id: object) -> bool:
        """Say whether a client's socket takes previews with metadata."""
        if not isinstance(client_id, str):
            return False
        listener = self._listeners.get(client_id)
        return listener is not None and listener.supports_metadata

    def add(self, client_id: str, listener: Listener) -> None:
        """Give the client id to this socket; an older one goes mute."""
        self._listeners[client_id] = listener

    def forget(self, client_id: str) -> None:
        """Forget the client id, whichever socket holds it now.

        So when the older of two sockets with one id closes, the newer one goes mute:
        ComfyUI 0.33 does the same.
        """
        self._listeners.pop(client_id, None)

    async def deliver(self) -> None:
        """Send what is posted, until cancelled."""
        while True:
            await self._wake.wait()
            with self._lock:
                self._wake = anyio.Event()
                self._is_awake = False
            while self._outbox:
                await self._deliver(*self._outbox.popleft())

    def _is_known(self, client_id: object) -> bool:
        # A client_id of a graph may be any JSON value; only a string can match.
        return isinstance(client_id, str) and client_id in self._listeners

    def _post(self, content: str | Picture, client_id: object) -> None:
        if client_id is not None and not isinstance(client_id, str):
            return
        with self._lock:
            self._outbox.append((content, client_id))
            if self._is_awake:
                return
            self._is_awake = True
        try:
            self._loop.call_soon_threadsafe(self._ring)
        # The loop is gone: the server was stopped while its worker still ran.
        except RuntimeError:
            self._outbox.clear()

    def _ring(self) -> None:
        self._wake.set()

    async def _deliver(self, content: str | Picture, client_id: str | None) -> None:
        if client_id is None:
            listeners = list(self._listeners.values())
        else:
            owner = self._listeners.get(client_id)
            listeners = [owner] if owner else []
        for listener in listeners:
            await self._gate()
            if isinstance(content, Picture):
                # What belongs to nobody goes out without metadata, even to sockets
                # that asked for it (0.33).
                frame: str | bytes = content.as_frame(
                    with_metadata=client_id is not None and listener.supports_metadata
                )
            else:
                frame = content
            try:
                await listener.send(frame)
            # The peer has just gone; its own connection notices and says so.
            except OSError:
                continue
