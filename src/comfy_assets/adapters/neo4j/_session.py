"""The door to Neo4j's driver: statements in transactions, on asyncio."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import neo4j
from anyio import fail_after, move_on_after
from neo4j.exceptions import (
    ConnectionAcquisitionTimeoutError,
    ConstraintError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)
from neo4j.time import DateTime

from comfy_assets.adapters.neo4j._commits import UnsureError, again_when_unsure, once
from comfy_assets.adapters.neo4j._finishing import finish
from comfy_assets.adapters.neo4j._opening import Opening
from comfy_assets.adapters.neo4j._problems import problem_of
from comfy_assets.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from collections.abc import Sequence as Rows

    from comfy_assets.adapters.neo4j._address import Address

T = TypeVar("T")

# The network's, and those about values that cannot be sent.
_LOCAL: Final = (OSError, UnicodeEncodeError, OverflowError)

_LEFTOVER: Final = "Neo.ClientError.Schema.IndexWithNameAlreadyExists"

#: Seconds that saying goodbye to the server may take.
CLOSE_SECONDS: Final = 5.0
#: How long a call that is cancelled may take to end its transaction.
GRACE_SECONDS: Final = 2.0
#: A connection that lay idle for longer is tried before it is used: a server that was
#: restarted meanwhile costs no error.
IDLE_SECONDS: Final = 10.0


class TakenError(Exception):
    """A value that must be unique is taken; told to callers as something better."""


class LeftoverError(Exception):
    """An index is there whose constraint was never made: somebody was cut off."""


class Server:
    """One database of a server: runs statements, each in a transaction of its own.

    What the server cannot do for the moment the driver begins again, within
    `Address.retry_seconds`. A call that is cancelled stores all or nothing, as the
    server forgets a transaction whose connection ends.
    """

    def __init__(
        self, address: Address, prepare: Callable[[Server], Awaitable[None]]
    ) -> None:
        """Connect to nothing yet: the first call does.

        Args:
            prepare: Brings the database up to date, once, before the first call.
        """
        self._address = address
        self._opening = Opening(lambda: prepare(self))
        self._driver: neo4j.AsyncDriver | None = None

    async def read(
        self,
        operation: str,
        statement: str,
        parameters: Mapping[str, Any],
        take: Callable[[Rows[Mapping[str, Any]]], T],
    ) -> T:
        """Return what `take` makes of the rows.

        Args:
            operation: What is tried, for the sentence of an error.
            take: May be called more than once.

        Raises:
            RepositoryError: When the server cannot be reached or does not answer well.
        """
        call = partial(self._finish, operation, statement, parameters, take)
        return await again_when_unsure(operation, partial(call, writes=False))

    async def write(
        self,
        operation: str,
        statement: str,
        parameters: Mapping[str, Any],
        take: Callable[[Rows[Mapping[str, Any]]], T],
        *,
        when_unsure: Callable[[], Awaitable[T]] | None = None,
    ) -> T:
        """Return what `take` makes of the rows; when it raises, nothing is stored.

        Args:
            when_unsure: Called when the commit failed, or the connection at it, so that
                nobody knows whether it is stored. Without it the same is written again.

        Raises:
            TakenError: When a value that must be unique is taken.
            RepositoryError: When the server cannot be reached or does not answer well.
        """
        taking = take if when_unsure is None else once(take)
        call = partial(self._finish, operation, statement, parameters, taking)
        write = partial(call, writes=True)
        return await again_when_unsure(operation, write, when_unsure)

    async def prepare_read(
        self,
        operation: str,
        statement: str,
        take: Callable[[Rows[Mapping[str, Any]]], T],
    ) -> T:
        """Read as `read` does, before the database is up to date."""
        call = partial(self._run, operation, statement, {}, take, writes=False)
        return await again_when_unsure(operation, call)

    async def prepare_write(self, operation: str, statements: Rows[str]) -> None:
        """Run statements in one transaction, before the database is up to date.

        They can be repeated.

        Raises:
            LeftoverError: When an index is there that belongs to nothing.
            RepositoryError: When the server cannot be reached or does not answer well.
        """

        async def call() -> None:
            with self._translated(operation), fail_after(self._address.call_seconds):
                async with self._connected().session(
                    database=self._address.database
                ) as session:
                    await session.execute_write(_run_all, statements)

        await again_when_unsure(operation, call)

    async def agent(self, operation: str) -> str:
        """Return what the server calls itself, such as ``"Neo4j/5.26.0"``."""
        with self._translated(operation), fail_after(self._address.call_seconds):
            driver = self._connected()
            info = await driver.get_server_info()
            return str(info.agent)

    async def aclose(self) -> None:
        """Close all connections; quiet when there are none."""
        self._opening.close()
        driver, self._driver = self._driver, None
        if driver is not None:
            with move_on_after(CLOSE_SECONDS, shield=True):
                await driver.close()

    async def _finish(
        self,
        operation: str,
        statement: str,
        parameters: Mapping[str, Any],
        take: Callable[[Rows[Mapping[str, Any]]], T],
        *,
        writes: bool,
    ) -> T:
        async def work() -> T:
            await self._opening.enter(operation)
            return await self._run(
                operation, statement, parameters, take, writes=writes
            )

        return await finish(work, grace_seconds=GRACE_SECONDS)

    def _connected(self) -> neo4j.AsyncDriver:
        if self._driver is None:
            address = self._address
            self._driver = neo4j.AsyncGraphDatabase.driver(
                address.uri,
                auth=address.auth,
                max_connection_pool_size=address.pool_size,
                connection_timeout=address.connect_seconds,
                connection_acquisition_timeout=address.connect_seconds,
                max_transaction_retry_time=address.retry_seconds,
                liveness_check_timeout=IDLE_SECONDS,
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
            )
        return self._driver

    async def _run(
        self,
        operation: str,
        statement: str,
        parameters: Mapping[str, Any],
        take: Callable[[Rows[Mapping[str, Any]]], T],
        *,
        writes: bool,
    ) -> T:
        async def transform(result: neo4j.AsyncResult) -> T:
            # Within the transaction: what `take` raises undoes it.
            return take([row async for row in _rows(result)])

        limit = self._address.call_seconds
        with self._translated(operation), fail_after(limit):
            # Its own bookmarks make the driver read what it wrote, on any member of
            # a cluster.
            return await self._connected().execute_query(
                neo4j.Query(statement, timeout=limit),
                dict(parameters),
                routing_=(
                    neo4j.RoutingControl.WRITE if writes else neo4j.RoutingControl.READ
                ),
                database_=self._address.database,
                result_transformer_=transform,
            )

    @contextmanager
    def _translated(self, operation: str) -> Iterator[None]:
        """Turn the driver's errors into ours, chained."""
        _check_event_loop(operation)
        try:
            yield
        except ConstraintError as error:
            raise TakenError from error
        except IncompleteCommit as error:
            raise UnsureError from error
        except (DriverError, Neo4jError, *_LOCAL) as error:
            # Once it is closed, the driver complains in many ways.
            self._opening.check_not_closed(operation)
            if isinstance(error, Neo4jError) and error.code == _LEFTOVER:
                raise LeftoverError from error
            problem = _problem(error, self._address.uri)
            raise RepositoryError(operation, problem) from error


