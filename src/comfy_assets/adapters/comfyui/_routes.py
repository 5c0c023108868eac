"""ComfyUI's HTTP routes, one method each, answers checked for their form.

As observed on 0.33 and servers back to 2023; without the prefix ``/api``, which servers
before June 2024 do not know.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from comfy_assets.errors import ComfyUIError

if TYPE_CHECKING:
    from comfy_assets.adapters.comfyui._answers import Answer
    from comfy_assets.adapters.comfyui._http import ComfyHttp
    from comfy_assets.adapters.comfyui._outputs import OutputFile
    from comfy_assets.adapters.comfyui._settings import ComfyUITimeouts

_NOT_FOUND: Final = 404


class Routes:
    """What can be asked of a server; every method raises only `ComfyUIError`."""

    def __init__(self, http: ComfyHttp, server: str, timeouts: ComfyUITimeouts) -> None:
        #: The server's address without credentials.
        self.server = server
        self._http = http
        self._timeouts = timeouts

    async def post_prompt(self, body: Mapping[str, Any]) -> Answer:
        """``POST /prompt``; the answer may be of any status."""
        return await self._http.request(
            "POST", "/prompt", body=body, seconds=self._timeouts.queue_seconds
        )

    async def queue(self) -> Mapping[str, Any]:
        """``GET /queue``: the runs at work and waiting."""
        answer = await self._http.request(
            "GET", "/queue", seconds=self._timeouts.queue_seconds
        )
        return answer.mapping()

    async def delete_from_queue(self, server_id: str) -> None:
        """``POST /queue``: drop a run that waits; without effect on any other."""
        body = {"delete": [server_id]}
        answer = await self._http.request(
            "POST", "/queue", body=body, seconds=self._timeouts.queue_seconds
        )
        answer.require_ok()

    async def interrupt(self, server_id: str) -> None:
        """``POST /interrupt``: stop a run at work.

        Servers before September 2025 ignore the id and stop whatever is at work: ask
        `queue` first.
        """
        body = {"prompt_id": server_id}
        answer = await self._http.request(
            "POST", "/interrupt", body=body, seconds=self._timeouts.queue_seconds
        )
        answer.require_ok()

    async def history(self, server_id: str) -> Mapping[str, Any]:
        """``GET /history/{id}``: ``{}`` unless the run has ended."""
        answer = await self._http.request(
            "GET",
            f"/history/{quote(server_id, safe='')}",
            seconds=self._timeouts.history_seconds,
        )
        return answer.mapping()

    async def recent_history(self, count: int) -> Mapping[str, Any]:
        """``GET /history``: the newest entries, oldest first."""
        answer = await self._http.request(
            "GET",
            "/history",
            params={"max_items": str(count)},
            seconds=self._timeouts.history_seconds,
        )
        return answer.mapping()

    async def forget(self, server_id: str) -> None:
        """``POST /history``: drop the entry of an earlier run of this id."""
        body = {"delete": [server_id]}
        answer = await self._http.request(
            "POST", "/history", body=body, seconds=self._timeouts.history_seconds
        )
        answer.require_ok()

    async def job(self, server_id: str) -> Answer:
        """``GET /api/jobs/{id}`` (since 0.6); the answer may be of any status."""
        return await self._http.request(
            "GET",
            f"/api/jobs/{quote(server_id, safe='')}",
            seconds=self._timeouts.history_seconds,
        )

    async def has_features(self) -> bool:
        """``GET /features`` (since 0.3.45): whether the server has that route."""
        answer = await self._http.request(
            "GET", "/features", seconds=self._timeouts.history_seconds
        )
        if answer.status == _NOT_FOUND:
            return False
        answer.require_ok()
        return True

    async def view(self, file: OutputFile) -> bytes | None:
        """``GET /view``: the file as it is; ``None`` where it is gone."""
        params = {
            "filename": file.filename,
            "subfolder": file.subfolder,
            "type": file.folder_type,
        }
        answer = await self._http.request(
            "GET",
            "/view",
            params=params,
            seconds=self._timeouts.image_seconds,
        )
        if answer.status == _NOT_FOUND:
            return None
        if 400 <= answer.status < 500 and ".." in file.filename:  # noqa: PLR2004 - 4xx
            problem = (
                f"it wrote {file.filename!r} but does not give it out, because of the "
                "'..' in its name: change the filename_prefix of the SaveImage node."
            )
            raise ComfyUIError(self.server, problem)
        return answer.require_ok().body

    async def upload(self, data: bytes, filename: str) -> str:
        """``POST /upload/image``: the name of the input, its folder included.

        The name holds the content's hash: servers before July 2024 would store the same
        bytes anew each time.
        """
        answer = await self._http.request(
            "POST",
            "/upload/image",
            files={"image": (_input_name(data, filename), data)},
            fields={"type": "input", "overwrite": "true"},
            seconds=self._timeouts.image_seconds,
        )
        stored = answer.mapping()
        name, subfolder = stored.get("name"), stored.get("subfolder")
        if not isinstance(name, str) or not name:
            problem = "POST /upload/image was answered without the name of the image."
            raise ComfyUIError(self.server, problem)
        return (
            f"{subfolder}/{name}" if isinstance(subfolder, str) and subfolder else name
        )

    async def object_info(self) -> Mapping[str, Any]:
        """``GET /object_info``: the catalogue of node classes."""
        answer = await self._http.request(
            "GET",
            "/object_info",
            seconds=self._timeouts.image_seconds,
        )
        catalogue = answer.mapping()
        if not all(isinstance(entry, Mapping) for entry in catalogue.values()):
            problem = "GET /object_info was answered with JSON of another form."
            raise ComfyUIError(self.server, problem)
        return catalogue

    async def system_stats(self) -> Mapping[str, Any]:
        """``GET /system_stats``: version and devices."""
        answer = await self._http.request(
            "GET", "/system_stats", seconds=self._timeouts.health_seconds
        )
        return answer.mapping()

    async def queue_remaining(self) -> int | None:
        """``GET /prompt``: how many runs are at work and waiting, if it says so."""
        answer = await self._http.request(
            "GET", "/prompt", seconds=self._timeouts.health_seconds
        )
        match answer.mapping():
            case {"exec_info": {"queue_remaining": int(count)}}:
                return count
            case _:
                return None


def _input_name(data: bytes, filename: str) -> str:
    """Return a file name that follows from name and content, and is no path."""
    plain = re.sub(r"[^\w. -]|\.\.+", "_", re.split(r"[/\\]", filename)[-1])
    stem, dot, suffix = plain.rpartition(".")
    if not stem:
        stem, dot, suffix = plain, "", ""
    digest = hashlib.sha256(data).hexdigest()[:16]
    return f"{stem[:64] or 'image'}_{digest}{dot}{suffix}"
