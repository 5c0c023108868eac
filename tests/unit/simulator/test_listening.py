"""Whoever connects while the port closes is turned away, not forgotten."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Awaitable, Callable

import anyio
import pytest
from starlette.responses import Response

from comfy_assets.simulator._listening import EVENT_LOOP, Listening, bind

#: Turns of the event loop between a client's connecting and the closing: fewer and
#: more than accepting takes.
_TURNS = range(7)


def _is_turned_away(client: socket.socket) -> bool:
    client.settimeout(5)
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True


async def _end_while_somebody_connects(
    end: Callable[[Listening], Awaitable[None]], turns: int
) -> None:
    sock = bind("127.0.0.1", 0)
    host, port = sock.getsockname()
    listening = Listening(host, port, Response())
    await listening.open(sock)
    with socket.create_connection((host, port), timeout=5) as client:
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        await end(listening)
        assert await anyio.to_thread.run_sync(_is_turned_away, client)
    await listening.close()
    await listening.settle()


@pytest.mark.parametrize("turns", _TURNS)
@pytest.mark.parametrize("end", [Listening.close, Listening.refuse])
def test_who_connects_at_the_last_moment_is_turned_away(
    end: Callable[[Listening], Awaitable[None]], turns: int
) -> None:
    """At whatever turn of the loop the port closes, the connection ends with it.

    A connection left to the garbage collector would be told here as a warning, too.
    """
    with asyncio.Runner(loop_factory=EVENT_LOOP) as runner:
        runner.run(_end_while_somebody_connects(end, turns))
    gc.collect()
