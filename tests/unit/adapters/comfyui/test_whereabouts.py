"""A run is found on servers of every age, in as few questions as each allows."""

from __future__ import annotations

from typing import Any, cast

import pytest
from anyio.lowlevel import checkpoint

from comfy_assets.adapters.comfyui._answers import Answer
from comfy_assets.adapters.comfyui._endings import (
    NOWHERE,
    EndedWell,
    extra_data_for,
)
from comfy_assets.adapters.comfyui._routes import Routes
from comfy_assets.adapters.comfyui._whereabouts import Whereabouts

pytestmark = pytest.mark.anyio


class _Server:
    """Answers as a server of some age would, and counts the questions."""

    def __init__(self, *, jobs: dict[str, str] | None, has_features: bool) -> None:
        self.jobs = jobs
        self.features = has_features
        self.running: list[Any] = []
        self.entries: dict[str, Any] = {}
        self.asked: list[str] = []

    async def job(self, server_id: str) -> Answer:
        await self._note("job")
        status = None if self.jobs is None else self.jobs.get(server_id)
        body = b"" if self.jobs is None else b'{"error": "Job not found"}'
        if status is not None:
            body = b'{"status": "%s"}' % status.encode()
        code = 404 if status is None else 200
        return Answer(server="http://host", asked="GET job", status=code, body=body)

    async def queue(self) -> dict[str, Any]:
        await self._note("queue")
        return {"queue_running": self.running, "queue_pending": []}

    async def history(self, server_id: str) -> dict[str, Any]:
        await self._note("history")
        return {key: it for key, it in self.entries.items() if key == server_id}

    async def recent_history(self, _count: int) -> dict[str, Any]:
        await self._note("recent_history")
        return self.entries

    async def has_features(self) -> bool:
        await self._note("features")
        return self.features

    async def forget(self, server_id: str) -> None:
        await self._note("forget")
        del self.entries[server_id]

    async def _note(self, question: str) -> None:
        self.asked.append(question)
        await checkpoint()


def _item(server_id: str) -> list[Any]:
    return [0, server_id, {}, extra_data_for("ours"), []]


def _whereabouts(server: _Server) -> Whereabouts:
    # The fake has the routes that are asked, and no others.
    return Whereabouts(cast("Routes", server))


@pytest.mark.parametrize(
    "status,where", [("pending", "waiting"), ("in_progress", "working")]
)
async def test_one_question_is_enough_where_there_are_jobs(
    status: str, where: str
) -> None:
    """Since 0.6 a job tells all but the outputs."""
    server = _Server(jobs={"ours": status}, has_features=True)
    assert (await _whereabouts(server).find("ours")).where == where
    assert server.asked == ["job"]


async def test_a_finished_job_is_looked_up_in_history() -> None:
    """A job that ended has its outputs in history; one that lost them is unknown."""
    server = _Server(jobs={"ours": "completed"}, has_features=True)
    assert await _whereabouts(server).find("ours") == NOWHERE
    server.entries = {"ours": {"status": {"status_str": "success"}}}
    assert isinstance((await _whereabouts(server).find("ours")).end, EndedWell)


async def test_an_unknown_job_needs_no_more_questions() -> None:
    """A server with jobs that does not know one does not know the run."""
    server = _Server(jobs={}, has_features=True)
    assert await _whereabouts(server).find("ours") == NOWHERE
    assert server.asked == ["job"]


async def test_a_server_without_jobs_is_asked_for_them_once() -> None:
    """Before 0.6, queue and history tell; what the server lacks is remembered."""
    server = _Server(jobs=None, has_features=True)
    whereabouts = _whereabouts(server)
    assert await whereabouts.find("ours") == NOWHERE
    assert server.asked == ["job", "queue", "history", "features"]
    server.asked.clear()
    server.running = [_item("ours")]
    assert (await whereabouts.find("ours")).where == "working"
    assert server.asked == ["queue"]
    whereabouts.forget_server()
    await whereabouts.find("ours")
    assert "job" in server.asked


async def test_a_chosen_id_is_found_by_ours() -> None:
    """Before July 2025 a run is known by the server's id and carries ours."""
    server = _Server(jobs=None, has_features=False)
    server.entries = {"chosen": {"prompt": _item("chosen")}}
    whereabouts = _whereabouts(server)
    place = await whereabouts.find("ours")
    assert (place.where, place.server_id) == ("ended", "chosen")
    server.asked.clear()
    assert (await whereabouts.find("ours")).server_id == "chosen"
    assert "recent_history" not in server.asked, "the id was not remembered"


async def test_a_run_that_is_forgotten_is_unknown() -> None:
    """After `forget_run` the earlier run is found no more."""
    server = _Server(jobs=None, has_features=False)
    server.entries = {"chosen": {"prompt": _item("chosen")}}
    whereabouts = _whereabouts(server)
    await whereabouts.find("ours")
    await whereabouts.forget_run("ours", "chosen")
    assert await whereabouts.find("ours") == NOWHERE
