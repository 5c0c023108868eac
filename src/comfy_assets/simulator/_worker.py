"""The one thread that runs graphs, one after the other.

What happens within a run is in `_execution`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Literal

from attrs import define, evolve, field, frozen

from comfy_assets.simulator._execution import Execution, Stage
from comfy_assets.simulator._pace import RunLostError
from comfy_assets.simulator._queue import QueuedRun
from comfy_assets.simulator._report import RunReport
from comfy_assets.simulator._sockets import SocketHub

#: So many runs are remembered for `ComfyUISimulator.executed`.
_REMEMBERED_RUNS = 100_000


@frozen(kw_only=True)
class SimulatedRun:
    """One run that the simulator started."""

    #: The id of `POST /prompt`.
    prompt_id: str
    #: Its number in the line.
    number: float
    #: Whose it was; None when the request named no client.
    client_id: object
    #: How it ended; `running` while it runs, `lost` when the server went away.
    outcome: Literal["running", "success", "error", "interrupted", "lost"]
    #: Whether no node had to run, because all results were remembered.
    cached: bool
    #: How long it took, in seconds; 0 while it runs.
    seconds: float


@define(eq=False)
class RunLog:
    """What was run in all lives of a simulator, and how long it was busy."""

    _runs: deque[SimulatedRun] = field(
        init=False, factory=lambda: deque(maxlen=_REMEMBERED_RUNS)
    )
    _current: SimulatedRun | None = field(init=False, default=None)
    _started_at: float = field(init=False, default=0.0)
    _busy_seconds: float = field(init=False, default=0.0)
    _lock: threading.Lock = field(init=False, factory=threading.Lock)

    def start(self, run: QueuedRun) -> None:
        """Note that a run starts."""
        with self._lock:
            self._started_at = time.monotonic()
            self._current = SimulatedRun(
                prompt_id=run.prompt_id,
                number=run.number,
                client_id=run.extra_data.get("client_id"),
                outcome="running",
                cached=False,
                seconds=0.0,
            )

    def end(
        self,
        outcome: Literal["success", "error", "interrupted", "lost"],
        *,
        cached: bool,
    ) -> None:
        """Note how the running run ended."""
        with self._lock:
            seconds = time.monotonic() - self._started_at
            self._busy_seconds += seconds
            if self._current:
                self._runs.append(
                    evolve(
                        self._current, outcome=outcome, cached=cached, seconds=seconds
                    )
                )
            self._current = None

    @property
    def runs(self) -> list[SimulatedRun]:
        """All runs in the order in which they were started."""
        with self._lock:
            return [*self._runs, *_some(self._current)]

    @property
    def busy_seconds(self) -> float:
        """The time in which a run was running."""
        with self._lock:
            if self._current is None:
                return self._busy_seconds
            return self._busy_seconds + time.monotonic() - self._started_at


@define(eq=False)
class Worker:
    """Take runs from the line and run them, in a thread of its own.

    Args:
        hub: Where frames go.
        stage: What the runs share.
        log: Where runs are noted.
    """

    _hub: SocketHub
    _stage: Stage
    _log: RunLog
    _report: RunReport | None = field(init=False, default=None)
    _thread: threading.Thread = field(init=False)
    _must_forget: bool = field(init=False, default=False)

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(
            target=self._work, name="comfyui-simulator-worker", daemon=True
        )
        self._thread.start()

    def join(self) -> None:
        """Wait for the thread; the line must be closed and `stopped` set."""
        self._thread.join()

    def free_memory(self) -> None:
        """Forget remembered results before the next run (`POST /free`)."""
        self._must_forget = True

    def running_node_of(self, client_id: str) -> str | None:
        """Return the node that runs for this client now, if any."""
        report = self._report
        return report.current_node if report and report.owner == client_id else None

    def _work(self) -> None:
        while (run := self._stage.queue.take()) is not None:
            if self._must_forget:
                self._must_forget = False
                self._stage.cache.clear()
            self._run(run)

    def _run(self, run: QueuedRun) -> None:
        report = RunReport(self._hub, run)
        execution = Execution(run, self._stage, report)
        self._report = report
        self._log.start(run)
        try:
            ending = execution.perform()
        except RunLostError:
            self._log.end("lost", cached=False)
            return
        self._log.end(ending, cached=execution.is_cached)
        # The entry follows the end sign, as in ComfyUI 0.33: a client that asks at
        # once may find no history yet. `executing null` comes when it is there.
        entry = report.history_entry(is_success=ending == "success")
        self._stage.queue.finish(run, entry)
        report.run_ended()


def _some(run: SimulatedRun | None) -> Iterable[SimulatedRun]:
    return () if run is None else (run,)
