"""`Link`: what all calls to one server share while its client is open."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
from attrs import define, field

from comfy_assets.adapters.comfyui._followers import Followers
from comfy_assets.errors import ComfyUIUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup

    from comfy_assets.adapters.comfyui._keeper import SocketKeeper
    from comfy_assets.adapters.comfyui._routes import Routes
    from comfy_assets.adapters.comfyui._settings import ComfyUITimeouts
    from comfy_assets.adapters.comfyui._whereabouts import Whereabouts

_T = TypeVar("_T")

_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 1.0
#: Each is doomed but for a moment.
_MAX_DOOMED: Final = 256


@define(eq=False, kw_only=True)
class Link:
    """The open parts of a client; lives from entering it to leaving it."""

    #: The server's address without credentials.
    server: str
    timeouts: ComfyUITimeouts
    routes: Routes
    whereabouts: Whereabouts
    keeper: SocketKeeper
    followers: Followers
    #: Where requests run on that must not be cut off half-way.
    tasks: TaskGroup
    #: Runs, by the server's id, of which this client knows that they end badly, while
    #: the server may still show them as at work: it interrupted them, or was told.
    doomed: deque[str] = field(factory=lambda: deque(maxlen=_MAX_DOOMED))

    def no_longer_doomed(self, server_id: str) -> bool:
        """Take a run off the doomed ones; says whether it was among them."""
        was_doomed = server_id in self.doomed
        while server_id in self.doomed:
            self.doomed.remove(server_id)
        return was_doomed

    async def ask(self, question: Callable[[], Awaitable[_T]]) -> _T:
        """Ask something that may be asked twice, again while the server is away.

        Raises:
            ComfyUIUnavailableError: When it stays away for ``unreachable_seconds``.
            ComfyUIError: What the question raises else.
        """
        started = anyio.current_time()
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await question()
            except ComfyUIUnavailableError:
                waited = anyio.current_time() + pause - started
                if waited > self.timeouts.unreachable_seconds:
                    raise
            await anyio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def hears(self, client_id: str | None) -> bool:
        """Whether what is posted under this id is told over the present WebSocket."""
        return client_id is not None and client_id == self.keeper.client_id
