"""`Whereabouts`: asks a server where a run is, in as few questions as it allows."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from comfy_assets.adapters.comfyui._endings import (
    NOWHERE,
    Place,
    RunEnd,
    find_in_history,
    find_in_queue,
    read_history,
)
from comfy_assets.adapters.comfyui._messages import parse_json

if TYPE_CHECKING:
    from comfy_assets.adapters.comfyui._routes import Routes

_NOT_FOUND: Final = 404
#: How far back a run of an earlier host is looked for on a server that chooses the
#: ids: a host leaves but a few runs behind, and each entry holds a whole graph.
_RECENT: Final = 64
_REMEMBERED: Final = 10_000


class Whereabouts:
    """Finds runs on one server, and remembers what kind of server it is."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._has_jobs: bool | None = None
        self._chooses_ids: bool | None = None
        #: By our id, the id that such a server chose instead.
        self._chosen: OrderedDict[str, str] = OrderedDict()

    def forget_server(self) -> None:
        """Look anew what the server can do: another version may have been started."""
        self._has_jobs = self._chooses_ids = None

    def note_id(self, prompt_id: str, server_id: str) -> None:
        """Remember under which id the server took a run."""
        if prompt_id != server_id:
            self._chooses_ids = True
            self._chosen[prompt_id] = server_id
            if len(self._chosen) > _REMEMBERED:
                self._chosen.popitem(last=False)

    async def forget_run(self, prompt_id: str, server_id: str) -> None:
        """Drop what server and client know of a run that ended, before it is run anew.

        Raises:
            ComfyUIError: When the server cannot be told.
        """
        await self._routes.forget(server_id)
        self._chosen.pop(prompt_id, None)

    async def find(self, prompt_id: str) -> Place:
        """Say whether a run waits, is at work, has ended, or is unknown.

        Raises:
            ComfyUIError: When the server cannot be asked.
        """
        server_id = self._chosen.get(prompt_id, prompt_id)
        if self._has_jobs is not False:
            place = await self._find_job(server_id)
            if place is not None:
                return place
        # A run leaves the queue and enters history in one step: asked in this order,
        # it cannot slip through between the two.
        queue = await self._routes.queue()
        place = find_in_queue(queue, server_id=server_id, prompt_id=prompt_id)
        if place.where is not None:
            self.note_id(prompt_id, place.server_id or server_id)
            return place
        end = await self.find_end(server_id)
        if end is not None:
            return Place(where="ended", server_id=server_id, end=end)
        if server_id == prompt_id and await self._does_choose_ids():
            return await self._find_in_recent(prompt_id)
        return NOWHERE

    async def find_end(self, server_id: str) -> RunEnd | None:
        """Say how a run ended; ``None`` while it has not, or is unknown.

        Raises:
            ComfyUIError: When the server cannot be asked.
        """
        return read_history(await self._routes.history(server_id), server_id)

    async def _find_job(self, server_id: str) -> Place | None:
        """Ask for the run as a job; ``None`` where the server knows no jobs."""
        answer = await self._routes.job(server_id)
        content = parse_json(answer.body)
        if answer.status == _NOT_FOUND and isinstance(content, dict):
            self._has_jobs = True
            return NOWHERE
        if not answer.is_ok or not isinstance(content, dict):
            # A failing server is not an old one.
            if answer.status < 500:  # noqa: PLR2004 - 4xx
                self._has_jobs = False
            return None
        self._has_jobs = True
        match content.get("status"):
            case "pending":
                return Place(where="waiting", server_id=server_id)
            case "in_progress":
                return Place(where="working", server_id=server_id)
            case _:
                end = await self.find_end(server_id)
                if end is None:
                    return NOWHERE
                return Place(where="ended", server_id=server_id, end=end)

    async def _does_choose_ids(self) -> bool:
        """Ask, once, whether the server chooses ids (those before July 2025)."""
        if self._chooses_ids is None:
            # Both came with the same version, 0.3.45.
            self._chooses_ids = not await self._routes.has_features()
        return self._chooses_ids

    async def _find_in_recent(self, prompt_id: str) -> Place:
        history = await self._routes.recent_history(_RECENT)
        server_id = find_in_history(history, prompt_id)
        end = None if server_id is None else read_history(history, server_id)
        if server_id is None or end is None:
            return NOWHERE
        self.note_id(prompt_id, server_id)
        return Place(where="ended", server_id=server_id, end=end)
