"""Ending in good order what a cancelled call has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from anyio import (
    CancelScope,
    Event,
    create_task_group,
    get_cancelled_exc_class,
    move_on_after,
    sleep_forever,
)
from anyio.lowlevel import checkpoint_if_cancelled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


async def finish(work: Callable[[], Awaitable[T]], *, grace_seconds: float) -> T:
    """Return what `work` returns; when cancelled, let it go on for a moment.

    A transaction takes some milliseconds, while a connection that is torn off costs
    the server a roll-back, and us a new connection. A call that is cancelled before
    it begins does nothing.

    Args:
        grace_seconds: How long the work may go on after the cancellation.
    """
    await checkpoint_if_cancelled()
    ending = _Ending[T]()
    async with create_task_group() as tasks:
        tasks.start_soon(ending.watch, grace_seconds)
        await ending.run(work)
    if not ending.has_outcome:
        # Cut short: the cancellation that did it is on its way to us.
        await sleep_forever()
    return ending.outcome()


class _Ending(Generic[T]):
    """One piece of work, shielded from cancellation until its grace is over."""

    def __init__(self) -> None:
        self._scope = CancelScope(shield=True)
        self._done = Event()
        self._results: list[T] = []
        self._error: Exception | None = None

    async def run(self, work: Callable[[], Awaitable[T]]) -> None:
        with self._scope:
            try:
                self._results.append(await work())
            except Exception as error:  # noqa: BLE001 - raised by `outcome`, bare of the group
                self._error = error
            finally:
                self._done.set()

    async def watch(self, grace_seconds: float) -> None:
        # Ends by itself with the work: to cancel a task costs several times as much.
        try:
            await self._done.wait()
        except get_cancelled_exc_class():
            with move_on_after(grace_seconds, shield=True):
                await self._done.wait()
            # Too late for what is done; the end of patience for what hangs.
            self._scope.cancel()
            raise

    @property
    def has_outcome(self) -> bool:
        return bool(self._results) or self._error is not None

    def outcome(self) -> T:
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return self._results[0]
