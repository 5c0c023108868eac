"""The door to httpx: one request, its answer, and every failure as one of our errors.

Knows no route of ComfyUI's.
"""

from __future__ import annotations

import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import anyio
import httpx

from comfy_assets.adapters.comfyui._answers import Answer
from comfy_assets.errors import (
    ComfyUIError,
    ComfyUITimeoutError,
    ComfyUIUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from comfy_assets.adapters.comfyui._address import ServerAddress

#: No answer of a sane server is longer; a longer one would fill the host's memory.
_MAX_ANSWER_BYTES: Final = 512 * 1024 * 1024
#: Idle connections are let go before a server does it at the moment of a POST, which
#: could not be sent again blindly (uvicorn closes after 5 s, aiohttp after 75 s).
_KEEP_ALIVE_SECONDS: Final = 4.0
#: Sent with every request, below what the host wants sent.
_HEADERS: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "comfy-assets",
}
#: Codes by which a proxy says that ComfyUI itself does not answer.
_NOBODY_BEHIND: Final = frozenset({502, 503, 504})

#: What each kind of httpx error means; the first that fits counts.
ERRORS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (httpx.TimeoutException, "timeout"),
    # From our own limit on the whole request; an `OSError` too, so it stands first.
    (TimeoutError, "timeout"),
    (httpx.UnsupportedProtocol, "misuse"),
    (httpx.TransportError, "away"),
    (httpx.HTTPError, "nonsense"),
    (httpx.InvalidURL, "misuse"),
    (httpx.CookieConflict, "misuse"),
    (httpx.StreamError, "nonsense"),
    (OSError, "away"),
)