def _problem(error: Exception, uri: str) -> str:
    match error:
        case ServiceUnavailable() | SessionExpired():
            return (
                f"{uri} cannot be reached ({error}); check the address, and that Neo4j "
                "is running"
            )
        case TimeoutError() | ConnectionAcquisitionTimeoutError():
            return f"{uri} did not answer in time; try again"
        case Neo4jError():
            return problem_of(error.code, error.message)
        case UnicodeEncodeError():
            # Half of a surrogate pair: a text to Python, and to nothing else.
            return f"the text {error.object!a} cannot be written as UTF-8"
        case OverflowError():
            # Beyond 64 bits, with a sign.
            return f"a number is too large: {error}"
        case _:
            return f"Neo4j's driver says {error}"


async def _run_all(
    transaction: neo4j.AsyncManagedTransaction, statements: Rows[str]
) -> None:
    for statement in statements:
        result = await transaction.run(statement)
        await result.consume()


async def _rows(result: neo4j.AsyncResult) -> AsyncIterator[Mapping[str, Any]]:
    async for record in result:
        yield {name: _plain(record[name]) for name in result.keys()}  # noqa: SIM118 - a method of the driver's


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever a property can hold
    if isinstance(value, DateTime):
        return value.to_native()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _check_event_loop(operation: str) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError as error:
        problem = (
            "Neo4j's driver runs on asyncio only; on trio use SqliteAssetRepository"
        )
        raise RepositoryError(operation, problem) from error
