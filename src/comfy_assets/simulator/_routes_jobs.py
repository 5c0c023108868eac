"""The routes `/api/jobs`: one view of waiting, running and finished runs (0.6+)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comfy_assets.simulator._answers import json_answer, read_json
from comfy_assets.simulator._graph import JsonObject
from comfy_assets.simulator._queue import QueuedRun, RunQueue
from comfy_assets.simulator._services import Services

_STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")
_SORT_KEYS = ("created_at", "execution_duration")


class _BadQueryError(Exception):
    """A parameter of the query makes no sense; the message is the answer."""


async def get_jobs(services: Services, request: Request) -> Response:
    """`GET /api/jobs`: a page of jobs."""
    query = request.query_params
    try:
        statuses = _statuses(query)
        limit, offset = _number(query, "limit", None), _number(query, "offset", 0)
        sort_by = query.get("sort_by", "created_at")
        descending = _is_descending(query, sort_by)
    except _BadQueryError as error:
        return json_answer({"error": str(error)}, 400)
    jobs = [
        job
        for job in _all_jobs(services.queue)
        if job["status"] in statuses
        and query.get("workflow_id") in {None, job.get("workflow_id")}
    ]
    key = _duration if sort_by == "execution_duration" else _create_time
    jobs.sort(key=key, reverse=descending)
    start = max(offset or 0, 0)
    page = jobs[start : None if limit is None else start + limit]
    return json_answer(
        {
            "jobs": page,
            "pagination": {
                "offset": start,
                "limit": limit,
                "total": len(jobs),
                "has_more": start + len(page) < len(jobs),
            },
        }
    )


async def get_job(services: Services, request: Request) -> Response:
    """`GET /api/jobs/{id}`: one job, with all that is known of it."""
    prompt_id = request.path_params["job_id"]
    running, pending = services.queue.snapshot()
    if running and running.prompt_id == prompt_id:
        return json_answer(_job(running, "in_progress"))
    for run in pending:
        if run.prompt_id == prompt_id:
            return json_answer(_job(run, "pending"))
    entry = services.queue.entry(prompt_id)
    if entry is None:
        return json_answer({"error": "Job not found"}, 404)
    _, _, graph, extra_data, _ = entry["prompt"]
    return json_answer(
        _finished_job(entry)
        | {
            "outputs": entry["outputs"],
            "execution_status": entry["status"],
            "workflow": {"prompt": graph, "extra_data": extra_data},
        }
    )


async def cancel_job(services: Services, request: Request) -> Response:
    """`POST /api/jobs/{id}/cancel`: stop or remove one run."""
    cancelled = _cancel(services.queue, request.path_params["job_id"])
    return json_answer({"cancelled": cancelled})


async def cancel_jobs(services: Services, request: Request) -> Response:
    """`POST /api/jobs/cancel`: stop or remove several runs."""
    try:
        body: Any = await read_json(request)
    except ValueError:
        return json_answer({"error": "Request body must be valid JSON"}, 400)
    ids = body.get("job_ids") if isinstance(body, dict) else None
    if not isinstance(ids, list):
        return json_answer({"error": "job_ids must be a list"}, 400)
    invalid = [one for one in ids if not _is_uuid(one)]
    if invalid:
        return json_answer(
            {"error": "job_ids contains invalid id(s)", "invalid_ids": invalid}, 400
        )
    cancelled = [_cancel(services.queue, one) for one in ids]
    return json_answer({"cancelled": any(cancelled)})


def _cancel(queue: RunQueue, prompt_id: str) -> bool:
    return queue.delete([prompt_id]) or queue.interrupt(prompt_id)


def _all_jobs(queue: RunQueue) -> list[JsonObject]:
    running, pending = queue.snapshot()
    return [
        *(_finished_job(entry) for entry in queue.history().values()),
        *([_job(running, "in_progress")] if running else []),
        *(_job(run, "pending") for run in pending),
    ]


def _job(run: QueuedRun, status: str) -> JsonObject:
    return _job_of(run.as_item(), status)


def _job_of(item: list[Any], status: str) -> JsonObject:
    number, prompt_id, _, extra_data, _ = item
    job = {
        "id": prompt_id,
        "status": status,
        "priority": number,
        "create_time": extra_data["create_time"],
        "outputs_count": 0,
        "previewable_outputs_count": 0,
    }
    pnginfo = extra_data.get("extra_pnginfo")
    workflow = pnginfo.get("workflow") if isinstance(pnginfo, dict) else None
    if isinstance(workflow, dict) and "id" in workflow:
        job["workflow_id"] = workflow["id"]
    return job


def _finished_job(entry: JsonObject) -> JsonObject:
    messages: dict[str, JsonObject] = dict(entry["status"]["messages"])
    if entry["status"]["completed"]:
        status = "completed"
    elif "execution_interrupted" in messages:
        status = "cancelled"
    else:
        status = "failed"
    job = _job_of(entry["prompt"], status)
    job["execution_start_time"] = messages["execution_start"]["timestamp"]
    job["execution_end_time"] = entry["status"]["messages"][-1][1]["timestamp"]
    if status == "failed":
        job["execution_error"] = messages["execution_error"]
    files = [
        item | {"nodeId": node_id, "mediaType": media}
        for node_id, output in entry["outputs"].items()
        for media, items in output.items()
        for item in items
    ]
    job["outputs_count"] = job["previewable_outputs_count"] = len(files)
    if files:
        saved = [file for file in files if file["type"] == "output"]
        job["preview_output"] = (saved or files)[0]
    return job


def _create_time(job: JsonObject) -> int:
    time: int = job["create_time"]
    return time


def _duration(job: JsonObject) -> int:
    start: int = job.get("execution_start_time", 0)
    end: int = job.get("execution_end_time", 0)
    return end - start


def _statuses(query: Mapping[str, str]) -> list[str]:
    if "status" not in query:
        return list(_STATUSES)
    wanted = [word.strip() for word in query["status"].split(",") if word.strip()]
    unknown = [word for word in wanted if word not in _STATUSES]
    if unknown:
        msg = (
            f"Invalid status value(s): {', '.join(unknown)}. "
            f"Valid values: {', '.join(_STATUSES)}"
        )
        raise _BadQueryError(msg)
    return wanted


def _number(query: Mapping[str, str], name: str, default: int | None) -> int | None:
    if name not in query:
        return default
    try:
        number = int(query[name])
    except ValueError as error:
        msg = f"{name} must be an integer"
        raise _BadQueryError(msg) from error
    if name == "limit" and number < 1:
        msg = "limit must be a positive integer"
        raise _BadQueryError(msg)
    return number


def _is_descending(query: Mapping[str, str], sort_by: str) -> bool:
    if sort_by not in _SORT_KEYS:
        msg = "sort_by must be 'created_at' or 'execution_duration'"
        raise _BadQueryError(msg)
    order = query.get("sort_order", "desc")
    if order not in {"asc", "desc"}:
        msg = "sort_order must be 'asc' or 'desc'"
        raise _BadQueryError(msg)
    return order == "desc"


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(uuid.UUID(value))
    except ValueError:
        return False
