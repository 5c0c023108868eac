"""The line of waiting runs and the history of finished ones, safe for threads.

Running them is `_worker`'s business; telling sockets about it is `_sockets`'.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Collection
from typing import Any

from attrs import define, field, frozen

from comfy_assets.simulator._graph import Graph, JsonObject

#: ComfyUI forgets older entries (0.33).
HISTORY_LENGTH = 10_000


class SameTicketError(Exception):
    """A waiting run has the same id and the same number (ComfyUI answers 500)."""


@frozen(kw_only=True)
class QueuedRun:
    """One accepted `POST /prompt`."""

    #: Its place in the line: the lowest number runs first, ties by `prompt_id`.
    number: float
    #: The id the server answered with.
    prompt_id: str
    #: The validated graph.
    graph: Graph
    #: As sent, with `client_id` and `create_time` added.
    extra_data: JsonObject
    #: The output nodes that will run.
    outputs: list[str]

    def as_item(self) -> list[Any]:
        """Return the form `/queue` and `/history` show."""
        return [
            self.number,
            self.prompt_id,
            self.graph,
            self.extra_data,
            self.outputs,
        ]


_Ticket = tuple[float, str, QueuedRun]


@define(eq=False)
class RunQueue:
    """Keep waiting, running and finished runs.

    Args:
        changed: Called after each change of the line, from the thread that made it,
            with running + waiting.
    """

    _changed: Callable[[int], None]
    _lock: threading.Condition = field(init=False, factory=threading.Condition)
    _heap: list[_Ticket] = field(init=False, factory=list)
    #: Number and id of each waiting run: a long line must not make `put` slow.
    _tickets: set[tuple[float, str]] = field(init=False, factory=set)
    _running: QueuedRun | None = field(init=False, default=None)
    _history: dict[str, JsonObject] = field(init=False, factory=dict)
    _counter: int = field(init=False, default=0)
    _is_closed: bool = field(init=False, default=False)
    _interrupted: bool = field(init=False, default=False)

    @property
    def remaining(self) -> int:
        """Runs that are waiting or running."""
        with self._lock:
            return len(self._heap) + (self._running is not None)

    def draw_number(self) -> int:
        """Return the next number; they start at 0 in each life of a server."""
        with self._lock:
            self._counter += 1
            return self._counter - 1

    def put(self, run: QueuedRun) -> None:
        """Line a run up.

        Raises:
            SameTicketError: When a waiting run has the same id and number.
        """
        with self._lock:
            key = (run.number, run.prompt_id)
            if key in self._tickets:
                raise SameTicketError(run.prompt_id)
            self._tickets.add(key)
            heapq.heappush(self._heap, (*key, run))
            self._lock.notify()
        self._changed(self.remaining)

    def take(self) -> QueuedRun | None:
        """Wait for the next run and make it the running one; None when closed."""
        with self._lock:
            self._lock.wait_for(lambda: self._heap or self._is_closed)
            if self._is_closed:
                return None
            run = heapq.heappop(self._heap)[2]
            self._tickets.discard((run.number, run.prompt_id))
            self._running = run
            # The wish to interrupt never outlives the run it was meant for.
            self._interrupted = False
        self._changed(self.remaining)
        return run

    def finish(self, run: QueuedRun, entry: JsonObject) -> None:
        """Write the running run's history entry and free the worker."""
        with self._lock:
            self._running = None
            if self._is_closed:
                return
            self._history[run.prompt_id] = {"prompt": run.as_item(), **entry}
            if len(self._history) > HISTORY_LENGTH:
                del self._history[next(iter(self._history))]
        self._changed(self.remaining)

    def close(self) -> None:
        """Forget the line and let the worker go."""
        with self._lock:
            self._is_closed = True
            self._heap.clear()
            self._tickets.clear()
            self._lock.notify_all()

    def snapshot(self) -> tuple[QueuedRun | None, list[QueuedRun]]:
        """Return the running run and the waiting ones, in heap order like ComfyUI."""
        with self._lock:
            return self._running, [ticket[2] for ticket in self._heap]

    def delete(self, prompt_ids: Collection[str]) -> bool:
        """Remove waiting runs, and say whether there were any."""
        with self._lock:
            kept = [t for t in self._heap if t[1] not in prompt_ids]
            found = len(kept) < len(self._heap)
            heapq.heapify(kept)
            self._heap = kept
            self._tickets = {ticket[:2] for ticket in kept}
        if found:
            self._changed(self.remaining)
        return found

    def clear(self) -> None:
        """Remove all waiting runs."""
        with self._lock:
            self._heap.clear()
            self._tickets.clear()
        self._changed(self.remaining)

    def lose_waiting(self) -> None:
        """Remove all waiting runs and tell nobody: a fault, no route does so."""
        with self._lock:
            self._heap.clear()
            self._tickets.clear()

    def interrupt(self, prompt_id: str | None = None) -> bool:
        """Ask the running run to stop.

        Args:
            prompt_id: Only if this run is running; None means whichever runs.

        Returns:
            Whether a run was asked.
        """
        with self._lock:
            if self._running is None:
                return False
            if prompt_id is not None and self._running.prompt_id != prompt_id:
                return False
            self._interrupted = True
            return True

    @property
    def is_interrupted(self) -> bool:
        """Whether the running run was asked to stop."""
        return self._interrupted

    def history(
        self, max_items: int | None = None, offset: int = -1
    ) -> dict[str, JsonObject]:
        """Return finished runs, oldest first.

        Args:
            max_items: At most so many; the newest unless an offset is given.
            offset: Skip so many of the oldest; negative means none was given.
        """
        with self._lock:
            entries = list(self._history.items())
        if offset < 0 and max_items is not None:
            offset = len(entries) - max_items
        start = max(offset, 0)
        end = len(entries) if max_items is None else start + max_items
        return dict(entries[start:end])

    def entry(self, prompt_id: str) -> JsonObject | None:
        """Return the history entry of a run, or None."""
        with self._lock:
            return self._history.get(prompt_id)

    def forget(self, prompt_ids: Collection[str]) -> None:
        """Remove entries from the history; unknown ids are no mistake."""
        with self._lock:
            for prompt_id in prompt_ids:
                self._history.pop(prompt_id, None)

    def forget_all(self) -> None:
        """Empty the history."""
        with self._lock:
            self._history.clear()
