"""How a run's time passes: evenly over its steps, and cut short when it must end."""

from __future__ import annotations

import threading
import time

from attrs import define, field


class RunLostError(Exception):
    """The server went away in the middle of the run."""


@define(eq=False)
class Pace:
    """Let a given time pass in equal parts.

    What is computed between two parts counts as time that has passed.

    Args:
        seconds: The whole time, at least 0.
        parts: Into how many parts, at least 1.
        stopped: Set when the server goes away.
    """

    _seconds: float
    _parts: int
    _stopped: threading.Event
    _done: int = field(init=False, default=0)
    _start: float = field(init=False, factory=time.monotonic)

    def wait(self) -> None:
        """Wait for the end of the next part.

        Raises:
            RunLostError: When the server went away.
        """
        self._done += 1
        share = min(self._done / self._parts, 1.0)
        left = self._start + self._seconds * share - time.monotonic()
        if self._stopped.wait(left) if left > 0 else self._stopped.is_set():
            raise RunLostError


def reported_steps(steps: int, at_most: int) -> list[int]:
    """Choose the steps a sampler tells of: the first, the last and some between.

    ComfyUI leaves steps out in the same way when they come too fast (0.33).
    """
    if steps <= at_most:
        return list(range(1, steps + 1))
    if at_most == 1:
        return [steps]
    return [1 + (steps - 1) * i // (at_most - 1) for i in range(at_most)]
