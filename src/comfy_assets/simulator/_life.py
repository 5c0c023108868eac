"""One life of a simulated server: from listening to being killed.

Memory of a life (line, history, numbers, results) dies with it; files stay.
"""

from __future__ import annotations

import socket
import threading

import anyio
from anyio.abc import TaskStatus
from attrs import define, field

from comfy_assets.simulator._app import SimulatorApp
from comfy_assets.simulator._cache import NodeCache
from comfy_assets.simulator._execution import Stage
from comfy_assets.simulator._fault_state import FaultState
from comfy_assets.simulator._folders import Folders
from comfy_assets.simulator._listening import Listening
from comfy_assets.simulator._queue import RunQueue
from comfy_assets.simulator._services import Services
from comfy_assets.simulator._sockets import SocketHub, status_data
from comfy_assets.simulator._worker import RunLog, Worker


@define(eq=False)
class Life:
    """Everything that ends when the server's process ends; made in the event loop.

    Args:
        host: Where to listen.
        port: The port.
        folders: The files, which outlive this.
        faults: What is meant to go wrong.
        log: Where runs are noted, which outlives this.
        run_seconds: How long a run takes.
        steps: At most so many steps of a sampler are told.
    """

    _host: str
    _port: int
    _folders: Folders
    _faults: FaultState
    _log: RunLog
    _run_seconds: float
    _steps: int
    #: The line and the history.
    queue: RunQueue = field(init=False)
    #: The port.
    listening: Listening = field(init=False)
    _hub: SocketHub = field(init=False)
    _worker: Worker = field(init=False)
    _stopped: threading.Event = field(init=False, factory=threading.Event)
    _ended: anyio.Event = field(init=False, factory=anyio.Event)

    def __attrs_post_init__(self) -> None:
        self._hub = SocketHub(self._hold_sockets)
        self.queue = RunQueue(self._tell_status)
        stage = Stage(
            queue=self.queue,
            cache=NodeCache(),
            folders=self._folders,
            faults=self._faults,
            run_seconds=self._run_seconds,
            steps=self._steps,
            stopped=self._stopped,
        )
        self._worker = Worker(self._hub, stage, self._log)
        services = Services(
            queue=self.queue,
            worker=self._worker,
            hub=self._hub,
            folders=self._folders,
            faults=self._faults,
            is_over=self._stopped.is_set,
        )
        app = SimulatorApp(services, self._close_connection)
        self.listening = Listening(self._host, self._port, app)

    async def live(self, sock: socket.socket, *, task_status: TaskStatus[None]) -> None:
        """Serve until `kill`; started once the port takes connections."""
        self._worker.start()
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._hub.deliver)
                await self.listening.open(sock)
                task_status.started()
                await self._ended.wait()
                tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await self.kill()
                await anyio.to_thread.run_sync(self._worker.join)
                await self.listening.settle()

    async def kill(self) -> None:
        """End the server as if its process were killed."""
        # First of all: what ends next would answer the requests that are held.
        await self.listening.close()
        self._stopped.set()
        self.queue.close()
        self._ended.set()

    async def _hold_sockets(self) -> None:
        await self._faults.hold_sockets(self._stopped.is_set)

    def _close_connection(self, client: object) -> None:
        self.listening.close_one(client)

    def _tell_status(self, remaining: int) -> None:
        self._hub.post_text("status", status_data(remaining))
