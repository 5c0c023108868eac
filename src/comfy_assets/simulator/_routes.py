"""Which function answers which route."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from comfy_assets.simulator._routes_catalogue import (
    get_embeddings,
    get_features,
    get_model_folder,
    get_models,
    get_object_info,
    get_one_object_info,
    get_system_stats,
)
from comfy_assets.simulator._routes_files import get_view, post_upload
from comfy_assets.simulator._routes_jobs import (
    cancel_job,
    cancel_jobs,
    get_job,
    get_jobs,
)
from comfy_assets.simulator._routes_queue import (
    get_history,
    get_history_entry,
    get_prompt,
    get_queue,
    post_free,
    post_history,
    post_interrupt,
    post_prompt,
    post_queue,
)
from comfy_assets.simulator._services import Services

#: Answers one request.
Handler: TypeAlias = Callable[[Services, Request], Awaitable[Response]]

_ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "/prompt": {"GET": get_prompt, "POST": post_prompt},
    "/queue": {"GET": get_queue, "POST": post_queue},
    "/interrupt": {"POST": post_interrupt},
    "/free": {"POST": post_free},
    "/history": {"GET": get_history, "POST": post_history},
    "/history/{prompt_id}": {"GET": get_history_entry},
    "/view": {"GET": get_view},
    "/upload/image": {"POST": post_upload},
    "/object_info": {"GET": get_object_info},
    "/object_info/{node_class}": {"GET": get_one_object_info},
    "/models": {"GET": get_models},
    "/models/{folder}": {"GET": get_model_folder},
    "/embeddings": {"GET": get_embeddings},
    "/features": {"GET": get_features},
    "/system_stats": {"GET": get_system_stats},
}
#: These exist only with `/api`, the others with and without.
_API_ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "/api/jobs": {"GET": get_jobs},
    "/api/jobs/cancel": {"POST": cancel_jobs},
    "/api/jobs/{job_id}": {"GET": get_job},
    "/api/jobs/{job_id}/cancel": {"POST": cancel_job},
}


def _compile(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path))


_PATTERNS = [
    (_compile(prefix + path), handlers)
    for routes, prefixes in ((_API_ROUTES, ("",)), (_ROUTES, ("", "/api")))
    for path, handlers in routes.items()
    for prefix in prefixes
]


def find_handler(method: str, path: str) -> tuple[Handler, dict[str, str]] | None:
    """Return what answers a request, and the variable parts of its path."""
    for pattern, handlers in _PATTERNS:
        match = pattern.fullmatch(path)
        # A GET answers HEAD as well; the server leaves the body out.
        handler = handlers.get("GET" if method == "HEAD" else method)
        if match and handler:
            return handler, match.groupdict()
    return None
