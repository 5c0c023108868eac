"""Opens what a client needs, and closes it in the right order."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import anyio

from comfy_assets.adapters.comfyui._followers import Followers
from comfy_assets.adapters.comfyui._http import ComfyHttp
from comfy_assets.adapters.comfyui._keeper import SocketKeeper
from comfy_assets.adapters.comfyui._link import Link
from comfy_assets.adapters.comfyui._routes import Routes
from comfy_assets.adapters.comfyui._whereabouts import Whereabouts
from comfy_assets.errors import ComfyUIError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from comfy_assets.adapters.comfyui._address import ServerAddress
    from comfy_assets.adapters.comfyui._settings import ComfyUITimeouts


@asynccontextmanager
async def open_link(
    address: ServerAddress,
    timeouts: ComfyUITimeouts,
    *,
    on_answer: Callable[[bool], None],
    on_socket: Callable[[bool], None],
) -> AsyncIterator[Link]:
    """Open connections to a server that may be away, and close them on leaving.

    Args:
        on_answer: Told after each request whether ComfyUI answered.
        on_socket: Told whenever the WebSocket opened, or was lost or failed to open.
    """
    followers = Followers()
    http = ComfyHttp(
        address, connect_seconds=timeouts.connect_seconds, on_answer=on_answer
    )
    routes = Routes(http, address.server, timeouts)
    whereabouts = Whereabouts(routes)

    def on_change() -> None:
        followers.wake_all()
        if keeper.client_id is not None:
            whereabouts.forget_server()
            on_socket(True)  # noqa: FBT003 - one fact

    async def on_failure() -> None:
        # Only an answer tells a server without WebSocket from one that is away. The
        # request reports to `on_answer` by itself.
        with suppress(ComfyUIError):
            await routes.queue_remaining()
        on_socket(False)  # noqa: FBT003 - one fact

    keeper = SocketKeeper(
        address,
        tls=http.tls,
        on_frame=followers.on_frame,
        on_change=on_change,
        on_failure=on_failure,
    )
    async with http:
        tasks = anyio.create_task_group()
        await tasks.__aenter__()
        try:
            tasks.start_soon(keeper.run)
            yield Link(
                server=address.server,
                timeouts=timeouts,
                routes=routes,
                whereabouts=whereabouts,
                keeper=keeper,
                followers=followers,
                tasks=tasks,
            )
        finally:
            tasks.cancel_scope.cancel()
            # Without the block's exception, which a task group would wrap in a group:
            # it belongs to the host and passes as it is.
            await tasks.__aexit__(None, None, None)
