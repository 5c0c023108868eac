"""The simulator as its users see it: a ComfyUI server in a thread of its own."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import attrs
from anyio.from_thread import BlockingPortal, start_blocking_portal
from attrs import define, field

from comfy_assets.simulator._fault_state import FaultState
from comfy_assets.simulator._folders import Folders
from comfy_assets.simulator._life import Life
from comfy_assets.simulator._listening import EVENT_LOOP, bind
from comfy_assets.simulator._worker import RunLog, SimulatedRun
from comfy_assets.simulator.faults import Faults, ServerControl


@define(eq=False, repr=False, kw_only=True)
class ComfyUISimulator:
    """A ComfyUI server that draws without a GPU, over real HTTP and WebSocket.

    Use it as a context manager: the port takes connections when the block is entered,
    and everything is gone when it is left. All methods and attributes are for the
    host's threads, never for the simulator's own.

    It answers as ComfyUI 0.33 does, knows a small catalogue of nodes, and needs the
    extra `comfy-assets[simulator]`.

    Args:
        host: Where to listen. The loopback by default: there is no authentication.
        port: The port; 0 takes any that is free.
        run_seconds: How long each run takes, 0 or more; spread over the steps of its
            samplers, or over its nodes when it has none. A run whose results are all
            remembered takes no time.
        steps: At most so many steps of a sampler are told, 1 or more; ComfyUI leaves
            steps out, too.
        output_directory: Where saved pictures go; kept afterwards. None uses a
            temporary folder that goes with the simulator.

    Raises:
        OSError: On entering, when the port is taken.
    """

    _host: str = field(default="127.0.0.1", alias="host")
    _port: int = field(default=0, alias="port")
    _run_seconds: float = field(default=0.3, alias="run_seconds")
    _steps: int = field(default=8, alias="steps")
    _output_directory: Path | None = field(
        default=None,
        alias="output_directory",
        converter=attrs.converters.optional(Path),
    )
    #: What to let go wrong; may be used while the simulator runs.
    faults: Faults = field(init=False)
    _fault_state: FaultState = field(init=False, factory=FaultState)
    _log: RunLog = field(init=False, factory=RunLog)
    _stack: ExitStack = field(init=False, factory=ExitStack)
    _lock: threading.RLock = field(init=False, factory=threading.RLock)
    _portal: BlockingPortal = field(init=False)
    _folders: Folders = field(init=False)
    _life: Life | None = field(init=False, default=None)
    _ending: Future[None] | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self.faults = Faults(
            self._fault_state,
            ServerControl(
                drop_sockets=lambda: self._in_loop(
                    lambda life: life.listening.cut_sockets()
                ),
                listen=self._listen_again,
                refuse=lambda: self._in_loop(lambda life: life.listening.refuse()),
                forget_queue=lambda: self._in_loop(
                    lambda life: life.queue.lose_waiting()
                ),
                die=self.die,
            ),
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            root = Path(tempfile.mkdtemp(prefix="comfyui-simulator-"))
            stack.callback(shutil.rmtree, root, ignore_errors=True)
            self._folders = Folders(root, self._output_directory or root / "output")
            self._portal = stack.enter_context(
                start_blocking_portal(
                    "asyncio",
                    {"loop_factory": EVENT_LOOP},
                    name="comfyui-simulator",
                )
            )
            stack.callback(self.die)
            self._begin_life()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def url(self) -> str:
        """The base address, such as `http://127.0.0.1:8188`."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def executed(self) -> Sequence[SimulatedRun]:
        """The runs that were started, in order, of all lives of the server."""
        return self._log.runs

    @property
    def busy_seconds(self) -> float:
        """The time in which a run was running, in seconds, of all lives."""
        return self._log.busy_seconds

    def restart(self) -> None:
        """Kill the server and start it again on the same port.

        As with a real one, connections break without a close frame, line and history
        are forgotten, numbers start at 0, the folder `temp` is emptied, `output` and
        `input` stay.

        Raises:
            RuntimeError: When the server is dead for good.
        """
        with self._lock:
            if self._life is None:
                msg = "a server that died does not come back: start a new simulator"
                raise RuntimeError(msg)
            self._end_life()
            self._folders.wipe_temp()
            self._begin_life()

    def die(self) -> None:
        """Kill the server for good: connections break, the port refuses."""
        with self._lock:
            self._end_life()

    def _begin_life(self) -> None:
        sock = bind(self._host, self._port)
        self._port = sock.getsockname()[1]
        try:
            life = self._portal.call(self._make_life)
            self._ending, _ = self._portal.start_task(life.live, sock)
        except BaseException:
            sock.close()
            raise
        self._life = life

    async def _make_life(self) -> Life:
        return Life(
            self._host,
            self._port,
            self._folders,
            self._fault_state,
            self._log,
            self._run_seconds,
            self._steps,
        )

    def _end_life(self) -> None:
        life, self._life = self._life, None
        if life is not None and self._ending is not None:
            self._portal.call(life.kill)
            self._ending.result()

    def _listen_again(self) -> None:
        with self._lock:
            if self._life is not None:
                self._portal.call(self._life.listening.open)

    def _in_loop(self, act: Callable[[Life], Awaitable[None] | None]) -> None:
        with self._lock:
            if self._life is not None:
                self._portal.call(act, self._life)


def serve(
    host: str = "127.0.0.1",
    port: int = 8188,
    *,
    run_seconds: float = 3.0,
    steps: int = 8,
    output_directory: Path | None = None,
    on_ready: Callable[[ComfyUISimulator], None] | None = None,
) -> None:
    """Run a simulator in the foreground until Ctrl+C.

    Args:
        host: Where to listen.
        port: The port; 0 takes any that is free.
        run_seconds: How long each run takes.
        steps: At most so many steps of a sampler are told.
        output_directory: Where saved pictures go; None uses a temporary folder.
        on_ready: Called once with the simulator when it takes connections.

    Raises:
        OSError: When the port is taken.
    """
    with ComfyUISimulator(
        host=host,
        port=port,
        run_seconds=run_seconds,
        steps=steps,
        output_directory=output_directory,
    ) as simulator:
        forever = threading.Event()
        try:
            if on_ready is not None:
                on_ready(simulator)
            # On Windows a wait without an end cannot be broken by Ctrl+C.
            while not forever.wait(1.0):
                pass
        except KeyboardInterrupt:
            return
