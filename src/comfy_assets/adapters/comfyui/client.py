"""`ComfyUIClient`: one ComfyUI server as a `ComfyClient`."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from comfy_assets.adapters.comfyui._address import ServerAddress
from comfy_assets.adapters.comfyui._settings import ComfyUITimeouts
from comfy_assets.domain.events import ComfyUIState
from comfy_assets.errors import ComfyUIError
from comfy_assets.ports.comfy import ComfyClient, ComfyUIHealth

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from comfy_assets.adapters.comfyui._link import Link
    from comfy_assets.domain.identity import PromptId
    from comfy_assets.domain.workflows.graph import Workflow
    from comfy_assets.ports.comfy import OutputImage, RunPreview, RunProgress

_logger = logging.getLogger("comfy_assets.comfyui")


class ComfyUIClient(ComfyClient):
    """A client of one ComfyUI server, from versions of 2023 on.

    Inside ``async with`` it keeps one WebSocket open, reconnects by itself, and goes on
    by polling while there is none. A server that is away is waited for, for
    ``timeouts.unreachable_seconds``. Works on asyncio and trio.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeouts: ComfyUITimeouts | None = None,
        on_state_change: Callable[[ComfyUIState, str], None] | None = None,
    ) -> None:
        """Check the arguments; nothing is sent before the client is entered.

        Args:
            url: The server's address, such as ``"http://127.0.0.1:8188"``; http or
                https, with a path prefix, credentials or a query if the server wants
                them. Credentials appear in no error, log line or ``repr``.
                Behind https its certificate is checked by the authorities that the
                world trusts and those that this machine does, by its own store or by
                the environment variable ``SSL_CERT_FILE``.
            headers: Sent with every request and the WebSocket's handshake.
            timeouts: Every time limit; the defaults suit a server on the LAN.
            on_state_change: As the attribute.

        Raises:
            InvalidRequestError: When the URL or a header cannot be used.
        """
        self._address = ServerAddress.parse(url, headers or {})
        #: Every time limit.
        self.timeouts: ComfyUITimeouts = timeouts or ComfyUITimeouts()
        #: Called with each new state and a sentence, in the client's event loop; must
        #: return at once.
        self.on_state_change = on_state_change
        self._state = ComfyUIState.DISCONNECTED
        self._is_answering = False
        #: ``None`` until the first attempt to open it has ended.
        self._has_socket: bool | None = None
        self._link: Link | None = None
        self._open = AsyncExitStack()

    def __repr__(self) -> str:
        return f"ComfyUIClient({self.server!r})"

    @property
    def server(self) -> str:
        """The server's address without credentials and query."""
        return self._address.server

    @property
    def state(self) -> ComfyUIState:
        """How the server stands, as far as was last heard."""
        return self._state

    async def __aenter__(self) -> Self:
        """Start to connect in the background; the server may be away."""
        # httpx and websockets are loaded by those who use them, not by every import.
        from comfy_assets.adapters.comfyui._opening import (  # noqa: PLC0415
            open_link,
        )

        if self._link is not None:
            raise ComfyUIError(self.server, "its client is entered already.")
        async with AsyncExitStack() as opening:
            self._link = await opening.enter_async_context(
                open_link(
                    self._address,
                    self.timeouts,
                    on_answer=self._note_answer,
                    on_socket=self._note_socket,
                )
            )
            self._open = opening.pop_all()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        """Close the WebSocket and all connections."""
        self._link = None
        self._is_answering, self._has_socket = False, None
        self._state = ComfyUIState.DISCONNECTED
        return await self._open.__aexit__(exc_type, exc, traceback)

    async def execute(
        self,
        workflow: Workflow,
        *,
        prompt_id: PromptId,
        is_new: bool = False,
        on_progress: Callable[[RunProgress], None] | None = None,
        on_preview: Callable[[RunPreview], None] | None = None,
    ) -> Sequence[OutputImage]:
        """Run a workflow to its end; see `ComfyClient.execute`."""
        from comfy_assets.adapters.comfyui._execution import (  # noqa: PLC0415 - as above
            Execution,
        )

        execution = Execution(
            self._opened(),
            workflow,
            prompt_id=prompt_id,
            is_new=is_new,
            on_progress=on_progress,
            on_preview=on_preview,
        )
        return await execution.images()

    async def upload_image(self, data: bytes, *, filename: str) -> str:
        """Store an image among the server's inputs; see `ComfyClient.upload_image`."""
        link = self._opened()
        # The same bytes under the same name are stored once: asking twice is safe.
        return await link.ask(lambda: link.routes.upload(data, filename))

    async def object_info(self) -> Mapping[str, Any]:
        """Return the catalogue of node classes; see `ComfyClient.object_info`."""
        link = self._opened()
        return await link.ask(link.routes.object_info)

    async def check_health(self) -> ComfyUIHealth:
        """Ask the server how it is; see `ComfyClient.check_health`."""
        link = self._opened()
        stats = await link.routes.system_stats()
        await link.keeper.ready(self.timeouts.socket_seconds)
        try:
            queue_remaining = await link.routes.queue_remaining()
        except ComfyUIError:
            # The server answered a moment ago: one figure less is no failure.
            queue_remaining = None
        return ComfyUIHealth(
            server=self.server,
            state=self._state,
            version=_version(stats),
            devices=_devices(stats),
            queue_remaining=queue_remaining,
        )

    async def capacity(self) -> int:
        """Return 1: ComfyUI works at one run at a time."""
        return 1

    def _opened(self) -> Link:
        if self._link is None:
            problem = "its client is not open: use it inside 'async with client'."
            raise ComfyUIError(self.server, problem)
        return self._link

    def _note_answer(self, is_answering: bool) -> None:  # noqa: FBT001 - one fact
        self._is_answering = is_answering
        self._update_state()

    def _note_socket(self, is_open: bool) -> None:  # noqa: FBT001 - one fact
        self._has_socket = is_open
        # An open WebSocket is an answer as well.
        self._is_answering = self._is_answering or is_open
        self._update_state()

    def _update_state(self) -> None:
        if self._has_socket is None:
            return
        if not self._is_answering:
            state, message = ComfyUIState.DISCONNECTED, "does not answer"
        elif self._has_socket:
            state, message = ComfyUIState.CONNECTED, "is connected"
        else:
            state, message = (
                ComfyUIState.DEGRADED,
                "answers, but its WebSocket does not: runs are followed by polling",
            )
        if state is self._state:
            return
        self._state = state
        if self.on_state_change is None:
            return
        try:
            self.on_state_change(state, f"ComfyUI at {self.server} {message}.")
        except Exception:
            # A listener's fault must not end the connection that it listens to.
            _logger.exception("on_state_change raised")


def _version(stats: Mapping[str, Any]) -> str | None:
    match stats.get("system"):
        case {"comfyui_version": str(version)} if version != "unknown":
            return version
        case _:
            return None


def _devices(stats: Mapping[str, Any]) -> tuple[str, ...]:
    devices = stats.get("devices")
    return tuple(
        str(device["name"])
        for device in (devices if isinstance(devices, list) else ())
        if isinstance(device, dict) and device.get("name")
    )
