"""`ServerAddress`: a server's URL split into what may be shown and what may not."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from attrs import field, frozen

from comfy_assets.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen(kw_only=True)
class ServerAddress:
    """Where a server is, and with what secrets it is reached."""

    #: Scheme, host, port and path prefix without a closing slash: safe to show.
    server: str
    #: The same for the WebSocket: ``ws://…/ws`` or ``wss://…/ws``.
    socket: str
    #: Headers of every request and of the handshake; may be secret.
    headers: Mapping[str, str] = field(repr=False)
    #: Query parameters of every request and of the handshake; may be secret.
    query: tuple[tuple[str, str], ...] = field(repr=False)

    @classmethod
    def parse(cls, url: str, headers: Mapping[str, str]) -> ServerAddress:
        """Split a URL such as ``https://me:secret@host/comfy/?token=abc``.

        Raises:
            InvalidRequestError: When it is no http or https URL, or a header cannot
                be sent.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError as e:
            raise InvalidRequestError("url", "this is no valid URL") from e
        host = parts.hostname
        if parts.scheme not in {"http", "https"} or not host:
            # The URL itself is not repeated: it may hold a password.
            problem = "give an address such as 'http://127.0.0.1:8188'"
            raise InvalidRequestError("url", problem)
        sent = dict(headers)
        if parts.username is not None:
            name, password = unquote(parts.username), unquote(parts.password or "")
            token = base64.b64encode(f"{name}:{password}".encode()).decode("ascii")
            sent.setdefault("Authorization", f"Basic {token}")
        for name, value in sent.items():
            _require_sendable(name, value)
        shown = f"[{host}]" if ":" in host else host
        place = shown if port is None else f"{shown}:{port}"
        path = parts.path.rstrip("/")
        return cls(
            server=f"{parts.scheme}://{place}{path}",
            socket=f"{'wss' if parts.scheme == 'https' else 'ws'}://{place}{path}/ws",
            headers=sent,
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        )

    def socket_url(self, client_id: str) -> str:
        """Return the handshake's URL, secrets included."""
        return f"{self.socket}?{urlencode([*self.query, ('clientId', client_id)])}"


def _require_sendable(name: str, value: str) -> None:
    """Refuse what would split or break a request; tells the name, never the value."""
    is_token = name.isascii() and all(
        c.isalnum() or c in "-_.!#$%&'*+^`|~" for c in name
    )
    if not name or not is_token or not value.isascii() or not value.isprintable():
        problem = f"the header {name!r} holds characters that cannot be sent"
        raise InvalidRequestError("headers", problem)
