"""Threads for the blocking work of image stores: pictures and files."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

_Result = TypeVar("_Result")
_Args = TypeVarTuple("_Args")

#: Unpacked pictures are large and the processor's cores few: more at once would cost
#: memory and win nothing.
_AT_ONCE = min(4, os.cpu_count() or 1)


class ImageThreads:
    """Runs blocking work in a few threads of its own, in any event loop.

    Apart from the threads of the rest, so that a run of thumbnails does not keep the
    database waiting.
    """

    def __init__(self) -> None:
        # A limiter belongs to one event loop, a store may outlive it.
        self._limiter = RunVar[CapacityLimiter]("comfy_assets image threads")

    async def run(
        self, function: Callable[[*_Args], _Result], *args: *_Args
    ) -> _Result:
        """Call the function in a thread and return what it returns.

        Cancellation is felt before the thread begins. From then on the call waits for
        the thread's end and keeps its result, so the work is done wholly or not at
        all.
        """
        try:
            limiter = self._limiter.get()
        except LookupError:
            limiter = CapacityLimiter(_AT_ONCE)
            self._limiter.set(limiter)
        return await to_thread.run_sync(function, *args, limiter=limiter)
