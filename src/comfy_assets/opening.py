"""`open_repository`: the repository that a URL names, for fronts and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.errors import InvalidRequestError

if TYPE_CHECKING:
    from comfy_assets.ports.repository import AssetRepository

_SQLITE = "sqlite:///"


def open_repository(url: str) -> AssetRepository:
    """Return the repository that a URL names; it opens itself at the first call.

    Args:
        url: ``memory:``, or ``sqlite:///file.db`` with a path relative to the working
            directory (``sqlite:////var/game.db`` is absolute).

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
    # The URL may hold a password: it is not repeated.
    problem = "use memory: or sqlite:///file.db"
    raise InvalidRequestError("repository URL", problem)
