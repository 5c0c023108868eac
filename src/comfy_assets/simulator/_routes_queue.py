"""The routes of the line: `/prompt`, `/queue`, `/history`, `/interrupt`, `/free`.

A body of the wrong shape raises here, and `_app` answers 500 as ComfyUI does.
"""

from __future__ import annotations

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from comfy_assets.simulator._answers import empty_answer, json_answer, read_json
from comfy_assets.simulator._graph import JsonObject
from comfy_assets.simulator._queue import QueuedRun
from comfy_assets.simulator._report import milliseconds
from comfy_assets.simulator._services import Services
from comfy_assets.simulator._validation import validate

#: Never shown in `/queue` and `/history`, nor kept (since 0.3.68).
_SECRETS = ("auth_token_comfy_org", "api_key_comfy_org")


async def get_prompt(services: Services, _request: Request) -> Response:
    """`GET /prompt`: how many runs are left."""
    return json_answer({"exec_info": {"queue_remaining": services.queue.remaining}})


async def post_prompt(services: Services, request: Request) -> Response:
    """`POST /prompt`: judge a graph and line it up."""
    # ComfyUI looks into the body before it knows its shape, and so does this.
    body: Any = await read_json(request)
    # Also a refused request uses a number up.
    if "number" in body:
        number: float = float(body["number"])
    else:
        number = services.queue.draw_number()
        # A list has no "front", and is told below that it has no prompt either.
        if isinstance(body, dict) and body.get("front"):
            number = -number
    if "prompt" not in body:
        return _refusal("no_prompt", "No prompt provided", "No prompt provided")
    prompt_id = body.get("prompt_id")
    if prompt_id is None:
        prompt_id = str(uuid.uuid4())
    elif not _is_canonical_uuid(prompt_id):
        return _refusal(
            "invalid_prompt_id",
            "prompt_id must be a valid UUID",
            "prompt_id must be a UUID string in canonical lowercase hyphenated form; "
            "omit it to let the server generate one",
        )
    verdict = validate(
        body["prompt"],
        targets=body.get("partial_execution_targets"),
        is_known_image=lambda name: services.folders.find_annotated(name) is not None,
    )
    extra_data = _extra_data(body)
    if verdict.error:
        return json_answer(
            {"error": verdict.error, "node_errors": verdict.node_errors}, 400
        )
    services.queue.put(
        QueuedRun(
            number=number,
            prompt_id=prompt_id,
            graph=body["prompt"],
            extra_data=extra_data,
            outputs=verdict.outputs,
        )
    )
    return json_answer(
        {
            "prompt_id": prompt_id,
            "number": number,
            "node_errors": verdict.node_errors,
        }
    )


def _extra_data(body: JsonObject) -> JsonObject:
    extra_data = body.get("extra_data", {})
    if not isinstance(extra_data, dict):
        msg = "extra_data must be an object"
        raise TypeError(msg)
    if "client_id" in body:
        extra_data["client_id"] = body["client_id"]
    extra_data["create_time"] = milliseconds()
    return {key: extra_data[key] for key in extra_data if key not in _SECRETS}


async def get_queue(services: Services, _request: Request) -> Response:
    """`GET /queue`: what runs and what waits, in heap order."""
    running, pending = services.queue.snapshot()
    return json_answer(
        {
            "queue_running": [running.as_item()] if running else [],
            "queue_pending": [run.as_item() for run in pending],
        }
    )


async def post_queue(services: Services, request: Request) -> Response:
    """`POST /queue`: remove waiting runs."""
    body: Any = await read_json(request)
    if body.get("clear"):
        services.queue.clear()
    for prompt_id in body.get("delete", ()):
        services.queue.delete([prompt_id])
    return empty_answer()


async def post_interrupt(services: Services, request: Request) -> Response:
    """`POST /interrupt`: stop the running run, or only a certain one."""
    try:
        body: Any = await read_json(request)
    except ValueError:
        # No or bad JSON means: whatever runs.
        body = {}
    services.queue.interrupt(body.get("prompt_id"))
    return empty_answer()


async def get_history(services: Services, request: Request) -> Response:
    """`GET /history`: finished runs, oldest first."""
    query = request.query_params
    max_items = int(query["max_items"]) if "max_items" in query else None
    offset = int(query["offset"]) if "offset" in query else -1
    if max_items is not None and max_items < 0:
        return json_answer({})
    return json_answer(services.queue.history(max_items, offset))


async def get_history_entry(services: Services, request: Request) -> Response:
    """`GET /history/{prompt_id}`: one finished run, or `{}`."""
    prompt_id = request.path_params["prompt_id"]
    entry = services.queue.entry(prompt_id)
    return json_answer({prompt_id: entry} if entry else {})


async def post_history(services: Services, request: Request) -> Response:
    """`POST /history`: forget finished runs."""
    body: Any = await read_json(request)
    if body.get("clear"):
        services.queue.forget_all()
    services.queue.forget(body.get("delete", ()))
    return empty_answer()


async def post_free(services: Services, request: Request) -> Response:
    """`POST /free`: forget remembered results when the worker is next idle."""
    body: Any = await read_json(request)
    if body.get("free_memory"):
        services.worker.free_memory()
    return empty_answer()


def _is_canonical_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _refusal(kind: str, message: str, details: str) -> Response:
    error = {"type": kind, "message": message, "details": details, "extra_info": {}}
    return json_answer({"error": error, "node_errors": {}}, 400)
