"""What the routes of one server work on; put together in `_life`."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from comfy_assets.simulator._fault_state import FaultState
from comfy_assets.simulator._folders import Folders
from comfy_assets.simulator._queue import RunQueue
from comfy_assets.simulator._sockets import SocketHub
from comfy_assets.simulator._worker import Worker


@frozen(kw_only=True)
class Services:
    """The parts of one server that answer requests."""

    #: The line and the history.
    queue: RunQueue
    #: The thread that runs graphs.
    worker: Worker
    #: The open sockets.
    hub: SocketHub
    #: The files.
    folders: Folders
    #: What is meant to go wrong.
    faults: FaultState
    #: Whether the server was killed, so that nothing need be waited for.
    is_over: Callable[[], bool]
