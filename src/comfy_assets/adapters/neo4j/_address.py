"""Where a Neo4j server is, who we are there, and how long we wait; no driver here."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from comfy_assets.errors import InvalidRequestError

#: ``neo4j`` routes within a cluster, ``bolt`` speaks to one server; ``+s`` demands a
#: certificate that the system trusts, ``+ssc`` takes any.
SCHEMES: Final = frozenset(
    {"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"}
)


def _checked_uri(uri: str) -> str:
    # What is wrong is never repeated, not as a cause either: a password may be in it.
    try:
        parts = urlsplit(uri)
        # Fails for what is no number.
        _ = parts.port
    except ValueError:
        raise InvalidRequestError("uri", "the address cannot be read") from None
    if parts.scheme not in SCHEMES or not parts.hostname:
        problem = f"use one of {', '.join(sorted(SCHEMES))} and ://host:7687"
        raise InvalidRequestError("uri", problem)
    if "@" in parts.netloc:
        problem = "name and password go into 'auth', never into the address"
        raise InvalidRequestError("uri", problem)
    return uri


@frozen(kw_only=True)
class Address:
    """A database on a server, and the limits of our patience with it.

    Raises:
        InvalidRequestError: When the URI is none of Neo4j's, or holds a password.
    """

    #: Such as ``"neo4j://127.0.0.1:7687"``.
    uri: str = field(converter=_checked_uri)
    #: Name and password, or ``None`` where the server asks for none.
    auth: tuple[str, str] | None = field(repr=False)
    #: The database's name; ``None`` is the user's home database.
    database: str | None
    #: The most connections that are open at once.
    pool_size: int
    #: How long a connection may take to be made or to become free.
    connect_seconds: float
    #: How long the driver begins again what the server could not do for the moment.
    retry_seconds: float
    #: How long one call may take with all that.
    call_seconds: float