class ComfyHttp:
    """Sends requests to one server; used inside ``async with``."""

    def __init__(
        self,
        address: ServerAddress,
        *,
        connect_seconds: float,
        on_answer: Callable[[bool], None],
    ) -> None:
        self._server = address.server
        #: Told after each request whether ComfyUI answered.
        self._on_answer = on_answer
        self._address = address
        self._headers = httpx.Headers(_HEADERS)
        self._headers.update(address.headers)
        limits = {"connect": connect_seconds, "read": None, "write": None, "pool": None}
        self._extensions = {"timeout": limits}
        #: Whom its connections trust; the WebSocket's shall trust no other.
        self.tls = _trust_for(address.server)
        #: Connections without a request, and since when; the last used last.
        self._idle: list[tuple[float, httpx.AsyncHTTPTransport]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        while self._idle:
            await _close(self._idle.pop()[1])

    async def request(
        self,
        method: str,
        path: str,
        *,
        seconds: float,
        params: Mapping[str, str] | None = None,
        body: object = None,
        files: Mapping[str, tuple[str, bytes]] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and read its answer whole.

        Args:
            seconds: The limit of the whole, from connecting to the last byte.
            body: Sent as JSON unless ``None``.

        Raises:
            ComfyUITimeoutError: When the limit runs out.
            ComfyUIUnavailableError: When there is no connection, or it breaks.
            ComfyUIError: When the answer is no sound HTTP.
        """
        asked = f"{method} {path}"
        answered = False
        try:
            request = httpx.Request(
                method,
                self._url(path, params),
                headers=self._headers,
                json=body,
                files=files,
                data=fields,
                extensions=self._extensions,
            )
            request.stream = _Body(request.read())
            with anyio.fail_after(seconds):
                async with self._connection() as connection:
                    answer = await self._send(asked, request, connection)
            answered = answer.status not in _NOBODY_BEHIND
        except tuple(kind for kind, _ in ERRORS) as e:
            raise self._translated(e, asked, seconds) from e
        except BaseException:
            # Cancelled, or cut off as too long: no word on the server's health.
            answered = True
            raise
        finally:
            self._on_answer(answered)
        return answer

    def _url(self, path: str, params: Mapping[str, str] | None) -> str:
        query = urlencode([*self._address.query, *(params or {}).items()])
        return f"{self._server}{path}?{query}" if query else f"{self._server}{path}"

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """Lend the connection that was used last, or a new one."""
        connection = self._idle.pop()[1] if self._idle else _new_connection(self.tls)
        try:
            yield connection
        except BaseException:
            await _close(connection)
            raise
        now = anyio.current_time()
        self._idle.append((now, connection))
        unused_since, oldest = self._idle[0]
        if unused_since < now - _KEEP_ALIVE_SECONDS:
            del self._idle[0]
            await _close(oldest)

    async def _send(
        self, asked: str, request: httpx.Request, connection: httpx.AsyncHTTPTransport
    ) -> Answer:
        response = await connection.handle_async_request(request)
        try:
            body = bytearray()
            # Broken off by a cancellation, so that httpx's generators end: trio warns
            # of those that are left.
            with anyio.CancelScope() as reading:
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > _MAX_ANSWER_BYTES:
                        reading.cancel()
            if reading.cancel_called:
                problem = f"{asked} was answered with more than can be taken in."
                raise ComfyUIError(self._server, problem)
        finally:
            await response.aclose()
        return Answer(
            server=self._server,
            asked=asked,
            status=response.status_code,
            body=bytes(body),
        )

    def _translated(self, error: Exception, asked: str, seconds: float) -> ComfyUIError:
        meaning = meaning_of(error)
        if meaning == "timeout":
            return ComfyUITimeoutError(self._server, asked, seconds)
        causes = list(_causes(error))
        words = next((str(cause) for cause in causes if str(cause)), "")
        said = ": ".join(filter(None, (type(error).__name__, words)))
        if meaning == "away":
            hint = "Is the server running?"
            if any(isinstance(it, ssl.SSLCertVerificationError) for it in causes):
                hint = (
                    "Name the certificate of whoever signed the server's in the "
                    "environment variable SSL_CERT_FILE."
                )
            problem = f"{asked} did not get through ({said}). {hint}"
            return ComfyUIUnavailableError(self._server, problem)
        problem = f"{asked} was answered with something unreadable ({said})."
        return ComfyUIError(self._server, problem)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what led to it; on trio the inner ones alone have words."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _trust_for(server: str) -> ssl.SSLContext:
    """Return whom to trust: the world's authorities, and those of this machine.

    The latter are where a studio puts its own: the system's store, or what the
    variables SSL_CERT_FILE and SSL_CERT_DIR name.
    """
    if not server.startswith("https:"):
        # Plain HTTP asks nobody, and to read all the certificates that there are
        # takes as long as three to six frames of a game.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust = httpx.create_ssl_context(trust_env=False)
    trust.load_default_certs()
    return trust


def _new_connection(tls: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    """Return what opens a connection at its first request and keeps it.

    No `httpx.AsyncClient` around it: that logs each URL, secrets included, and what it
    brings beyond (redirects, cookies, the environment's proxies and .netrc) is not
    wanted, but costs a third of a request. No pool of many connections in it: httpcore
    1.0 asks the system twice a request whether each idle one is still open, and keeps
    for ever the place of a request that was cancelled before it was connected.
    """
    limits = httpx.Limits(
        max_connections=None,
        max_keepalive_connections=1,
        keepalive_expiry=_KEEP_ALIVE_SECONDS,
    )
    return httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=limits)


async def _close(connection: httpx.AsyncHTTPTransport) -> None:
    with anyio.CancelScope(shield=True):
        await connection.aclose()


class _Body(httpx.AsyncByteStream):
    """What a request sends, from no generator.

    One of httpx's own is left to the garbage collector when sending is cancelled, and
    trio warns of that.
    """

    def __init__(self, content: bytes) -> None:
        self._pieces = iter((content,))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


def meaning_of(error: Exception) -> str:
    """Return what a foreign error means, by the table `ERRORS`."""
    return next(meaning for kind, meaning in ERRORS if isinstance(error, kind))
