"""`Waiting`: waits for a run to end, by what the WebSocket tells and by asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from comfy_assets.adapters.comfyui._endings import Place, RunEnd
from comfy_assets.adapters.comfyui._stopping import take_back
from comfy_assets.errors import ComfyUITimeoutError, ComfyUIUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from comfy_assets.adapters.comfyui._followers import Follower
    from comfy_assets.adapters.comfyui._link import Link
    from comfy_assets.adapters.comfyui._run import Run

#: Between two questions while nothing is heard.
_FIRST_POLL_SECONDS: Final = 0.25
_LONGEST_POLL_SECONDS: Final = 1.0
#: ``execution_success`` comes before the history entry is written (ComfyUI 0.33), by
#: milliseconds.
_HISTORY_SECONDS: Final = 0.01
#: How often a run must be unknown in a row before it counts as lost.
_MOST_UNKNOWN: Final = 3
#: A frame may be this much behind the history entry that tells the same.
_FRAME_LAG_SECONDS: Final = 0.25


class Waiting:
    """The wait for one run."""

    def __init__(
        self,
        link: Link,
        follower: Follower,
        *,
        prompt_id: str,
        server_id: str,
        deliver: Callable[[Run], None],
    ) -> None:
        self._link = link
        self._follower = follower
        self._prompt_id = prompt_id
        self._server_id = server_id
        #: Called with the run whenever it may have news for the caller.
        self._deliver = deliver
        self._poll_seconds = _FIRST_POLL_SECONDS
        self._history_seconds = _HISTORY_SECONDS
        self._unknown = 0
        self._last_asked = anyio.current_time()
        self._at_work_since: float | None = None
        self._was_heard = link.hears(follower.client_id)

    async def end(self, place: Place) -> RunEnd:
        """Wait for the end.

        Args:
            place: Where the run is, as was just found out.

        Raises:
            ComfyUIUnavailableError: When the server stays away or lost the run.
            ComfyUITimeoutError: When the run does not get on; it is interrupted.
            ComfyUIError: When something else than ComfyUI answers.
        """
        run = self._follower.run
        self._take_in(place)
        while True:
            # Taken before looking at the run: what comes in between is not missed.
            changed = self._follower.next_change()
            self._deliver(run)
            if run.end is not None:
                return run.end
            self._note_hearing()
            await self._check_limits()
            with anyio.move_on_after(self._pause()):
                await changed.wait()
            # Asked anew: a message may have moved the moment on without waking us.
            if not changed.is_set() and self._pause() <= 0:
                await self._ask()

    def _take_in(self, place: Place) -> None:
        run = self._follower.run
        if place.where == "ended":
            run.end = place.end
        elif place.where == "working":
            run.is_at_work = True
        self._unknown = self._unknown + 1 if place.where is None else 0

    def _note_hearing(self) -> None:
        """Look whether the connection still stands that tells of this run."""
        is_heard = self._link.hears(self._follower.client_id)
        now = anyio.current_time()
        if self._was_heard and not is_heard:
            # From here on nothing can be heard: silence says nothing about before.
            self._follower.last_sign = now
            self._last_asked, self._poll_seconds = 0.0, _FIRST_POLL_SECONDS
        self._was_heard = is_heard
        if self._follower.run.is_at_work and self._at_work_since is None:
            self._at_work_since = now

    def _pause(self) -> float:
        """Return the seconds until the server must be asked, or a limit looked at."""
        now = anyio.current_time()
        if self._follower.run.needs_history:
            due = self._last_asked + self._history_seconds
        elif self._unknown:
            due = self._last_asked + _FIRST_POLL_SECONDS
        elif self._was_heard:
            silent_since = max(self._last_asked, self._follower.last_sign)
            due = silent_since + self._link.timeouts.poll_seconds
        else:
            due = self._last_asked + self._poll_seconds
        return max(0.0, min(due, *(at for _, _, at in self._limits())) - now)

    async def _ask(self) -> None:
        link, run = self._link, self._follower.run
        if run.needs_history:
            self._history_seconds = min(2 * self._history_seconds, 1.0)
            end = await link.ask(lambda: link.whereabouts.find_end(self._server_id))
            self._last_asked = anyio.current_time()
            if end is not None:
                run.end = end
                return
        else:
            self._poll_seconds = min(1.5 * self._poll_seconds, _LONGEST_POLL_SECONDS)
        place = await link.ask(lambda: link.whereabouts.find(self._prompt_id))
        self._last_asked = anyio.current_time()
        if place.where == "ended" and self._was_heard and not run.needs_history:
            await self._look_at_silence()
        if run.end is None:
            self._take_in(place)
        if self._unknown >= _MOST_UNKNOWN:
            problem = (
                f"it no longer knows run {self._prompt_id}: it was restarted, or "
                "somebody cleared its queue. Running it again is safe."
            )
            raise ComfyUIUnavailableError(link.server, problem)

    async def _look_at_silence(self) -> None:
        """Give up a connection that did not tell of an end that the server knows."""
        changed = self._follower.next_change()
        with anyio.move_on_after(_FRAME_LAG_SECONDS) as pause:
            await changed.wait()
        if pause.cancelled_caught and self._follower.client_id is not None:
            self._link.keeper.distrust(self._follower.client_id)

    def _limits(self) -> list[tuple[str, float, float]]:
        """Return what is limited: its name, the limit, and when it runs out."""
        if self._at_work_since is None:
            return [("", 0.0, float("inf"))]
        timeouts = self._link.timeouts
        last_sign = max(self._at_work_since, self._follower.last_sign)
        limits = [
            (
                f"run {self._prompt_id} without a sign of getting on",
                timeouts.stall_seconds,
                last_sign + timeouts.stall_seconds,
            )
        ]
        if timeouts.run_seconds is not None:
            at = self._at_work_since + timeouts.run_seconds
            limits.append((f"run {self._prompt_id}", timeouts.run_seconds, at))
        return limits

    async def _check_limits(self) -> None:
        for operation, seconds, at in self._limits():
            if anyio.current_time() >= at:
                await take_back(self._link, self._prompt_id, self._server_id)
                raise ComfyUITimeoutError(self._link.server, operation, seconds)
