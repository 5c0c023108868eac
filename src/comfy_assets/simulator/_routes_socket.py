"""The WebSocket route `/ws`: greeting, feature flags, and staying open."""

from __future__ import annotations

import json
import uuid

from starlette.websockets import WebSocket, WebSocketDisconnect

from comfy_assets.simulator._services import Services
from comfy_assets.simulator._sockets import (
    FEATURES,
    Listener,
    status_data,
    text_frame,
)


async def serve_socket(services: Services, socket: WebSocket) -> None:
    """`/ws?clientId=`: greet a client and keep its socket until it goes."""
    client_id = socket.query_params.get("clientId") or uuid.uuid4().hex
    await socket.accept()
    # A stalled server greets nobody either; nothing may precede the greeting.
    await services.faults.hold_sockets(services.is_over)
    listener = Listener(lambda frame: _send(socket, frame))
    services.hub.add(client_id, listener)
    try:
        greeting = status_data(services.queue.remaining) | {"sid": client_id}
        await listener.send(text_frame("status", greeting))
        node_id = services.worker.running_node_of(client_id)
        if node_id is not None:
            # Without prompt_id, as ComfyUI sends it on a reconnect (0.33).
            await listener.send(text_frame("executing", {"node": node_id}))
        await _listen(socket, listener)
    # The peer went away, by its own wish or a broken line.
    except (WebSocketDisconnect, OSError):
        pass
    finally:
        services.hub.forget(client_id)


async def _listen(socket: WebSocket, listener: Listener) -> None:
    """Read all messages; only the first that is JSON may tell feature flags."""
    is_first = True
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            content = json.loads(message.get("text") or "")
        # Binary and broken messages are ignored and do not count.
        except ValueError:
            continue
        is_flags = isinstance(content, dict) and content.get("type") == "feature_flags"
        if is_first and is_flags:
            data = content.get("data")
            flags = data if isinstance(data, dict) else {}
            listener.supports_metadata = flags.get("supports_preview_metadata") is True
            await listener.send(text_frame("feature_flags", FEATURES))
        is_first = False


async def _send(socket: WebSocket, frame: str | bytes) -> None:
    """Send one frame.

    Raises:
        OSError: When the peer is gone.
    """
    try:
        if isinstance(frame, str):
            await socket.send_text(frame)
        else:
            await socket.send_bytes(frame)
    # Starlette's word for a peer that has gone.
    except (WebSocketDisconnect, RuntimeError) as error:
        raise ConnectionResetError from error
