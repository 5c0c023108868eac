"""The door to httpx: one request, its answer, and every failure as one of our errors.

Knows no route of ComfyUI's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import anyio
import httpx
from attrs import field, frozen

from comfy_assets.adapters.comfyui._messages import parse_json
from comfy_assets.errors import (
    ComfyUIError,
    ComfyUITimeoutError,
    ComfyUIUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from ssl import SSLContext
    from types import TracebackType
    from typing import Self

    from comfy_assets.adapters.comfyui._address import ServerAddress

#: No answer of a sane server is longer; a longer one would fill the host's memory.
_MAX_ANSWER_BYTES: Final = 512 * 1024 * 1024
#: Idle connections are let go before a server does it at the moment of a POST, which
#: could not be sent again blindly (uvicorn closes after 5 s, aiohttp after 75 s).
_KEEP_ALIVE_SECONDS: Final = 4.0
#: Idle connections kept. Each request looks at every one, twice: more cost more than
#: they bring, as ComfyUI answers one request at a time.
_FOR_QUESTIONS: Final = 4
_FOR_FILES: Final = 4
#: Sent with every request, below what the host wants sent.
_HEADERS: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "comfy-assets",
}
#: Codes by which a server, or a proxy before it, says "not now".
_NOT_NOW: Final = frozenset({408, 425, 429})
#: Codes by which a proxy says that ComfyUI itself does not answer.
_NOBODY_BEHIND: Final = frozenset({502, 503, 504})
_SHOWN_TEXT: Final = 200

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


@frozen(kw_only=True)
class Answer:
    """One complete answer, whatever its status."""

    #: The server's address, for errors.
    server: str
    #: What was asked, such as ``"GET /queue"``, for errors.
    asked: str
    status: int
    body: bytes = field(repr=False)

    @property
    def is_ok(self) -> bool:
        """Whether it is a 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004 - a status class

    def require_ok(self) -> Self:
        """Return itself.

        Raises:
            ComfyUIUnavailableError: When the server fails by itself (5xx) or is busy.
            ComfyUIError: When it refuses, or leads elsewhere.
        """
        if self.is_ok:
            return self
        problem = f"{self.asked} was answered with {self.status}{self._quoted()}."
        if self.status >= 500 or self.status in _NOT_NOW:  # noqa: PLR2004 - as above
            raise ComfyUIUnavailableError(self.server, problem)
        if self.status in {401, 403, 407}:
            problem += " Check the credentials, and that no proxy stands in the way."
        elif 300 <= self.status < 400:  # noqa: PLR2004 - as above
            problem += " Redirects are not followed: give the address it leads to."
        raise ComfyUIError(self.server, problem)

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Return the content of a good answer.

        Raises:
            ComfyUIUnavailableError: As `require_ok`.
            ComfyUIError: As `require_ok`, or when it is no JSON.
        """
        content = parse_json(self.require_ok().body)
        if content is None:
            problem = (
                f"{self.asked} was answered with something that is no JSON"
                f"{self._quoted()}. Is this address really a ComfyUI server?"
            )
            raise ComfyUIError(self.server, problem)
        return content

    def mapping(self) -> Mapping[str, Any]:
        """Return the content of a good answer that must be a JSON object.

        Raises:
            ComfyUIUnavailableError: As `require_ok`.
            ComfyUIError: As `json`, or when it is no object.
        """
        content = self.json()
        if not isinstance(content, dict):
            problem = (
                f"{self.asked} was answered with JSON of another form than ComfyUI's."
            )
            raise ComfyUIError(self.server, problem)
        return content

    def _quoted(self) -> str:
        text = self.body[:_SHOWN_TEXT].decode("utf-8", "replace")
        shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return f" ({shown})" if shown else ""


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
        # Made once: it reads all the certificates that there are.
        tls = httpx.create_ssl_context(trust_env=False)
        self._questions = _transport(tls, _FOR_QUESTIONS)
        # Apart, so that no question waits behind large files.
        self._files = _transport(tls, _FOR_FILES)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._questions.aclose()
        await self._files.aclose()

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
        is_large: bool = False,
    ) -> Answer:
        """Send one request and read its answer whole.

        Args:
            seconds: The limit of the whole, from connecting to the last byte.
            body: Sent as JSON unless ``None``.
            is_large: Whether a large file is sent or expected.

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
            with anyio.fail_after(seconds):
                transport = self._files if is_large else self._questions
                answer = await self._send(asked, request, transport)
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

    async def _send(
        self, asked: str, request: httpx.Request, transport: httpx.AsyncHTTPTransport
    ) -> Answer:
        response = await transport.handle_async_request(request)
        try:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MAX_ANSWER_BYTES:
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
        said = (
            f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        )
        if meaning == "away":
            problem = f"{asked} did not get through ({said}). Is the server running?"
            return ComfyUIUnavailableError(self._server, problem)
        problem = f"{asked} was answered with something unreadable ({said})."
        return ComfyUIError(self._server, problem)


def _transport(tls: SSLContext, idle: int) -> httpx.AsyncHTTPTransport:
    """Return a pool of connections.

    No `httpx.AsyncClient` around it: that logs each URL, secrets included, and what it
    brings beyond (redirects, cookies, the environment's proxies and .netrc) is not
    wanted, but costs a third of a request.
    """
    limits = httpx.Limits(
        # No limit: httpcore 1.0 keeps the place of a request that was cancelled before
        # its connection was made, and a full pool would wait for it for ever.
        max_connections=None,
        max_keepalive_connections=idle,
        keepalive_expiry=_KEEP_ALIVE_SECONDS,
    )
    return httpx.AsyncHTTPTransport(verify=tls, trust_env=False, limits=limits)


def meaning_of(error: Exception) -> str:
    """Return what a foreign error means, by the table `ERRORS`."""
    return next(meaning for kind, meaning in ERRORS if isinstance(error, kind))
