"""Asks a server for the classes of nodes that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from comfy_assets.domain.workflows.catalogue import Catalogue
from comfy_assets.errors import ComfyUIError, PayloadError

if TYPE_CHECKING:
    from comfy_assets.ports.comfy import ComfyClient


async def ask_catalogue(comfy: ComfyClient) -> Catalogue:
    """Return what a server can do; of several behind a client, whichever answers.

    Raises:
        ComfyUIUnavailableError: When it cannot be reached.
        ComfyUIError: When what answers is no catalogue.
    """
    try:
        return Catalogue.from_object_info(await comfy.object_info())
    except PayloadError as e:
        problem = "its /object_info is none; look at what answers there"
        raise ComfyUIError(comfy.server, problem) from e
