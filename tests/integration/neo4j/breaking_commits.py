"""A proxy before Neo4j that breaks the connection at a commit, once it is told to."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import anyio
from anyio import BrokenResourceError, ClosedResourceError, create_task_group
from anyio.abc import SocketAttribute
from attrs import define, evolve, field

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from anyio.abc import ByteStream, CancelScope

    from tests.servers.neo4j_access import Neo4jAccess

#: The message COMMIT of Bolt 4 and later (Bolt protocol, "Message COMMIT"), in a chunk
#: of its own; the driver sends nothing behind it.
_COMMIT: Final = b"\x00\x02\xb0\x12\x00\x00"
#: Both the names of Bolt up to 5.6 and those since 5.7 ("Message FAILURE").
_FAILURE_FIELDS: Final = {
    "code": "Neo.TransientError.Transaction.DeadlockDetected",
    "neo4j_code": "Neo.TransientError.Transaction.DeadlockDetected",
    "message": "made up",
    "gql_status": "40N00",
    "description": "made up",
}
_BROKEN: Final = (BrokenResourceError, ClosedResourceError)


def _packed(text: str) -> bytes:
    return bytes([0xD0, len(text)]) + text.encode()


def _failure() -> bytes:
    """Return the message FAILURE in a chunk of its own."""
    pairs = [_packed(it) for pair in _FAILURE_FIELDS.items() for it in pair]
    message = b"".join([b"\xb1\x7f", bytes([0xA0 + len(_FAILURE_FIELDS)]), *pairs])
    return len(message).to_bytes(2, "big") + message + b"\x00\x00"


_FAILURE: Final = _failure()


class Break(Enum):
    """When the connection breaks."""

    #: The server never hears of the commit: nothing is stored.
    BEFORE_COMMIT = auto()
    #: The server has committed, and its answer is lost: all is stored.
    BEFORE_ANSWER = auto()
    #: The server has committed, and says that it could not, as one that is shutting
    #: down may do; the connection stays.
    AS_FAILURE = auto()


@define(eq=False, kw_only=True)
class CommitBreaker:
    """Passes bytes to and from a server, and breaks connections when armed."""

    #: The server's address by way of this proxy.
    access: Neo4jAccess
    #: How the next commits break, where ``None`` lets one pass; each is taken out as
    #: it does its work.
    breaks: list[Break | None] = field(factory=list)
    _host: str
    _port: int

    async def serve(self, client: ByteStream) -> None:
        """Pass on what a client and the server say, until either hangs up."""
        async with client, await anyio.connect_tcp(self._host, self._port) as server:
            link = _Link(client=client, server=server)
            async with create_task_group() as directions:
                link.scope = directions.cancel_scope
                directions.start_soon(link.answer)
                directions.start_soon(link.ask, self.breaks)


@define(eq=False, kw_only=True)
class _Link:
    """One connection of a client and the one to the server that goes with it."""

    client: ByteStream
    server: ByteStream
    scope: CancelScope = field(init=False)
    #: Whether the next thing that the server says is the end.
    is_over: bool = False
    #: Whether the next thing that the server says is turned into a failure.
    is_denied: bool = False

    async def ask(self, breaks: list[Break | None]) -> None:
        with suppress(*_BROKEN):
            async for piece in self.client:
                if breaks and piece.endswith(_COMMIT):
                    moment = breaks.pop(0)
                    if moment is Break.BEFORE_COMMIT:
                        break
                    self.is_over = moment is Break.BEFORE_ANSWER
                    self.is_denied = moment is Break.AS_FAILURE
                await self.server.send(piece)
        self.scope.cancel()

    async def answer(self) -> None:
        with suppress(*_BROKEN):
            async for piece in self.server:
                if self.is_over:
                    break
                await self.client.send(_FAILURE if self.is_denied else piece)
                self.is_denied = False
        self.scope.cancel()


@asynccontextmanager
async def commit_breaker(access: Neo4jAccess) -> AsyncIterator[CommitBreaker]:
    """Run a proxy before a server."""
    parts = urlsplit(access.uri)
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)  # noqa: S610 - anyio's, not Django's
    breaker = CommitBreaker(
        access=evolve(access, uri=f"bolt://127.0.0.1:{port}"),
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 7687,
    )
    async with listener, create_task_group() as tasks:
        tasks.start_soon(listener.serve, breaker.serve)
        yield breaker
        tasks.cancel_scope.cancel()
