"""`open_repository`: the repository that a URL names, for fronts and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

from comfy_assets.errors import InvalidRequestError

if TYPE_CHECKING:
    from comfy_assets.ports.repository import AssetRepository

_SQLITE = "sqlite:///"
_NEO4J = ("neo4j", "bolt")


def open_repository(url: str) -> AssetRepository:
    """Return the repository that a URL names; it opens itself at the first call.

    Args:
        url: ``memory:``, or ``sqlite:///file.db`` with a path relative to the working
            directory (``sqlite:////var/game.db`` is absolute), or
            ``neo4j://user:password@host:7687?database=game``, where ``bolt://`` and
            the forms over TLS with ``+s`` and ``+ssc`` are good too. In name and
            password, what has a meaning in a URL is written with ``%``.

    Raises:
        InvalidRequestError: When the URL has another form.
    """
    # Adapters are imported where they are needed, so that a script that opens one
    # database does not load the drivers of all.
    if url == "memory:":
        from comfy_assets.adapters.memory.repository import (  # noqa: PLC0415
            MemoryAssetRepository,
        )

        return MemoryAssetRepository()
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        from comfy_assets.adapters.sqlite.repository import (  # noqa: PLC0415
            SqliteAssetRepository,
        )

        return SqliteAssetRepository(url.removeprefix(_SQLITE))
    if url.partition(":")[0].partition("+")[0] in _NEO4J:
        return _neo4j(url)
    # The URL may hold a password: it is not repeated.
    problem = "use memory:, sqlite:///file.db or neo4j://user:password@host:7687"
    raise InvalidRequestError("repository URL", problem)


def _neo4j(url: str) -> AssetRepository:
    from comfy_assets.adapters.neo4j.repository import (  # noqa: PLC0415
        Neo4jAssetRepository,
    )

    try:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        # Not chained: what was read stands in the cause.
        raise _unreadable() from None
    database = query.pop("database", None)
    if query or parts.path.strip("/") or parts.fragment:
        raise _unreadable()
    return Neo4jAssetRepository(
        urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", "")),
        auth=_auth(parts),
        database=database,
    )


def _auth(parts: SplitResult) -> tuple[str, str] | None:
    if parts.username is None:
        return None
    return unquote(parts.username), unquote(parts.password or "")


def _unreadable() -> InvalidRequestError:
    problem = "write neo4j://user:password@host:7687?database=game, and nothing else"
    return InvalidRequestError("repository URL", problem)
