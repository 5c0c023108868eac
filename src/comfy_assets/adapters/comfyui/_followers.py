"""Brings WebSocket messages to the runs that they are about."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import anyio
from attrs import define, evolve, field

from comfy_assets.adapters.comfyui._messages import (
    Message,
    NodesProgressed,
    NodeStarted,
    PictureCame,
    RunLeft,
    parse_frame,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from comfy_assets.adapters.comfyui._run import Run

#: Messages kept for a run whose id the server has not told yet.
_MAX_UNCLAIMED: Final = 2_000


@define(eq=False)
class Follower:
    """A call that waits for a run."""

    #: What is known of the run.
    run: Run
    #: Whether its caller wants pictures in the making.
    wants_previews: bool
    #: The connection that the run was posted under; ``None`` if it was not by us.
    client_id: str | None = None
    #: When the run was last heard of, on anyio's clock.
    last_sign: float = field(factory=anyio.current_time)
    _changed: anyio.Event = field(factory=anyio.Event, init=False)

    def wake(self) -> None:
        """Let the call look at its run again."""
        self._changed.set()

    def next_change(self) -> anyio.Event:
        """Return what is set by the next `wake`; for the one call that waits."""
        if self._changed.is_set():
            self._changed = anyio.Event()
        return self._changed


class Followers:
    """The calls that wait, by the id that the server gave their run."""

    def __init__(self) -> None:
        self._by_id: dict[str, list[Follower]] = {}
        self._postings = 0
        self._unclaimed: deque[Message] = deque(maxlen=_MAX_UNCLAIMED)
        #: The run that the last message about work was about. Pictures without ids
        #: (binary type 1) belong to it, and to nobody if it is none of ours.
        self._last_at_work: str | None = None

    def on_frame(self, frame: str | bytes) -> None:
        """Read a frame and tell its run; foreign ones are dropped."""
        if isinstance(frame, bytes) and not self._wants_pictures():
            return
        message = parse_frame(frame)
        if message is None:
            return
        server_id = message.prompt_id
        if isinstance(message, PictureCame) and server_id is None:
            server_id = self._last_at_work
            message = evolve(message, prompt_id=server_id)
        elif isinstance(message, NodeStarted | NodesProgressed):
            self._last_at_work = server_id
        elif isinstance(message, RunLeft):
            self._last_at_work = None
        # "executing" without an id, sent on reconnecting, is about a run of an older
        # connection, which is followed by polling.
        if server_id is not None:
            self._tell(server_id, message)

    @contextmanager
    def following(self, server_id: str, follower: Follower) -> Iterator[None]:
        """Tell `follower` what comes about this id, inside the block."""
        self._by_id.setdefault(server_id, []).append(follower)
        try:
            for message in self._unclaimed:
                if message.prompt_id == server_id:
                    follower.run.tell(message)
            yield
        finally:
            followers = self._by_id[server_id]
            followers.remove(follower)
            if not followers:
                del self._by_id[server_id]

    @contextmanager
    def posting(self) -> Iterator[None]:
        """Keep messages of unknown runs, inside the block.

        Frames may come before the answer to the POST (ComfyUI 0.33, in one of four
        tiny runs), and servers before July 2025 tell the id only there.
        """
        self._postings += 1
        try:
            yield
        finally:
            self._postings -= 1
            if not self._postings:
                self._unclaimed.clear()

    def client_id_of(self, server_id: str) -> str | None:
        """Return the connection under which another call posted this run, if any."""
        return next(
            (f.client_id for f in self._by_id.get(server_id, ()) if f.client_id), None
        )

    def wake_all(self) -> None:
        """Let every call look at its run again."""
        for followers in self._by_id.values():
            for follower in followers:
                follower.wake()

    def _tell(self, server_id: str, message: Message) -> None:
        followers = self._by_id.get(server_id)
        if followers is None:
            if self._postings:
                self._unclaimed.append(message)
            return
        for follower in followers:
            follower.run.tell(message)
            follower.last_sign = anyio.current_time()
            # Of a dozen messages about a short run three or four say something new.
            if follower.run.has_news:
                follower.wake()

    def _wants_pictures(self) -> bool:
        return bool(self._postings) or any(
            follower.wants_previews or follower.run.sends_pictures
            for followers in self._by_id.values()
            for follower in followers
        )
